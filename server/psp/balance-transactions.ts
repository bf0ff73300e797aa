import type Stripe from 'stripe';
import { classifyError } from './classify-error.ts';
import type { Outcome } from './outcome.ts';

/** A movement of our balance at the PSP, as it tells it. Times are of its clock. */
export interface BalanceTransaction {
  readonly id: string;
  /** The PSP's word: charge, refund, refund_failure, payout, payout_failure, stripe_fee, … */
  readonly type: string;
  /** Signed: what it adds to our balance there before the fee. */
  readonly amountMinor: bigint;
  readonly feeMinor: bigint;
  readonly netMinor: bigint;
  /** Upper case; not necessarily one that we know. */
  readonly currency: string;
  /** The PSP's id of what caused it. */
  readonly sourceId: string | null;
  /** Our own id that the source carries: of an attempt, a refund, a payout. */
  readonly subjectId: string | null;
  /** Of a charge: the PSP's id of the payment. */
  readonly pspPaymentId: string | null;
  readonly createdAt: Date;
  readonly availableOn: Date;
}

/** One that does not say what it is worth. The rest of its page is as good as ever. */
export interface UnreadableTransaction {
  readonly id: string;
  readonly unreadable: true;
}

export interface BalanceTransactionPage {
  readonly kind: 'page';
  /** Newest first. */
  readonly transactions: readonly (BalanceTransaction | UnreadableTransaction)[];
  readonly hasMore: boolean;
  /** What the PSP's clock showed when it answered, to the second. */
  readonly pspTime: Date;
}

/** How a payout to our bank stands; `ended` says whether it will change by itself. It may fail even after it was paid. */
export interface BankPayout {
  readonly kind: 'bank_payout';
  readonly status: string;
  readonly ended: boolean;
}

/** A payout to our bank as the list has it. Times are of the PSP's clock. */
export interface ListedPayout {
  readonly id: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** Whether the PSP made it by itself, of all that was available. */
  readonly automatic: boolean;
  /** The movement by which it left our balance. */
  readonly balanceTransactionId: string;
  readonly createdAt: Date;
  /** Day on which it arrives, as `2026-06-18`. */
  readonly arrivesOn: string;
}

export interface BankPayoutPage {
  readonly kind: 'payouts';
  /** Newest first. */
  readonly payouts: readonly ListedPayout[];
  readonly hasMore: boolean;
}

/** One balance transaction that was asked for. */
export interface OneTransaction {
  readonly kind: 'transaction';
  readonly transaction: BalanceTransaction | UnreadableTransaction;
  readonly pspTime: Date;
}

/** Why nothing was learned. A question changes nothing at the PSP, so it is asked again. */
export type NotTold = Extract<Outcome, { kind: 'not_started' | 'unknown' }>;

/** Which part of the list is asked for. */
export interface BalanceTransactionQuery {
  /** Created then or later, on the PSP's clock. */
  readonly createdFrom: Date;
  /** The last id of the page before; null for the first. */
  readonly after: string | null;
}

const CURRENCY = /^[A-Z]{3}$/;
/** Our ids travel in the metadata of what the PSP makes for us. */
const OUR_IDS = ['refund_id', 'attempt_id', 'payout_id'] as const;
/** States in which a payout stays unless its bank sends it back. */
const ENDED_PAYOUTS: ReadonlySet<string> = new Set(['paid', 'failed', 'canceled']);

export type TransactionList = Stripe.Response<Stripe.ApiList<Stripe.BalanceTransaction>>;

/** As many as Stripe gives on a page. */
const TRANSACTIONS_ON_A_PAGE = 100;

/** The list is asked for with its sources, which carry our ids. */
export function transactionListParams({
  createdFrom,
  after,
}: BalanceTransactionQuery): Stripe.BalanceTransactionListParams {
  return {
    created: { gte: Math.floor(createdFrom.getTime() / 1_000) },
    limit: TRANSACTIONS_ON_A_PAGE,
    expand: ['data.source'],
    ...(after !== null && { starting_after: after }),
  };
}

/** Reads a page of the list. The clock is the one that every HTTP answer tells. */
export function readPage(list: TransactionList): BalanceTransactionPage | NotTold {
  const date = Date.parse(list.lastResponse.headers.date ?? '');
  const readable = Array.isArray(list.data) && list.data.every((one) => typeof one?.id === 'string');
  if (!readable || Number.isNaN(date)) return { kind: 'unknown', reason: 'unreadable_answer' };
  return {
    kind: 'page',
    transactions: list.data.map(readTransaction),
    hasMore: list.has_more,
    pspTime: new Date(date),
  };
}

