import { createHash } from 'node:crypto';
import type { Money } from '#kernel';

/** The person who pays. */
export interface Buyer {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
}

/** One order of a request: what one seller is to get. */
export interface OrderRequest {
  readonly paymentOrderId: string;
  readonly sellerAccount: string;
  readonly amount: Money;
  readonly description?: string | undefined;
}

/** A token stands for the card; the number never comes here. */
export interface PaymentMethod {
  readonly token: string;
  readonly last4?: string | undefined;
}

/** A payment to take at once, with a token. */
export interface PaymentRequest {
  readonly checkoutId: string;
  readonly buyer: Buyer;
  readonly payment: PaymentMethod;
  readonly orders: readonly OrderRequest[];
}

/** A checkout to be paid by the shopper on the hosted page. */
export interface CheckoutRequest {
  readonly checkoutId: string;
  readonly buyer: Buyer;
  readonly orders: readonly OrderRequest[];
}

/** SHA-256 of everything that makes two requests the same, the caller included. */
export function requestHash(
  principal: string,
  request: CheckoutRequest & { readonly payment?: PaymentMethod },
): Buffer {
  const { checkoutId, buyer, payment, orders } = request;
  const canonical = JSON.stringify([
    principal,
    checkoutId,
    [buyer.userId, buyer.email, buyer.name],
    payment ? [payment.token, payment.last4 ?? null] : null,
    orders.map((order) => [
      order.paymentOrderId,
      order.sellerAccount,
      order.amount.amountMinor.toString(),
      order.amount.currency,
      order.description ?? '',
    ]),
  ]);
  return createHash('sha256').update(canonical).digest();
}
