import { pool } from '#db';
import { assert, singleton, TokenBucket } from '#kernel';
import { type Occasion, psp } from '#psp';
import { type AppliedOutcome, applyOutcome } from './apply-outcomes.ts';
import { MAX_SENDS, TRIES_UNTIL_TOLD } from './attempt-state.ts';
import { askLeave, claimDue, type DueAttempt } from './due-attempts.ts';
import { executeAttempt } from './execute-attempt.ts';
import { type AttemptFacts, loadAttemptFacts } from './facts.ts';
import { openHostedPage } from './start-hosted-payment.ts';

/** Attempts a second that a process takes up, however many wait: a provider that has just come back is not run over by what piled up. */
export const DRAIN_PER_SECOND = 100;
/** What it takes up at once: a quarter of a second's share. */
export const DRAIN_BURST = 25;

/**
 * Takes up to `limit` attempts whose time has come and brings each a step further: asks the PSP what became of it, and sends it
 * again under the same key when the PSP never saw it. Answers how many were taken. Several workers may run at once; a worker
 * that dies loses its lease and another goes on. While the breaker is open nothing is taken, then one attempt as its probe.
 */
export async function resolveAttempts(limit: number): Promise<number> {
  const looks = await beginLooks(limit);
  for (const look of await Promise.allSettled(looks)) if (look.status === 'rejected') throw look.reason;
  return looks.length;
}

/** As {@link resolveAttempts}, but does not wait for the answers: a provider that hangs on one attempt holds up no other. */
export async function beginLooks(limit: number): Promise<Promise<AppliedOutcome | null>[]> {
  const room = psp().room();
  const isProbe = psp().health().breaker !== 'closed';
  const drain = drainRate();
  const most = Math.min(limit, room.calls, Math.floor(drain.available));
  if (most < 1) return [];
  // One at least, even when the budget is empty: it is put off and counted, so that waiting for the budget shows in the metrics.
  const claimed = await claimDue({ most, retries: Math.min(most, Math.max(room.looks, 1)) });
  if (claimed.length === 0) return [];
  drain.take(claimed.length);
  const facts = await loadAttemptFacts(
    pool(),
    claimed.map((attempt) => attempt.id),
  );
  return claimed.map((attempt) => look(attempt, facts.get(attempt.id), isProbe));
}

function drainRate(): TokenBucket {
  return singleton(
    'payments.drain-rate',
    () => new TokenBucket({ perSecond: DRAIN_PER_SECOND, capacity: DRAIN_BURST }),
  );
}

/**
 * Null when another worker has it by now. A look as the breaker's probe uses up no try: that the PSP is still away says nothing about
 * the attempt, and however long it is away, what it never saw is sent when it is back.
 */
async function look(
  attempt: DueAttempt,
  facts: AttemptFacts | undefined,
  isProbe: boolean,
): Promise<AppliedOutcome | null> {
  assert(facts, `attempt ${attempt.id} has orders`);
  const { id: attemptId, kind, state, tries, sends, outOfTurn, pspPaymentId, pspSessionId } = attempt;
  if (isNeverSent(attempt)) return send(attempt, facts, tries === 0 ? 'first' : 'retry');
  const mayBeSent = !outOfTurn && tries < TRIES_UNTIL_TOLD && sends < MAX_SENDS;
  const occasion = state === 'REQUIRES_ACTION' ? 'first' : mayBeSent ? 'look' : 'retry';
  const answer = await psp().enquire({ attemptId, kind, pspPaymentId, pspSessionId }, occasion);
  if (answer.kind === 'absent' && mayBeSent) return send(attempt, facts, 'repeat');
  return applyOutcome({ attemptId, outcome: answer, actor: 'resolver', outOfTurn: outOfTurn || isProbe, facts });
}

const isNeverSent = ({ state, sends }: DueAttempt): boolean => state === 'PENDING' && sends === 0;

/**
 * Sends it once the send is written down: a worker that slept past its lease sends nothing, and no crash hides a send. One whose orders
 * have their money is never sent: it is called off at once if it never was, else when asking has found nothing for long enough.
 */
async function send(attempt: DueAttempt, facts: AttemptFacts, occasion: Occasion): Promise<AppliedOutcome | null> {
  const leave = await askLeave(attempt);
  if (leave === 'lost') return null;
  if (leave === 'unwanted') {
    const outcome = { kind: isNeverSent(attempt) ? 'cancelled' : 'absent' } as const;
    return applyOutcome({ attemptId: facts.attemptId, outcome, actor: 'resolver', facts });
  }
  return attempt.kind === 'direct'
    ? executeAttempt(facts, 'resolver', occasion)
    : openHostedPage(facts, 'resolver', occasion);
}
