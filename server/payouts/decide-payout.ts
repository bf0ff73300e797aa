import { AppError, type CurrencyCode } from '#kernel';
import { nextLookAt, secondsFrom, TRIES_UNTIL_TOLD } from '#payments';
import type { PayoutOutcome } from '#psp';
import {
  type PayoutState,
  PENDING_POLL_SECONDS,
  SECOND_PAYOUT,
  SENT_PAYOUT_STATES,
  SLOW_POLL_SECONDS,
} from './payout-state.ts';

/** The payout as it stands under lock. */
export interface PayoutNow {
  readonly id: string;
  readonly state: PayoutState;
  readonly tries: number;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  readonly pspPayoutId: string | null;
  readonly requestedBy: string;
}

/** Columns that change; what is absent stays. */
export interface PayoutChange {
  readonly approvedBy?: string;
  readonly pspPayoutId?: string;
  readonly tries?: number;
  readonly error?: string | null;
  readonly resolveAt?: Date | null;
  readonly recallAt?: Date | null;
}

export interface PayoutDecision {
  /** What became of the news or the wish, in a word that screens and the inbox show. */
  readonly verdict: 'applied' | 'noted' | 'rescheduled' | 'unchanged' | 'late' | 'given_up';
  /** The state it moves to, if it moves. */
  readonly to: PayoutState | null;
  readonly change: PayoutChange;
  readonly reason: string;
  /** Why a person has to look. */
  readonly deadLetter: string | null;
  /** What it told of the seller's bank: that money reaches it (null), or why it did not. */
  readonly bank?: { readonly failureCode: string | null };
}

const nothing: PayoutDecision = { verdict: 'unchanged', to: null, change: {}, reason: '', deadLetter: null };

type News<Kind extends PayoutOutcome['kind']> = Extract<PayoutOutcome, { kind: Kind }>;

/** Approves a payout. Pure. Throws `second_person_needed` for who asked for it, `payout_state_conflict` when it no longer waits. */
export function decideApproval(payout: PayoutNow, approvedBy: string, now: Date): PayoutDecision {
  if (payout.state === 'APPROVED') return nothing;
  if (payout.state !== 'REQUESTED') throw conflict(payout, 'approved');
  if (payout.requestedBy === approvedBy) {
    throw new AppError('second_person_needed', 'Whoever asked for a payout cannot approve it.');
  }
  return { ...nothing, verdict: 'applied', to: 'APPROVED', change: { approvedBy, resolveAt: now }, reason: 'approved' };
}

/** Calls a payout off. Pure. Throws `payout_state_conflict` once it may have been sent. */
export function decideCancellation(payout: PayoutNow, reason: string): PayoutDecision {
  if (payout.state === 'CANCELLED') return nothing;
  if (payout.state !== 'REQUESTED' && payout.state !== 'APPROVED') throw conflict(payout, 'cancelled');
  return { ...nothing, verdict: 'applied', to: 'CANCELLED', change: { resolveAt: null }, reason };
}

function conflict({ id, state }: PayoutNow, wish: string): AppError {
  return new AppError('payout_state_conflict', `${id} is ${state} and can no longer be ${wish}.`);
}

/** Marks a payout as sent, before it is: whoever finds it so must ask before sending again. Pure. */
export function decideSending({ state }: PayoutNow, leaseUntil: Date): PayoutDecision {
  if (state !== 'APPROVED') return nothing;
  const change = { resolveAt: leaseUntil };
  return { ...nothing, verdict: 'applied', to: 'SUBMITTED', change, reason: 'sent to the provider' };
}

/**
 * Decides what news about a payout means. Pure: the same payout and news give the same decision. Old news changes nothing, with two
 * exceptions: a payout that had arrived may still come back, and money that went without us is never overlooked.
 */
export function decidePayout(payout: PayoutNow, news: PayoutOutcome, now: Date, random: () => number): PayoutDecision {
  if (isOfAnother(payout, news)) return ofAnother(news);
  if (!SENT_PAYOUT_STATES.has(payout.state)) return afterTheEnd(payout, news, now);
  switch (news.kind) {
    case 'paid':
      return sameMoney(payout, news) ? paid(news) : otherAmount(payout, news, now);
    case 'pending':
      return sameMoney(payout, news) ? pending(payout, news, now) : otherAmount(payout, news, now);
    case 'failed':
      return {
        ...failed(`failed:${news.reason}`, { pspPayoutId: news.pspPayoutId }, now),
        bank: { failureCode: news.reason },
      };
    case 'refused':
      return { ...failed(`refused:${news.code}`, { error: news.message }, now), bank: { failureCode: news.code } };
    case 'not_started':
      return notStarted(payout, news, now, random);
    case 'unknown':
      return unknown(payout, news, now, random);
  }
}

