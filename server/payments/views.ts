import { type CurrencyCode, formatMinor } from '#kernel';
import type { AttemptState } from './attempt-state.ts';
import { type EventStatus, eventStatusOf, mayBePaid, type OrderState } from './order-state.ts';

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
  /** The open page that the shopper has to go to, if there is one. */
  readonly pageUrl: string | null;
  readonly lastDecline: { readonly code: string; readonly message: string } | null;
  readonly orders: readonly PaymentOrderView[];
}

/** What a view is made of, from the database or from the transaction that has just been committed. */
export interface CheckoutHeader {
  readonly checkoutId: string;
  readonly flow: 'direct' | 'hosted';
  readonly principal: string;
  readonly buyer: CheckoutView['buyer'];
  readonly createdAt: Date;
}

export interface OrderSnapshot {
  readonly paymentOrderId: string;
  readonly sellerId: string;
  readonly sellerName: string;
  readonly description: string;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  readonly state: OrderState;
  /** Of the order's last attempt, if it had one. */
  readonly attemptNo: number;
  readonly attemptState: AttemptState | null;
  readonly declineCode: string | null;
  readonly pageUrl: string | null;
}

/** States from which a hosted page can be opened or gone back to. */
const PAYABLE_STATES: ReadonlySet<OrderState> = new Set(['NOT_STARTED', 'EXECUTING', 'REQUIRES_ACTION', 'FAILED']);

/** Puts a checkout's view together; totals and statuses are derived here and nowhere else. */
export function composeCheckout(header: CheckoutHeader, orders: readonly OrderSnapshot[]): CheckoutView {
  const first = orders[0]?.currency ?? null;
  const currency = orders.every((order) => order.currency === first) ? first : null;
  const totalMinor = orders.reduce((sum, order) => sum + order.amountMinor, 0n);
  const declineCode = orders.find((order) => order.state !== 'SUCCESS' && order.declineCode)?.declineCode;
  return {
    checkoutId: header.checkoutId,
    flow: header.flow,
    principal: header.principal,
    status: eventStatusOf(orders.map((order) => order.state)),
    currency,
    total: currency && formatMinor(totalMinor, currency),
    buyer: header.buyer,
    createdAt: header.createdAt.toISOString(),
    payable: header.flow === 'hosted' && orders.every((order) => PAYABLE_STATES.has(order.state)),
    pageUrl:
      orders.find((order) => order.attemptState === 'REQUIRES_ACTION' && mayBePaid(order.state))?.pageUrl ?? null,
    lastDecline: declineCode
      ? { code: declineCode, message: 'The bank declined the last try. Nothing was charged.' }
      : null,
    orders: orders.map((order) => composeOrder(header.checkoutId, order)),
  };
}

function composeOrder(checkoutId: string, order: OrderSnapshot): PaymentOrderView {
  const succeeded = order.state === 'SUCCESS';
  return {
    paymentOrderId: order.paymentOrderId,
    checkoutId,
    sellerId: order.sellerId,
    sellerName: order.sellerName,
    description: order.description,
    amount: formatMinor(order.amountMinor, order.currency),
    currency: order.currency,
    status: order.state,
    unknown: order.state === 'UNKNOWN' || order.state === 'MANUAL_REVIEW',
    walletUpdated: succeeded,
    ledgerUpdated: succeeded,
    declineCode: succeeded ? null : order.declineCode,
    attempts: order.attemptNo,
  };
}
