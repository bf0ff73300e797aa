import { assert, type Money, uuidv7 } from '#kernel';
import { type AccountRef, accountCode, PLATFORM } from './chart.ts';

/** The facts the ledger knows; a transaction is unique per kind and source. */
export type TransactionKind =
  | 'order_captured'
  | 'late_capture_held'
  | 'refund_accepted'
  | 'refund_failed'
  | 'dispute_opened'
  | 'dispute_won'
  | 'dispute_lost'
  | 'psp_settled'
  | 'funds_available'
  | 'payout_requested'
  | 'payout_released'
  | 'payout_sent'
  | 'payout_unsent'
  | 'payout_paid'
  | 'payout_returned';

/** One side of a transaction: signed minor units of the account's currency, debit positive, credit negative. */
export interface Leg {
  readonly account: AccountRef;
  readonly amountMinor: bigint;
}

/** A ledger transaction that is known to balance. Made only by {@link createPosting}. */
export interface Posting {
  readonly id: string;
  readonly kind: TransactionKind;
  /** Id of the business fact: posting it twice is refused by the database. */
  readonly sourceId: string;
  /** When it happened in the world; the books note by themselves when they learned of it. */
  readonly effectiveAt: Date;
  /** Id of the ledger transaction that this one takes back, leg by leg; a transaction is reversed at most once. */
  readonly reversalOf?: string;
  /** It may take no account beyond what is there, even one that other transactions may overdraw. */
  readonly covered?: boolean;
  readonly legs: readonly Leg[];
}

/**
 * Makes a posting. Legs of zero are dropped (a commission of nothing is no entry); the rest must be at least two, on different
 * accounts, and add up to zero in each currency: anything else is a defect of the caller and throws.
 */
export function createPosting(fact: Omit<Posting, 'id' | 'legs'> & { legs: readonly Leg[] }): Posting {
  const legs = fact.legs.filter((leg) => leg.amountMinor !== 0n);
  const sums = new Map<string, bigint>();
  for (const leg of legs) sums.set(leg.account.currency, (sums.get(leg.account.currency) ?? 0n) + leg.amountMinor);
  assert(
    new Set(legs.map((leg) => accountCode(leg.account))).size >= 2,
    'a posting moves money between at least two accounts',
  );
  for (const [currency, sum] of sums) assert(sum === 0n, `${fact.kind} ${fact.sourceId} is off by ${sum} ${currency}`);
  return { ...fact, id: uuidv7(), legs };
}

/**
 * The PSP took an order's money: the buyer's receivable grows by the gross amount, the seller earns it less the commission.
 * `commissionMinor` is the amount frozen on the order.
 */
export function orderCaptured(order: {
  readonly paymentOrderId: string;
  readonly buyerId: string;
  readonly sellerId: string;
  readonly gross: Money;
  readonly commissionMinor: bigint;
  readonly capturedAt: Date;
}): Posting {
  const { amountMinor, currency } = order.gross;
  return createPosting({
    kind: 'order_captured',
    sourceId: order.paymentOrderId,
    effectiveAt: order.capturedAt,
    legs: [
      { account: { kind: 'buyer', ownerId: order.buyerId, currency }, amountMinor },
      {
        account: { kind: 'seller_pending', ownerId: order.sellerId, currency },
        amountMinor: order.commissionMinor - amountMinor,
      },
      { account: { kind: 'platform_fees', ownerId: PLATFORM, currency }, amountMinor: -order.commissionMinor },
    ],
  });
}

/** The PSP took money for something that had already ended here: it belongs to the buyer and waits in suspense to be given back. */
export function lateCaptureHeld(late: {
  readonly attemptId: string;
  readonly buyerId: string;
  readonly amount: Money;
  readonly capturedAt: Date;
}): Posting {
  const { amountMinor, currency } = late.amount;
  return createPosting({
    kind: 'late_capture_held',
    sourceId: late.attemptId,
    effectiveAt: late.capturedAt,
    legs: [
      { account: { kind: 'buyer', ownerId: late.buyerId, currency }, amountMinor },
      { account: { kind: 'suspense', ownerId: PLATFORM, currency }, amountMinor: -amountMinor },
    ],
  });
}

interface OrderRefunded {
  readonly refundId: string;
  readonly buyerId: string;
  readonly sellerId: string;
  readonly amount: Money;
  /** The platform's part of the amount; the seller bears the rest. */
  readonly commissionMinor: bigint;
  /** What of the seller's part is taken of money that is waited for; the rest is taken of what is available. */
  readonly pendingMinor: bigint;
  readonly at: Date;
}

/** The PSP gave back part or all of a paid order: seller and platform give up their parts, the buyer's receivable shrinks by it. */
export function orderRefundAccepted(refund: OrderRefunded): Posting {
  return createPosting({
    kind: 'refund_accepted',
    sourceId: refund.refundId,
    effectiveAt: refund.at,
    legs: orderRefundLegs(refund, 1n),
  });
}

/** It failed after all: everybody has his part again, where it was taken. `reversalOf` is the acceptance it takes back. */
export function orderRefundFailed(refund: OrderRefunded & { readonly reversalOf: string }): Posting {
  return createPosting({
    kind: 'refund_failed',
    sourceId: refund.refundId,
    effectiveAt: refund.at,
    reversalOf: refund.reversalOf,
    legs: orderRefundLegs(refund, -1n),
  });
}

function orderRefundLegs(refund: OrderRefunded, sign: 1n | -1n): Leg[] {
  const { amountMinor, currency } = refund.amount;
  const { sellerId: ownerId, pendingMinor } = refund;
  const availableMinor = amountMinor - refund.commissionMinor - pendingMinor;
  return [
    { account: { kind: 'seller_pending', ownerId, currency }, amountMinor: sign * pendingMinor },
    { account: { kind: 'seller_available', ownerId, currency }, amountMinor: sign * availableMinor },
    { account: { kind: 'platform_fees', ownerId: PLATFORM, currency }, amountMinor: sign * refund.commissionMinor },
    { account: { kind: 'buyer', ownerId: refund.buyerId, currency }, amountMinor: -sign * amountMinor },
  ];
}

interface LateRefund {
  readonly refundId: string;
  readonly buyerId: string;
  readonly amount: Money;
  readonly at: Date;
}

/** The PSP gave back what was held for the buyer: it leaves suspense, and the buyer's receivable shrinks by it. */
export function lateRefundAccepted(refund: LateRefund): Posting {
  return createPosting({
    kind: 'refund_accepted',
    sourceId: refund.refundId,
    effectiveAt: refund.at,
    legs: lateRefundLegs(refund, 1n),
  });
}

/** A refund that had been accepted failed after all: the money is held again. `reversalOf` is the acceptance it takes back. */
export function lateRefundFailed(refund: LateRefund & { readonly reversalOf: string }): Posting {
  return createPosting({
    kind: 'refund_failed',
    sourceId: refund.refundId,
    effectiveAt: refund.at,
    reversalOf: refund.reversalOf,
    legs: lateRefundLegs(refund, -1n),
  });
}

function lateRefundLegs({ buyerId, amount: { amountMinor, currency } }: LateRefund, sign: 1n | -1n): Leg[] {
  return [
    { account: { kind: 'suspense', ownerId: PLATFORM, currency }, amountMinor: sign * amountMinor },
    { account: { kind: 'buyer', ownerId: buyerId, currency }, amountMinor: -sign * amountMinor },
  ];
}
