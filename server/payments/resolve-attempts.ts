import { pool, run } from '#db';
import { assert } from '#kernel';
import { psp } from '#psp';
import { type AppliedOutcome, applyOutcome } from './apply-outcomes.ts';
import type { AttemptState } from './attempt-state.ts';
import { executeAttempt } from './execute-attempt.ts';
import { type AttemptFacts, loadAttemptFacts } from './facts.ts';
import { openHostedPage } from './start-hosted-payment.ts';

/** How long a claimed attempt is left to its worker before another may take it, in seconds: longer than the PSP's time-out. */
const LEASE_SECONDS = 30;

interface ClaimedAttempt {
  readonly id: string;
  readonly kind: 'direct' | 'hosted';
  readonly state: AttemptState;
  readonly psp_payment_id: string | null;
  readonly psp_session_id: string | null;
}

/**
 * Takes up to `limit` attempts whose time has come and brings each a step further: asks the PSP what became of it, and sends it
 * again under the same key when the PSP never saw it. Answers how many were taken. Several workers may run at once; a worker
 * that dies loses its lease and another goes on.
 */
export async function resolveAttempts(limit: number): Promise<number> {
  const claimed = await claimDue(limit);
  if (claimed.length === 0) return 0;
  const facts = await loadAttemptFacts(
    pool(),
    claimed.map((attempt) => attempt.id),
  );
  const settled = await Promise.allSettled(claimed.map((attempt) => resolveAttempt(attempt, facts.get(attempt.id))));
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
  return claimed.length;
}

async function claimDue(limit: number): Promise<ClaimedAttempt[]> {
  return run<ClaimedAttempt>(pool(), {
    name: 'claim-due-attempts',
    text: `update payment_attempts a set resolve_at = now() + make_interval(secs => $2)
           from (
             select id from payment_attempts where finished_at is null and resolve_at <= now()
             order by resolve_at limit $1 for update skip locked
           ) due
           where a.id = due.id
           returning a.id, a.kind, a.state, a.psp_payment_id, a.psp_session_id`,
    values: [limit, LEASE_SECONDS],
  });
}

async function resolveAttempt(attempt: ClaimedAttempt, facts: AttemptFacts | undefined): Promise<AppliedOutcome> {
  assert(facts, `attempt ${attempt.id} has orders`);
  const answer = await psp().enquire({
    attemptId: attempt.id,
    kind: attempt.kind,
    pspPaymentId: attempt.psp_payment_id,
    pspSessionId: attempt.psp_session_id,
  });
  if (answer.kind === 'absent')
    return attempt.kind === 'direct' ? executeAttempt(facts, 'resolver') : openHostedPage(facts, 'resolver');
  return applyOutcome({ attemptId: attempt.id, outcome: answer, actor: 'resolver', facts });
}
