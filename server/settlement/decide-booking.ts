import type { CurrencyCode } from '#kernel';
import { type AccountRef, PLATFORM } from '#ledger';

/** A balance transaction that waits, with what our books know of its subject. */
export interface WaitingTransaction {
  readonly id: string;
  readonly type: string;
  readonly amountMinor: bigint;
  readonly feeMinor: bigint;
  readonly netMinor: bigint;
  /** Null when it is none of those that our books are kept in. */
  readonly currency: CurrencyCode | null;
  readonly sourceId: string | null;
  readonly subjectId: string | null;
  readonly pspPaymentId: string | null;
  readonly availableOn: Date;
  /** How often it was looked at, this time included. */
  readonly tries: number;
  /** The attempt or refund that its source names, if it is one of ours. */
  readonly subject: Subject | null;
  /** The dispute that its source is, if it is one of ours. */
  readonly dispute: DisputeBooked | null;
  /** What the PSP says of a payout to our bank; null when it was not asked or did not say. */
  readonly payoutEnded: boolean | null;
  /** False when it could not be read, and the PSP did not say what it is when it was asked for it again. */
  readonly told: boolean;
}

interface Subject {
  readonly kind: 'attempt' | 'refund';
  /** Of an attempt: whether we know that it was charged. Of a refund: whether we know what became of it. */
  readonly known: boolean;
  /** Of a refund: whether we know that it failed, at once or late. */
  readonly failed: boolean;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly pspPaymentId: string | null;
  readonly buyerId: string;
}

/** What the books hold of a dispute: its movements are booked as the PSP shows them, not when they are listed here. */
export interface DisputeBooked {
  /** Ledger transactions of the withdrawal and of what came back, with what each moved at the PSP; null until it is booked. */
  readonly opened: { readonly ledgerTransactionId: string; readonly netMinor: bigint } | null;
  readonly won: { readonly ledgerTransactionId: string; readonly netMinor: bigint } | null;
  readonly currency: string;
}

/** What was settled before, as far as a decision needs it. */
export interface SettledBefore {
  /** Whether something of this type was booked for the subject. */
  isSettled(subjectId: string, type: string): boolean;
  /** Whether a balance transaction belongs to this ledger transaction already. */
  isBooked(ledgerTransactionId: string): boolean;
  /** The settlement of this source and type, if it is booked. */
  find(sourceId: string, type: string): { readonly ledgerTransactionId: string; readonly amountMinor: bigint } | null;
}

/**
 * - `book`: to the account on the other side. - `match`: its money is in the books already, by this ledger transaction. - `suspense`: it is booked, and a person finds out where it belongs.
 * - `wait`: our side, or the PSP's, is not there yet. - `refuse`: it cannot be booked at all.
 */
export type BookingDecision =
  | { readonly kind: 'book'; readonly other: AccountRef; readonly reversalOf?: string }
  | { readonly kind: 'match'; readonly ledgerTransactionId: string }
  | { readonly kind: 'suspense'; readonly cause: string }
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'refuse'; readonly cause: string };

type Rule = (one: WaitingTransaction & { readonly currency: CurrencyCode }, before: SettledBefore) => BookingDecision;

const suspense = (cause: string): BookingDecision => ({ kind: 'suspense', cause });
const wait = (reason: string): BookingDecision => ({ kind: 'wait', reason });
const refuse = (cause: string): BookingDecision => ({ kind: 'refuse', cause });
const ours = (kind: 'bank_cash' | 'psp_fees', currency: CurrencyCode): AccountRef => ({
  kind,
  ownerId: PLATFORM,
  currency,
});

/** The whole charge is settled against what the buyer's account says the PSP took. */
const charge: Rule = (one, before) => {
  const { subject, subjectId, currency } = one;
  if (subject?.kind !== 'attempt' || subjectId === null) return suspense('not_ours');
  if (subject.amountMinor !== one.amountMinor || subject.currency !== currency) return suspense('amount_mismatch');
  if (subject.pspPaymentId !== null && subject.pspPaymentId !== one.pspPaymentId) return suspense('other_payment');
  if (before.isSettled(subjectId, one.type)) return suspense('settled_already');
  if (!subject.known) return wait('the charge is not known here');
  return { kind: 'book', other: { kind: 'buyer', ownerId: subject.buyerId, currency } };
};

/** A refund leaves our balance whatever becomes of it; one that fails comes back as a transaction of its own. */
const refund: Rule = (one, before) => {
  const { subject, subjectId, currency } = one;
  if (subject?.kind !== 'refund' || subjectId === null) return suspense('not_ours');
  if (subject.amountMinor !== -one.amountMinor || subject.currency !== currency) return suspense('amount_mismatch');
  if (before.isSettled(subjectId, one.type)) return suspense('settled_already');
  if (!subject.known) return wait('the end of the refund is not known here');
  return { kind: 'book', other: { kind: 'buyer', ownerId: subject.buyerId, currency } };
};

