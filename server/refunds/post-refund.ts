import { assert, type CurrencyCode } from '#kernel';
import {
  type AccountRef,
  type Book,
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

/** Books a refund that the PSP has accepted, and remembers what it was booked as. */
export function postAcceptance(
  refundId: string,
  { buyerId, sellerId }: RefundFacts,
  refunds: LockedRefunds,
  book: Book,
  at: Date,
): void {
  const refund = refunds.refund(refundId);
  const { amountMinor, currency, commissionMinor } = refund;
  const fact = { refundId, buyerId, amount: { amountMinor, currency }, at };
  // Available funds may go below nothing by a refund, and pending funds of the order still hold all that is left of it.
  const from = refunds.isAvailable(refund) ? 'seller_available' : 'seller_pending';
  const posting =
    sellerId === null ? lateRefundAccepted(fact) : orderRefundAccepted({ ...fact, sellerId, commissionMinor, from });
  const verdict = book.post(posting);
  assert(verdict.kind === 'posted', 'what was taken and not given back can always be given back');
  const pendingMinor = from === 'seller_pending' ? amountMinor - commissionMinor : 0n;
  refunds.accept(refundId, verdict.transactionId, sellerId === null ? null : pendingMinor);
}

/** Takes back what {@link postAcceptance} booked, entry by entry. */
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
  const from = pendingMinor ? 'seller_pending' : 'seller_available';
  const posting =
    sellerId === null ? lateRefundFailed(fact) : orderRefundFailed({ ...fact, sellerId, commissionMinor, from });
  const verdict = book.post(posting);
  assert(verdict.kind === 'posted', 'what came back can always be taken back');
}
