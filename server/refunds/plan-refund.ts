import { AppError, formatAmount, type Money, spread } from '#kernel';
import { commissionReturned, type RefundableOrder } from '#payments';

/** What somebody wants given back. */
export interface RefundWish {
  /** An order, or a checkout: then the amount is spread over its orders by what is left of each. */
  readonly paymentId: string;
  /** Left out: everything that is left. */
  readonly amount?: Money | undefined;
  /** Of a checkout, the order that takes the minor units which cannot be spread evenly; else the first one. */
  readonly remainderTo?: string | undefined;
}

/** What goes back of one order, and who bears it. */
export interface RefundPart {
  readonly order: RefundableOrder;
  readonly amountMinor: bigint;
  /** The platform's part, as much of the commission as the ratio of the order says; the seller bears the rest. */
  readonly commissionMinor: bigint;
}

/** What may still be given back of an order; nothing while its money is disputed or after it was lost that way. */
export function refundableMinor({ state, amountMinor, refundedMinor, disputedMinor }: RefundableOrder): bigint {
  return state === 'SUCCESS' && disputedMinor === 0n ? amountMinor - refundedMinor : 0n;
}

/**
 * Decides what goes back of each order. Pure; the orders are those the wish is about, locked when it is to count. Throws
 * `refund_not_allowed` when nothing can go back, `refund_exceeds_captured` when less is left than asked for, `validation_failed`
 * for a remainder order that is none of these.
 */
export function planRefund(
  orders: readonly RefundableOrder[],
  { amount, remainderTo }: Omit<RefundWish, 'paymentId'>,
): RefundPart[] {
  const open = orders.filter((order) => refundableMinor(order) > 0n);
  if (open.length === 0) throw nothingLeft(orders);
  const weights = open.map(refundableMinor);
  if (!amount) return open.map((order, index) => partOf(order, weights[index] as bigint));
  const same = open.filter((order) => order.currency === amount.currency);
  const left = same.reduce((sum, order) => sum + refundableMinor(order), 0n);
  if (amount.amountMinor > left) {
    const rest = formatAmount({ amountMinor: left, currency: amount.currency });
    throw new AppError('refund_exceeds_captured', `${rest} ${amount.currency} are left to give back.`, {
      param: 'amount',
    });
  }
  const parts = spread(amount.amountMinor, same.map(refundableMinor), indexOf(same, remainderTo));
  return same.flatMap((order, index) => (parts[index] ? [partOf(order, parts[index])] : []));
}

function indexOf(orders: readonly RefundableOrder[], paymentOrderId: string | undefined): number {
  if (paymentOrderId === undefined) return 0;
  const index = orders.findIndex((order) => order.paymentOrderId === paymentOrderId);
  if (index >= 0) return index;
  throw new AppError('validation_failed', 'The remainder goes to an order of this payment that can be refunded.', {
    param: 'remainder_to',
  });
}

function partOf(order: RefundableOrder, amountMinor: bigint): RefundPart {
  return { order, amountMinor, commissionMinor: commissionReturned(order, order, amountMinor) };
}

function nothingLeft(orders: readonly RefundableOrder[]): AppError {
  if (orders.some((order) => order.disputedMinor > 0n))
    return new AppError('refund_not_allowed', 'The payment is disputed, or was lost in a dispute.');
  if (orders.some((order) => order.state === 'SUCCESS'))
    return new AppError('refund_exceeds_captured', 'Everything has gone back, or is on its way.');
  return new AppError('refund_not_allowed', 'Only a paid order can be refunded.');
}
