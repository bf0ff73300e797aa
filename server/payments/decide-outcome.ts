import type { CurrencyCode } from '#kernel';
import type { Outcome } from '#psp';
import {
  type AttemptState,
  nextTryAt,
  OPEN_ATTEMPT_STATES,
  OPEN_PAGE_POLL_SECONDS,
  PENDING_POLL_SECONDS,
  RETRY_DELAYS_SECONDS,
  secondsFrom,
} from './attempt-state.ts';
import type { OrderEvent } from './order-state.ts';

/** The attempt as it stands under lock. */
export interface AttemptNow {
  readonly state: AttemptState;
  readonly kind: 'direct' | 'hosted';
  readonly attemptNo: number;
  readonly tries: number;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
}

/** Columns of the attempt that change; what is absent stays. */
export interface AttemptChange {
  readonly state?: AttemptState;
  readonly tries?: number;
  readonly pspPaymentId?: string | null;
  readonly pspSessionId?: string | null;
  readonly pageUrl?: string | null;
  readonly cardLast4?: string | null;
  readonly declineCode?: string | null;
  readonly error?: string | null;
  /** When the worker looks again; null when nothing is left to be asked. */
  readonly resolveAt?: Date | null;
}

export interface Decision {
  /** What became of the news, in a word that screens and the inbox show. */
  readonly verdict: 'applied' | 'noted' | 'rescheduled' | 'unchanged' | 'late' | 'given_up';
  readonly attempt: AttemptChange;
  readonly orderEvent: OrderEvent | null;
  readonly reason: string;
  /** A new attempt follows by itself at this time, because the bank only had passing trouble. */
  readonly tryAgainAt: Date | null;
  /** Why a person has to look. */
  readonly deadLetter: string | null;
}

const nothing: Decision = {
  verdict: 'unchanged',
  attempt: {},
  orderEvent: null,
  reason: '',
  tryAgainAt: null,
  deadLetter: null,
};

/**
 * Decides what news about an attempt means. Pure: the same attempt and news give the same decision. News about an attempt that
 * already ended changes nothing, with one exception: money taken late is never overlooked.
 */
export function decideOutcome(attempt: AttemptNow, news: Outcome, now: Date, random: () => number): Decision {
  if (!OPEN_ATTEMPT_STATES.has(attempt.state)) {
    return news.kind === 'succeeded' && attempt.state !== 'SUCCEEDED' ? succeeded(attempt, news, 'late') : nothing;
  }
  switch (news.kind) {
    case 'succeeded':
      return succeeded(attempt, news, 'applied');
    case 'action_required':
      return actionRequired(attempt, news, now);
    case 'pending':
      return {
        ...nothing,
        verdict: 'noted',
        attempt: { pspPaymentId: news.pspPaymentId, resolveAt: secondsFrom(now, PENDING_POLL_SECONDS) },
      };
    case 'declined':
      return declined(attempt, news, now, random);
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
      return notStarted(attempt, news, now, random);
    case 'unknown':
      return unknown(attempt, news, now, random);
  }
}

function final(state: AttemptState, orderEvent: OrderEvent, reason: string, attempt: AttemptChange = {}): Decision {
  return { ...nothing, verdict: 'applied', attempt: { ...attempt, state, resolveAt: null }, orderEvent, reason };
}

/** Credit only what was asked for: another amount or currency is an exception for a person, never a credit. */
function succeeded(
  attempt: AttemptNow,
  news: Extract<Outcome, { kind: 'succeeded' }>,
  verdict: 'applied' | 'late',
): Decision {
  if (news.amountMinor !== attempt.amountMinor || news.currency !== attempt.currency) {
    const error = `charged ${news.amountMinor} ${news.currency} instead of ${attempt.amountMinor} ${attempt.currency}`;
    return {
      ...nothing,
      verdict: 'given_up',
      attempt: {
        ...(OPEN_ATTEMPT_STATES.has(attempt.state) && { state: 'UNKNOWN' as const }),
        pspPaymentId: news.pspPaymentId,
        error,
        resolveAt: null,
      },
      orderEvent: 'given_up',
      reason: error,
      deadLetter: 'amount_mismatch',
    };
  }
  const change = { pspPaymentId: news.pspPaymentId, cardLast4: news.cardLast4, declineCode: null, error: null };
  return { ...final('SUCCEEDED', 'captured', 'captured by the provider', change), verdict };
}

