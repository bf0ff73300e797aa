import { assert, type CurrencyCode } from '#kernel';
import {
  type AccountRef,
  type Book,
  fundsAvailable,
  lateRefundAccepted,
  lateRefundFailed,
  orderRefundAccepted,
  orderRefundFailed,
  PLATFORM,
} from '#ledger';
import type { LockedRefunds } from './locked-refunds.ts';

/** What never changes about a refund: enough to post, without a lock. */
export interface RefundFacts {
  readonly attemptId: string;
  /** Null for money that came too late. */
  readonly paymentOrderId: string | null;
  readonly buyerId: string;
  /** Who bears the greater part; null for money that came too late, which nobody has earned. */
  readonly sellerId: string | null;
  readonly currency: CurrencyCode;
}

/** Every account that news about the refund may post to. */
export function accountsOfRefund({ buyerId, sellerId, currency }: RefundFacts): AccountRef[] {
  const buyer: AccountRef = { kind: 'buyer', ownerId: buyerId, currency };
  if (sellerId === null) return [buyer, { kind: 'suspense', ownerId: PLATFORM, currency }];
  return [
    buyer,
    { kind: 'seller_pending', ownerId: sellerId, currency },
    { kind: 'seller_available', ownerId: sellerId, currency },
    { kind: 'platform_fees', ownerId: PLATFORM, currency },
  ];
}

/**
 * Books a refund that the PSP has accepted, and remembers what it was booked as. The seller's part is taken of what is pending of the
 * order, as far as it goes, and of available funds, which may go below nothing by a refund.
 */
export function postAcceptance(
  refundId: string,
  { buyerId, sellerId }: RefundFacts,
  refunds: LockedRefunds,
  book: Book,
  at: Date,
): void {
  const { amountMinor, currency, commissionMinor } = refunds.refund(refundId);
  const fact = { refundId, buyerId, amount: { amountMinor, currency }, at };
  const pendingMinor = sellerId === null ? null : refunds.takePending(refundId);
  const posting =
    sellerId === null || pendingMinor === null
      ? lateRefundAccepted(fact)
      : orderRefundAccepted({ ...fact, sellerId, commissionMinor, pendingMinor });
  const verdict = book.post(posting);
  assert(verdict.kind === 'posted', 'what was taken and not given back can always be given back');
  refunds.accept(refundId, verdict.transactionId, pendingMinor);
}

/**
 * Takes back what {@link postAcceptance} booked, entry by entry. What was taken of pending funds is pending again, and becomes
 * available at once when the rest of its order has become so meanwhile.
 */
export function postLateFailure(
  refundId: string,
  { buyerId, sellerId }: RefundFacts,
  refunds: LockedRefunds,
  book: Book,
  at: Date,
): void {
  const { amountMinor, currency, commissionMinor, pendingMinor, acceptedAs } = refunds.refund(refundId);
  assert(acceptedAs, 'a refund that succeeded was booked');
  const fact = { refundId, buyerId, amount: { amountMinor, currency }, at, reversalOf: acceptedAs };
  if (sellerId === null || pendingMinor === null) {
    expectPosted(book, lateRefundFailed(fact));
    return;
  }
  expectPosted(book, orderRefundFailed({ ...fact, sellerId, commissionMinor, pendingMinor }));
  if (refunds.restorePending(refundId) === 'pending' || pendingMinor === 0n) return;
  expectPosted(book, fundsAvailable({ sourceId: refundId, sellerId, currency, amountMinor: pendingMinor, at }));
}

function expectPosted(book: Book, posting: Parameters<Book['post']>[0]): void {
  assert(book.post(posting).kind === 'posted', 'what came back can always be taken back');
}
