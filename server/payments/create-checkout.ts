import { createHash } from 'node:crypto';
import { type KeyedRun, UNKEYED } from '#idempotency';
import { AppError } from '#kernel';
import { acceptPayment } from './accept-payment.ts';
import { getCheckout } from './get-checkout.ts';
import type { Buyer, CheckoutRequest, OrderRequest } from './request.ts';
import type { CheckoutView } from './views.ts';

export interface NewCheckout {
  /** Made here when absent; then every request opens a new checkout, and a keyed one the same however often it runs. */
  readonly checkoutId?: string | undefined;
  readonly buyer: Buyer;
  readonly orders: readonly (Omit<OrderRequest, 'paymentOrderId'> & { readonly paymentOrderId?: string | undefined })[];
}

/**
 * Opens a checkout that the shopper will pay on the hosted page; nothing is charged yet. One page takes one currency
 * (`currency_mixed`). Idempotent by `checkoutId`; another request under the same id throws `idempotency_mismatch`.
 */
export async function createCheckout(
  input: NewCheckout,
  principal: string,
  keyed: KeyedRun = UNKEYED,
): Promise<CheckoutView> {
  const request = withIds({ ...input, checkoutId: input.checkoutId ?? keyed.newId('chk') });
  const currencies = new Set(request.orders.map((order) => order.amount.currency));
  if (currencies.size > 1)
    throw new AppError('currency_mixed', 'Open one checkout per currency.', { param: 'payment_orders' });
  await acceptPayment({ principal, request, keyed });
  return getCheckout(request.checkoutId);
}

/** Order ids that the caller left out follow from the checkout's id and their place, so that the same request again is the same. */
function withIds({ checkoutId, buyer, orders }: NewCheckout & { readonly checkoutId: string }): CheckoutRequest {
  return {
    checkoutId,
    buyer,
    orders: orders.map((order, index) => ({
      ...order,
      paymentOrderId: order.paymentOrderId ?? orderIdOf(checkoutId, index + 1),
    })),
  };
}

/**
 * A digest, because a seller sees the order's id and the checkout's is the permission of whoever pays by its link: nobody finds the way
 * back from 128 bits of SHA-256.
 */
function orderIdOf(checkoutId: string, place: number): string {
  const digest = createHash('sha256').update(`${checkoutId}/${place}`).digest('hex');
  return `ord_${digest.slice(0, 32)}`;
}
