import type { Enquiry, Outcome } from '#psp';
import {
  nextAttemptAt,
  nextLookAt,
  OPEN_ATTEMPT_STATES,
  OPEN_PAGE_POLL_SECONDS,
  PENDING_POLL_SECONDS,
  secondsFrom,
  TRIES_UNTIL_TOLD,
} from './attempt-state.ts';
import { absent, notStarted, unknown } from './decide-silence.ts';
import {
  AMOUNT_MISMATCH,
  type AttemptChange,
  type AttemptNow,
  type Circumstances,
  type Decision,
  final,
  type Moment,
  nothing,
} from './decision.ts';

/**
 * Decides what news about an attempt means. Pure: the same attempt and news give the same decision. News about an attempt that
 * already ended changes nothing, with one exception: money taken late is never overlooked. News that ends the doubt about an
 * attempt answers the question a person was asked.
 */
export function decideOutcome(
  attempt: AttemptNow,
  news: Enquiry,
  now: Date,
  random: () => number,
  how: Circumstances = {},
): Decision {
  const moment = { now, random };
  if (!OPEN_ATTEMPT_STATES.has(attempt.state)) {
    return news.kind === 'succeeded' && attempt.state !== 'SUCCEEDED'
      ? answering(attempt, succeeded(attempt, news, 'late', moment, how))
      : nothing;
  }
  return answering(attempt, decideOpen(attempt, news, moment, how));
}

/** Adds which questions about the attempt have their answer now. Nobody was asked about one that never was in doubt. */
function answering(attempt: AttemptNow, decision: Decision): Decision {
  const { state = attempt.state } = decision.attempt;
  const wasInDoubt = attempt.state !== 'PENDING' && attempt.state !== 'REQUIRES_ACTION';
  if (!wasInDoubt || state === 'UNKNOWN' || state === attempt.state) return decision;
  const answers = decision.orderEvent === 'captured' ? ['outcome_unknown', AMOUNT_MISMATCH] : ['outcome_unknown'];
  return { ...decision, answers };
}

function decideOpen(attempt: AttemptNow, news: Enquiry, moment: Moment, how: Circumstances): Decision {
  const { now } = moment;
  switch (news.kind) {
    case 'succeeded':
      return succeeded(attempt, news, 'applied', moment, how);
    case 'action_required':
      return actionRequired(attempt, news, now);
    case 'pending':
      return {
        ...nothing,
        verdict: 'noted',
        attempt: { pspPaymentId: news.pspPaymentId, resolveAt: secondsFrom(now, PENDING_POLL_SECONDS) },
      };
    case 'declined':
      return declined(attempt, news, moment);
    case 'decline_noted':
      return { ...nothing, verdict: 'noted', attempt: { declineCode: news.code, pspPaymentId: news.pspPaymentId } };
    case 'expired':
      return final('EXPIRED', 'expired', 'hosted page expired');
    case 'cancelled':
      return final('CANCELLED', 'cancelled', 'cancelled before payment');
    case 'refused':
      return {
        ...final('REFUSED', 'declined', `refused by the provider: ${news.code}`, {
          declineCode: news.code,
          error: news.message,
        }),
        deadLetter: `refused:${news.code}`,
      };
    case 'not_started':
      return notStarted(attempt, news, moment, how);
    case 'unknown':
      return unknown(attempt, news, moment, how);
    case 'absent':
      return absent(attempt, moment, how);
  }
}

/** Credit only what was asked for: another amount or currency is an exception for a person, never a credit. */
function succeeded(
  attempt: AttemptNow,
  news: Extract<Outcome, { kind: 'succeeded' }>,
  verdict: 'applied' | 'late',
  { now, random }: Moment,
  how: Circumstances,
): Decision {
  if (news.amountMinor !== attempt.amountMinor || news.currency !== attempt.currency) {
    const error = `charged ${news.amountMinor} ${news.currency} instead of ${attempt.amountMinor} ${attempt.currency}`;
    const tries = Math.max(attempt.tries + (how.outOfTurn ? 0 : 1), TRIES_UNTIL_TOLD);
    const stillOpen = { state: 'UNKNOWN' as const, tries, resolveAt: nextLookAt(tries, now, random) };
    return {
      ...nothing,
      verdict: 'given_up',
      attempt: {
        ...(OPEN_ATTEMPT_STATES.has(attempt.state) && stillOpen),
        pspPaymentId: news.pspPaymentId,
        error,
      },
      orderEvent: 'given_up',
      reason: error,
      deadLetter: AMOUNT_MISMATCH,
    };
  }
  const change = { pspPaymentId: news.pspPaymentId, cardLast4: news.cardLast4, declineCode: null, error: null };
  return { ...final('SUCCEEDED', 'captured', 'captured by the provider', change), verdict };
}

function actionRequired(attempt: AttemptNow, news: Extract<Outcome, { kind: 'action_required' }>, now: Date): Decision {
  const resolveAt = secondsFrom(now, OPEN_PAGE_POLL_SECONDS);
  const reason = 'waiting for the shopper';
  if (attempt.state === 'REQUIRES_ACTION')
    return { ...nothing, verdict: 'noted', attempt: { resolveAt }, orderEvent: 'action_awaited', reason };
  return {
    ...nothing,
    verdict: 'applied',
    attempt: {
      state: 'REQUIRES_ACTION',
      tries: 0,
      error: null,
      resolveAt,
      ...(news.pspPaymentId && { pspPaymentId: news.pspPaymentId }),
      ...(news.pspSessionId && { pspSessionId: news.pspSessionId }),
      ...(news.pageUrl && { pageUrl: news.pageUrl }),
    },
    orderEvent: 'action_required',
    reason,
  };
}

function declined(
  attempt: AttemptNow,
  news: Extract<Outcome, { kind: 'declined' }>,
  { now, random }: Moment,
): Decision {
  const change: AttemptChange = {
    declineCode: news.code,
    error: news.message,
    ...(news.pspPaymentId && { pspPaymentId: news.pspPaymentId }),
  };
  const tryAgainAt = news.tryAgain && attempt.kind === 'direct' ? nextAttemptAt(attempt.attemptNo, now, random) : null;
  // The order stays where it is: this attempt is dead for certain, and the next one carries on under a key of its own.
  if (tryAgainAt)
    return { ...final('DECLINED', 'declined', `declined: ${news.code}`, change), orderEvent: null, tryAgainAt };
  return final('DECLINED', 'declined', `declined: ${news.code}`, change);
}
