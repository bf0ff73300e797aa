import type { Outcome } from '#psp';
import {
  NEVER_REACHED,
  nextLookAt,
  OPEN_PAGE_POLL_SECONDS,
  START_DEADLINE_SECONDS,
  secondsFrom,
  TRIES_UNTIL_TOLD,
  whenReachable,
} from './attempt-state.ts';
import {
  type AttemptChange,
  type AttemptNow,
  type Circumstances,
  type Decision,
  final,
  type Moment,
  nothing,
} from './decision.ts';

/**
 * Nothing happened at the PSP: the same key is sent again. A PSP that said so itself (429) uses up a try; one that could not be
 * reached does not, and is waited for until the start deadline. Then the order fails, unless an earlier send is in the dark.
 */
export function notStarted(
  attempt: AttemptNow,
  news: Extract<Outcome, { kind: 'not_started' }>,
  { now, random }: Moment,
  how: Circumstances,
): Decision {
  const { reason, retryAfterSeconds } = news;
  if (attempt.state === 'REQUIRES_ACTION') return pageStillOpen(now, retryAfterSeconds);
  const tries = attempt.tries + (news.countsAsTry && !how.outOfTurn ? 1 : 0);
  const sends = how.sent ? Math.max(attempt.sends - 1, 0) : attempt.sends;
  const ageSeconds = ageOf(attempt, now);
  const resolveAt = news.countsAsTry
    ? nextLookAt(tries, now, random, retryAfterSeconds)
    : whenReachable(ageSeconds, now, random);
  const change = { tries, sends, error: reason, resolveAt };
  const goesOn = news.countsAsTry ? tries < TRIES_UNTIL_TOLD : ageSeconds < START_DEADLINE_SECONDS;
  if (goesOn) return { ...nothing, verdict: 'rescheduled', attempt: change, reason };
  // A hosted page was never shown: whatever became of it at the PSP, nobody could have paid.
  if (attempt.state === 'UNKNOWN' || (sends > 0 && attempt.kind === 'direct')) return givenUp(change, reason);
  return {
    ...final('REFUSED', 'declined', `provider unavailable: ${reason}`, {
      tries,
      sends,
      declineCode: 'psp_unavailable',
      error: reason,
    }),
    // The shopper of a hosted page presses pay again; what a shop sent in waits for somebody to send it on.
    deadLetter: attempt.kind === 'direct' ? 'psp_unavailable' : null,
  };
}

/** It may have happened: the PSP is asked again, first soon, and for ever. */
export function unknown(
  attempt: AttemptNow,
  { reason }: Extract<Outcome, { kind: 'unknown' }>,
  { now, random }: Moment,
  how: Circumstances,
): Decision {
  if (attempt.state === 'REQUIRES_ACTION') return pageStillOpen(now);
  const tries = attempt.tries + (how.outOfTurn ? 0 : 1);
  const change = { tries, error: reason, resolveAt: nextLookAt(tries, now, random) };
  if (attempt.state === 'PENDING' && attempt.kind === 'hosted') return pageNotOpened(attempt, change, now);
  if (tries >= TRIES_UNTIL_TOLD || ageOf(attempt, now) >= START_DEADLINE_SECONDS) return givenUp(change, reason);
  return {
    ...nothing,
    verdict: 'applied',
    attempt: { ...change, state: 'UNKNOWN' },
    orderEvent: 'answer_unknown',
    reason: `no definite answer: ${reason}`,
  };
}

/**
 * The PSP was asked and never heard of it. That is silence while an order waits for it: it is sent again, or a person is told. One that
 * no order waits for any more is only asked about, and nobody is told: once the quick looks and a slow pause after them have found
 * nothing, it is called off. What the PSP takes for it after all is late money.
 */
export function absent(attempt: AttemptNow, moment: Moment, how: Circumstances): Decision {
  const reason = 'absent';
  if (attempt.isWanted || attempt.state === 'REQUIRES_ACTION')
    return unknown(attempt, { kind: 'unknown', reason }, moment, how);
  if (how.outOfTurn || attempt.tries < TRIES_UNTIL_TOLD) {
    const tries = attempt.tries + (how.outOfTurn ? 0 : 1);
    const resolveAt = nextLookAt(tries, moment.now, moment.random);
    return { ...nothing, verdict: 'rescheduled', attempt: { tries, error: reason, resolveAt }, reason };
  }
  const change = { declineCode: NEVER_REACHED, error: reason };
  return { ...final('CANCELLED', 'cancelled', 'never reached the provider, not sent again', change), orderEvent: null };
}

/** A page that nobody has been shown cannot be paid: the order waits as it is until the page is opened, and ends when nobody expects it any more. */
function pageNotOpened(attempt: AttemptNow, change: AttemptChange, now: Date): Decision {
  if (ageOf(attempt, now) < START_DEADLINE_SECONDS) return { ...nothing, verdict: 'rescheduled', attempt: change };
  return final('EXPIRED', 'expired', 'the payment page could not be opened', change);
}

function pageStillOpen(now: Date, retryAfterSeconds: number | null = null): Decision {
  const resolveAt = secondsFrom(now, Math.max(OPEN_PAGE_POLL_SECONDS, retryAfterSeconds ?? 0));
  return { ...nothing, verdict: 'rescheduled', attempt: { resolveAt } };
}

/** A person is told, and asking goes on; nothing is sent again until that person says so. */
function givenUp(change: AttemptChange, reason: string): Decision {
  return {
    ...nothing,
    verdict: 'given_up',
    attempt: { ...change, state: 'UNKNOWN', tries: Math.max(change.tries ?? 0, TRIES_UNTIL_TOLD) },
    orderEvent: 'given_up',
    reason: `no definite answer: ${reason}`,
    deadLetter: 'outcome_unknown',
  };
}

/** Seconds since it was made or last pushed. */
function ageOf(attempt: AttemptNow, now: Date): number {
  return (now.getTime() - attempt.since.getTime()) / 1_000;
}
