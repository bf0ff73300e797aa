import type { CurrencyCode } from '#kernel';
import type { EventStatus, OrderState } from './order-state.ts';

/** One order as callers see it. Amounts are decimal strings. */
export interface PaymentOrderView {
  readonly paymentOrderId: string;
  readonly checkoutId: string;
  readonly sellerId: string;
  readonly sellerName: string;
  readonly description: string;
  readonly amount: string;
  readonly currency: CurrencyCode;
  /** UNKNOWN is shown to API callers as EXECUTING with `unknown: true`. */
  readonly status: OrderState;
  readonly unknown: boolean;
  /** Derived: the seller's wallet and the ledger move in the transaction that sets SUCCESS. */
  readonly walletUpdated: boolean;
  readonly ledgerUpdated: boolean;
  /** Code of the last decline or refusal of this order, for example `insufficient_funds`. */
  readonly declineCode: string | null;
  readonly attempts: number;
}

/** A checkout with its orders. */
export interface CheckoutView {
  readonly checkoutId: string;
  readonly flow: 'direct' | 'hosted';
  readonly principal: string;
  readonly status: EventStatus;
  /** Null when the orders are in several currencies. */
  readonly currency: CurrencyCode | null;
  readonly total: string | null;
  readonly buyer: { readonly userId: string; readonly email: string; readonly name: string };
  readonly createdAt: string;
  /** Whether a hosted payment can be started or continued. */
  readonly payable: boolean;
  /** The open hosted page, if there is one. */
  readonly pageUrl: string | null;
  readonly lastDecline: { readonly code: string; readonly message: string } | null;
  readonly orders: readonly PaymentOrderView[];
}