/** The provider made a payout under our id that is not the one we know, or made one that we never sent or that it had refused. */
function isOfAnother({ state, pspPayoutId }: PayoutNow, news: PayoutOutcome): boolean {
  if (!('pspPayoutId' in news)) return false;
  return pspPayoutId === null ? !SENT_PAYOUT_STATES.has(state) : news.pspPayoutId !== pspPayoutId;
}

/** The books do not follow it: a person has to find out why it is there. One that failed moved nothing. */
function ofAnother({ kind }: PayoutOutcome): PayoutDecision {
  return kind === 'failed' ? nothing : { ...nothing, verdict: 'given_up', deadLetter: SECOND_PAYOUT };
}

function afterTheEnd({ state }: PayoutNow, news: PayoutOutcome, now: Date): PayoutDecision {
  if (state !== 'PAID' || news.kind !== 'failed') return nothing;
  const cause = `returned:${news.reason}`;
  const change = { error: cause, recallAt: now };
  const bank = { failureCode: news.reason };
  return { verdict: 'late', to: 'RETURNED', change, reason: cause, deadLetter: cause, bank };
}

function sameMoney(payout: PayoutNow, news: News<'paid' | 'pending'>): boolean {
  return news.amountMinor === payout.amountMinor && news.currency === payout.currency;
}

function paid({ pspPayoutId }: News<'paid'>): PayoutDecision {
  const change = { pspPayoutId, error: null, resolveAt: null };
  const bank = { failureCode: null };
  return { ...nothing, verdict: 'applied', to: 'PAID', change, reason: 'confirmed by the bank', bank };
}

/** On its way: the provider's webhook tells the end, and is asked for in case it gets lost. */
function pending({ state }: PayoutNow, { pspPayoutId }: News<'pending'>, now: Date): PayoutDecision {
  const resolveAt = secondsFrom(now, PENDING_POLL_SECONDS);
  return {
    ...nothing,
    verdict: 'noted',
    to: state === 'UNKNOWN' ? 'SUBMITTED' : null,
    change: { pspPayoutId, tries: 0, error: null, resolveAt },
    reason: 'on its way to the bank',
  };
}

/** The books follow only what was asked for. It is asked about again, slowly: the answer may have been wrong. */
function otherAmount({ state }: PayoutNow, news: News<'paid' | 'pending'>, now: Date): PayoutDecision {
  const error = `the provider tells of ${news.amountMinor} ${news.currency}`;
  return {
    verdict: 'given_up',
    to: state === 'UNKNOWN' ? null : 'UNKNOWN',
    change: { error, resolveAt: secondsFrom(now, SLOW_POLL_SECONDS) },
    reason: error,
    deadLetter: 'amount_mismatch',
  };
}

/** What had been moved towards the bank is brought back at once. */
function failed(cause: string, change: PayoutChange, now: Date): PayoutDecision {
  return {
    verdict: 'applied',
    to: 'FAILED',
    change: { error: cause, ...change, resolveAt: null, recallAt: now },
    reason: cause,
    deadLetter: cause,
  };
}

/** Nothing happened at the provider this time: the payout stays what it was and is tried again. */
function notStarted(payout: PayoutNow, news: News<'not_started'>, now: Date, random: () => number): PayoutDecision {
  const tries = payout.tries + (news.countsAsTry ? 1 : 0);
  const resolveAt = nextLookAt(tries, now, random, news.retryAfterSeconds);
  return again({ tries, error: news.reason, resolveAt }, 'psp_unavailable');
}

function unknown(payout: PayoutNow, news: News<'unknown'>, now: Date, random: () => number): PayoutDecision {
  const tries = payout.tries + 1;
  const decision = again({ tries, error: news.reason, resolveAt: nextLookAt(tries, now, random) }, 'outcome_unknown');
  if (payout.state === 'UNKNOWN') return decision;
  return { ...decision, to: 'UNKNOWN', reason: `no definite answer: ${news.reason}` };
}

/** Once the quick retries are used up a person is told, and it goes on slowly: a payout is never given up. */
function again(change: PayoutChange & { tries: number; error: string }, cause: string): PayoutDecision {
  const common = { ...nothing, change, reason: change.error };
  if (change.tries < TRIES_UNTIL_TOLD) return { ...common, verdict: 'rescheduled' };
  return { ...common, verdict: 'given_up', deadLetter: cause };
}