/** Takes back, entry by entry, what was settled as `type` for the same source. */
const takesBack =
  (type: string, otherOf: (one: Parameters<Rule>[0]) => AccountRef | null): Rule =>
  (one, before) => {
    const other = otherOf(one);
    if (one.sourceId === null || other === null) return suspense('not_ours');
    const original = before.find(one.sourceId, type);
    if (!original) return wait(`the ${type} that it takes back is not settled`);
    if (original.amountMinor !== -one.amountMinor || one.feeMinor !== 0n) return suspense('amount_mismatch');
    return { kind: 'book', other, reversalOf: original.ledgerTransactionId };
  };

/** A refund that came back takes back what it had taken, once we know that it failed. Another amount than went out is none of it. */
const refundFailure =
  (type: string): Rule =>
  (one, before) =>
    one.subject?.kind === 'refund' && !one.subject.failed && one.subject.amountMinor === one.amountMinor
      ? wait('that the refund came back is not known here')
      : takesBack(type, ofBuyer)(one, before);

/** Our bank has it, or had it and sent it back, once the PSP calls the payout ended. */
const payout: Rule = ({ payoutEnded, currency }) =>
  payoutEnded ? { kind: 'book', other: ours('bank_cash', currency) } : wait('the payout is on its way');

/**
 * What a seller is paid leaves our balance there at once, as if by way of our bank: that account falls when the seller's bank has it
 * (decision 0033).
 */
const transfer: Rule = ({ currency }) => ({ kind: 'book', other: ours('bank_cash', currency) });

/** A dispute that is not known after so many looks, some four days, is none of ours: it is asked for every five minutes. */
const LAST_WAIT = 100;

/**
 * A withdrawal by a dispute, or what came back of it, was booked with the dispute: here it only finds its transaction. Whatever else
 * is taken or given on account of the dispute is not in its books.
 */
const adjustment: Rule = ({ dispute, sourceId, currency, amountMinor, netMinor, tries }, before) => {
  if (sourceId === null) return suspense('not_ours');
  if (!dispute) return tries < LAST_WAIT ? wait('the dispute is not known here') : suspense('not_ours');
  const booked = amountMinor < 0n ? dispute.opened : dispute.won;
  if (!booked) return wait('the dispute has not booked it');
  if (before.isBooked(booked.ledgerTransactionId)) return suspense('settled_already');
  if (booked.netMinor !== netMinor || dispute.currency !== currency) return refuse('amount_mismatch');
  return { kind: 'match', ledgerTransactionId: booked.ledgerTransactionId };
};

const fee: Rule = ({ currency }) => ({ kind: 'book', other: ours('psp_fees', currency) });

const ofBuyer: Parameters<typeof takesBack>[1] = ({ subject, currency }) =>
  subject?.kind === 'refund' ? { kind: 'buyer', ownerId: subject.buyerId, currency } : null;
const ofBank: Parameters<typeof takesBack>[1] = ({ currency }) => ours('bank_cash', currency);

/** What each type of the PSP's is to our books. A type that is not here is booked to suspense. */
const RULES: Readonly<Record<string, Rule>> = {
  charge,
  payment: charge,
  refund,
  payment_refund: refund,
  refund_failure: refundFailure('refund'),
  payment_failure_refund: refundFailure('payment_refund'),
  payout,
  payout_failure: takesBack('payout', ofBank),
  payout_cancel: takesBack('payout', ofBank),
  transfer,
  transfer_refund: transfer,
  adjustment,
  stripe_fee: fee,
  stripe_fx_fee: fee,
};

/** Types of which the PSP has to be asked before they are decided. */
export const ASKED_TYPES: readonly string[] = ['payout'];
/** Our own word for the type of what could not be read: its amounts are zero and stand for nothing. */
export const UNREADABLE = 'unreadable';

/** Decides where a balance transaction belongs. Pure: the same facts give the same decision. */
export function decideBooking(one: WaitingTransaction, before: SettledBefore): BookingDecision {
  const { currency } = one;
  if (one.type === UNREADABLE) return one.told ? refuse('unreadable') : wait('the provider does not say what it is');
  if (one.netMinor !== one.amountMinor - one.feeMinor) return refuse('sums_do_not_add_up');
  if (one.amountMinor === 0n && one.feeMinor === 0n) return refuse('nothing_moved');
  if (currency === null) return refuse('currency_unknown');
  const rule = Object.hasOwn(RULES, one.type) ? RULES[one.type] : undefined;
  return rule ? rule({ ...one, currency }, before) : suspense(`unknown_type:${one.type}`);
}