function actionRequired(attempt: AttemptNow, news: Extract<Outcome, { kind: 'action_required' }>, now: Date): Decision {
  const resolveAt = secondsFrom(now, OPEN_PAGE_POLL_SECONDS);
  if (attempt.state === 'REQUIRES_ACTION') return { ...nothing, verdict: 'noted', attempt: { resolveAt } };
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
    reason: 'waiting for the shopper',
  };
}

function declined(
  attempt: AttemptNow,
  news: Extract<Outcome, { kind: 'declined' }>,
  now: Date,
  random: () => number,
): Decision {
  const change: AttemptChange = {
    declineCode: news.code,
    error: news.message,
    ...(news.pspPaymentId && { pspPaymentId: news.pspPaymentId }),
  };
  const tryAgainAt = news.tryAgain && attempt.kind === 'direct' ? nextTryAt(attempt.attemptNo - 1, now, random) : null;
  // The order stays where it is: this attempt is dead for certain, and the next one carries on under a key of its own.
  if (tryAgainAt)
    return { ...final('DECLINED', 'declined', `declined: ${news.code}`, change), orderEvent: null, tryAgainAt };
  return final('DECLINED', 'declined', `declined: ${news.code}`, change);
}

/** Nothing happened at the PSP: the same key is sent again, unless it is still open whether an earlier send arrived. */
function notStarted(
  attempt: AttemptNow,
  news: Extract<Outcome, { kind: 'not_started' }>,
  now: Date,
  random: () => number,
): Decision {
  if (attempt.state === 'REQUIRES_ACTION')
    return { ...nothing, verdict: 'rescheduled', attempt: { resolveAt: secondsFrom(now, OPEN_PAGE_POLL_SECONDS) } };
  const tries = attempt.tries + (news.countsAsTry ? 1 : 0);
  const resolveAt = nextTryAt(Math.max(tries - 1, 0), now, random, news.retryAfterSeconds);
  if (resolveAt)
    return {
      ...nothing,
      verdict: 'rescheduled',
      attempt: { tries, error: news.reason, resolveAt },
      reason: news.reason,
    };
  if (attempt.state === 'UNKNOWN') return givenUp(tries, news.reason);
  return {
    ...final('REFUSED', 'declined', `provider unavailable: ${news.reason}`, {
      tries,
      declineCode: 'psp_unavailable',
      error: news.reason,
    }),
    deadLetter: 'psp_unavailable',
  };
}

function unknown(
  attempt: AttemptNow,
  news: Extract<Outcome, { kind: 'unknown' }>,
  now: Date,
  random: () => number,
): Decision {
  if (attempt.state === 'REQUIRES_ACTION')
    return { ...nothing, verdict: 'rescheduled', attempt: { resolveAt: secondsFrom(now, OPEN_PAGE_POLL_SECONDS) } };
  const tries = attempt.tries + 1;
  const resolveAt = nextTryAt(tries - 1, now, random);
  if (!resolveAt) return givenUp(tries, news.reason);
  // A page that nobody has been shown cannot be paid: until it is opened the order waits as it is.
  if (attempt.kind === 'hosted')
    return { ...nothing, verdict: 'rescheduled', attempt: { tries, error: news.reason, resolveAt } };
  const reason = `no definite answer: ${news.reason}`;
  return {
    ...nothing,
    verdict: 'applied',
    attempt: { state: 'UNKNOWN', tries, error: news.reason, resolveAt },
    orderEvent: 'answer_unknown',
    reason,
  };
}

function givenUp(tries: number, reason: string): Decision {
  return {
    ...nothing,
    verdict: 'given_up',
    attempt: { state: 'UNKNOWN', tries, error: reason, resolveAt: null },
    orderEvent: 'given_up',
    reason: `no definite answer after ${RETRY_DELAYS_SECONDS.length} retries: ${reason}`,
    deadLetter: 'outcome_unknown',
  };
}
