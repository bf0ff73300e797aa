import { spread } from '#kernel';
import type { RefundableOrder } from '#payments';

/** What of an order is disputed, and what of it the seller bears. */
export interface DisputedOrder {
  readonly paymentOrderId: string;
  readonly sellerId: string;
  readonly disputedMinor: bigint;
  readonly shareMinor: bigint;
}

/**
 * Spreads what was withdrawn over the orders of the charge, by what is left of each after refunds and other disputes. What exceeds
 * that is the platform's, and so is what sellers lack when `fundsOf` says how much each of them has. Pure.
 */
export function shareDispute(
  withdrawnMinor: bigint,
  orders: readonly RefundableOrder[],
  fundsOf: ((sellerId: string) => bigint) | null,
): DisputedOrder[] {
  const open = orders.filter((order) => order.state === 'SUCCESS');
  const left = open.map((order) => order.amountMinor - order.refundedMinor - order.disputedMinor);
  const total = left.reduce((sum, one) => sum + one, 0n);
  const parts = spread(withdrawnMinor < total ? withdrawnMinor : total, left);
  const spent = new Map<string, bigint>();
  return open.flatMap(({ paymentOrderId, sellerId }, index) => {
    const disputedMinor = parts[index] ?? 0n;
    if (disputedMinor === 0n) return [];
    const before = spent.get(sellerId) ?? 0n;
    const funds = fundsOf ? fundsOf(sellerId) - before : disputedMinor;
    const shareMinor = funds < 0n ? 0n : funds < disputedMinor ? funds : disputedMinor;
    spent.set(sellerId, before + shareMinor);
    return [{ paymentOrderId, sellerId, disputedMinor, shareMinor }];
  });
}
