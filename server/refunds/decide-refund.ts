import type { CurrencyCode } from '#kernel';
import { nextLookAt, secondsFrom, TRIES_UNTIL_TOLD } from '#payments';
import type { RefundOutcome } from '#psp';
import {
  OPEN_REFUND_STATES,
  PENDING_POLL_SECONDS,
  type RefundState,
  SECOND_REFUND,
  SLOW_POLL_SECONDS,
} from './refund-state.ts';

/** The refund as it stands under lock. */
export interface RefundNow {
  readonly state: RefundState;
  readonly tries: number;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  readonly pspRefundId: string | null;
}

/** Columns that change; what is absent stays. */
export interface RefundChange {
  readonly pspRefundId?: string;
  readonly tries?: number;
  readonly error?: string | null;
  readonly resolveAt?: Date | null;
}

export interface RefundDecision {
  /** What became of the news, in a word that screens and the inbox show. */
  readonly verdict: 'applied' | 'noted' | 'rescheduled' | 'unchanged' | 'late' | 'given_up';
  /** The state it moves to, if it moves. */
  readonly to: RefundState | null;
  readonly change: RefundChange;
  readonly reason: string;
  /** Why a person has to look. */
  readonly deadLetter: string | null;
}

const nothing: RefundDecision = { verdict: 'unchanged', to: null, change: {}, reason: '', deadLetter: null };

type News<Kind extends RefundOutcome['kind']> = Extract<RefundOutcome, { kind: Kind }>;

/**
 * Decides what news about a refund means. Pure: the same refund and news give the same decision. Old news changes nothing, with two
 * exceptions: a refund that succeeded may still fail, and money that went back without us is never overlooked.
 */
export function decideRefund(refund: RefundNow, news: RefundOutcome, now: Date, random: () => number): RefundDecision {
  if (isOfAnother(refund, news)) return ofAnother(news);
  if (!OPEN_REFUND_STATES.has(refund.state)) return afterTheEnd(refund, news);
  switch (news.kind) {
    case 'succeeded':
      return sameMoney(refund, news) ? succeeded(news) : otherAmount(refund, news, now);
    case 'pending':
      return sameMoney(refund, news) ? pending(refund, news, now) : otherAmount(refund, news, now);
    case 'failed':
      return failed(`failed:${news.reason}`, { pspRefundId: news.pspRefundId });
    case 'refused':
      return failed(`refused:${news.code}`, { error: news.message });
    case 'not_started':
      return notStarted(refund, news, now, random);
    case 'unknown':
      return unknown(refund, news, now, random);
  }
}

/** The provider made a refund under our id that is not the one we know, or made one although it had refused to. */
function isOfAnother({ state, pspRefundId }: RefundNow, news: RefundOutcome): boolean {
  if (!('pspRefundId' in news)) return false;
  return pspRefundId === null ? state === 'FAILED' : news.pspRefundId !== pspRefundId;
}

/** The books do not follow it: a person has to find out why it is there. One that failed moved nothing. */
function ofAnother({ kind }: RefundOutcome): RefundDecision {
  return kind === 'failed' ? nothing : { ...nothing, verdict: 'given_up', deadLetter: SECOND_REFUND };
}

function afterTheEnd(refund: RefundNow, news: RefundOutcome): RefundDecision {
  if (refund.state !== 'SUCCEEDED' || news.kind !== 'failed') return nothing;
  const cause = `failed_late:${news.reason}`;
  return { ...nothing, verdict: 'late', to: 'FAILED_LATE', change: { error: cause }, reason: cause, deadLetter: cause };
}

function sameMoney(refund: RefundNow, news: News<'succeeded' | 'pending'>): boolean {
  return news.amountMinor === refund.amountMinor && news.currency === refund.currency;
}

function succeeded({ pspRefundId }: News<'succeeded'>): RefundDecision {
  const change = { pspRefundId, error: null, resolveAt: null };
  return { ...nothing, verdict: 'applied', to: 'SUCCEEDED', change, reason: 'given back by the provider' };
}

/** Accepted and on its way: the provider's webhook tells the end, and is asked for in case it gets lost. */
function pending({ state }: RefundNow, { pspRefundId }: News<'pending'>, now: Date): RefundDecision {
  const resolveAt = secondsFrom(now, PENDING_POLL_SECONDS);
  return {
    ...nothing,
    verdict: 'noted',
    to: state === 'UNKNOWN' ? 'SUBMITTED' : null,
    change: { pspRefundId, tries: 0, error: null, resolveAt },
    reason: 'the provider works on it',
  };
}

/** The books follow only what was asked for. It is asked about again, slowly: the answer may have been wrong. */
function otherAmount({ state }: RefundNow, news: News<'succeeded' | 'pending'>, now: Date): RefundDecision {
  const error = `the provider tells of ${news.amountMinor} ${news.currency}`;
  return {
    verdict: 'given_up',
    to: state === 'UNKNOWN' ? null : 'UNKNOWN',
    change: { error, resolveAt: secondsFrom(now, SLOW_POLL_SECONDS) },
    reason: error,
    deadLetter: 'amount_mismatch',
  };
}

function failed(cause: string, change: RefundChange): RefundDecision {
  return {
    verdict: 'applied',
    to: 'FAILED',
    change: { error: cause, ...change, resolveAt: null },
    reason: cause,
    deadLetter: cause,
  };
}

/** Nothing happened at the provider this time: the refund stays what it was and is tried again. */
function notStarted(refund: RefundNow, news: News<'not_started'>, now: Date, random: () => number): RefundDecision {
  const tries = refund.tries + (news.countsAsTry ? 1 : 0);
  const resolveAt = nextLookAt(tries, now, random, news.retryAfterSeconds);
  return again({ tries, error: news.reason, resolveAt }, 'psp_unavailable');
}

function unknown(refund: RefundNow, news: News<'unknown'>, now: Date, random: () => number): RefundDecision {
  const tries = refund.tries + 1;
  const change = { tries, error: news.reason, resolveAt: nextLookAt(tries, now, random) };
  const decision = again(change, 'outcome_unknown');
  if (refund.state === 'UNKNOWN') return decision;
  return { ...decision, to: 'UNKNOWN', reason: `no definite answer: ${news.reason}` };
}

/** Once the quick retries are used up a person is told, and it goes on slowly: a refund is never given up. */
function again(change: RefundChange & { tries: number; error: string }, cause: string): RefundDecision {
  const common = { ...nothing, change, reason: change.error };
  if (change.tries < TRIES_UNTIL_TOLD) return { ...common, verdict: 'rescheduled' };
  return { ...common, verdict: 'given_up', deadLetter: cause };
}