/** Reads one that was asked for by its id. */
export function readOne(one: Stripe.Response<Stripe.BalanceTransaction>): OneTransaction | NotTold {
  const date = Date.parse(one.lastResponse.headers.date ?? '');
  if (typeof one.id !== 'string' || Number.isNaN(date)) return { kind: 'unknown', reason: 'unreadable_answer' };
  return { kind: 'transaction', transaction: readTransaction(one), pspTime: new Date(date) };
}

function readTransaction(one: Stripe.BalanceTransaction): BalanceTransaction | UnreadableTransaction {
  const currency = String(one.currency).toUpperCase();
  const numbers = [one.amount, one.fee, one.net, one.created, one.available_on];
  if (!CURRENCY.test(currency) || typeof one.type !== 'string' || !numbers.every(Number.isSafeInteger))
    return { id: one.id, unreadable: true };
  const source = readSource(one.source);
  return {
    id: one.id,
    type: one.type,
    amountMinor: BigInt(one.amount),
    feeMinor: BigInt(one.fee),
    netMinor: BigInt(one.net),
    currency,
    ...source,
    createdAt: new Date(one.created * 1_000),
    availableOn: new Date(one.available_on * 1_000),
  };
}

/** The source is an id, or the object when it was asked for and is there. */
function readSource(source: unknown): Pick<BalanceTransaction, 'sourceId' | 'subjectId' | 'pspPaymentId'> {
  if (typeof source !== 'object' || source === null)
    return { sourceId: typeof source === 'string' ? source : null, subjectId: null, pspPaymentId: null };
  const { id, metadata, payment_intent: payment } = source as Record<string, unknown>;
  const ours = OUR_IDS.map((name) => (metadata as Record<string, unknown> | null | undefined)?.[name]);
  return {
    sourceId: text(id),
    subjectId: text(ours.find((one) => typeof one === 'string')),
    pspPaymentId: text(payment),
  };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function readBankPayout(payout: Stripe.Payout): BankPayout | NotTold {
  if (typeof payout.status !== 'string') return { kind: 'unknown', reason: 'unreadable_answer' };
  return { kind: 'bank_payout', status: payout.status, ended: ENDED_PAYOUTS.has(payout.status) };
}

/** Payouts that arrive within these days; a page holds as many as Stripe gives. */
export function payoutListParams({ from, through, after }: BankPayoutQuery): Stripe.PayoutListParams {
  const start = (day: string) => Date.parse(`${day}T00:00:00Z`) / 1_000;
  return {
    arrival_date: { gte: start(from), lt: start(through) + 86_400 },
    limit: TRANSACTIONS_ON_A_PAGE,
    ...(after !== null && { starting_after: after }),
  };
}

/** Days of arrival, first and last, and the last id of the page before. */
export interface BankPayoutQuery {
  readonly from: string;
  readonly through: string;
  readonly after: string | null;
}

export function readBankPayouts(list: Stripe.ApiList<Stripe.Payout>): BankPayoutPage | NotTold {
  const readable = (one: Stripe.Payout) =>
    typeof one?.id === 'string' &&
    idOf(one.balance_transaction) !== null &&
    [one.amount, one.created, one.arrival_date].every(Number.isSafeInteger);
  if (!Array.isArray(list.data) || !list.data.every(readable)) return { kind: 'unknown', reason: 'unreadable_answer' };
  const payouts = list.data.map(({ id, amount, currency, automatic, created, arrival_date: arrival, ...rest }) => ({
    id,
    balanceTransactionId: idOf(rest.balance_transaction) ?? '',
    amountMinor: BigInt(amount),
    currency: String(currency).toUpperCase(),
    automatic: automatic === true,
    createdAt: new Date(created * 1_000),
    arrivesOn: new Date(arrival * 1_000).toISOString().slice(0, 10),
  }));
  return { kind: 'payouts', payouts, hasMore: list.has_more };
}

function idOf(reference: string | { readonly id: string } | null): string | null {
  return typeof reference === 'string' ? reference : text(reference?.id);
}

/** Sorts what the SDK throws for a question. */
export function notTold(error: unknown): NotTold {
  const outcome = classifyError(error);
  if (outcome.kind === 'not_started' || outcome.kind === 'unknown') return outcome;
  return { kind: 'unknown', reason: `not_told:${'code' in outcome ? outcome.code : outcome.kind}` };
}
