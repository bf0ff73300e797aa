import type { EventStatus, OrderStatus } from '../status/statuses.ts';

/** One line of a checkout: what one seller is owed. Amounts are decimal strings. */
export interface OrderView {
  readonly paymentOrderId: string;
  readonly sellerId: string;
  readonly sellerName: string;
  readonly description: string;
  readonly amount: string;
  readonly currency: string;
  readonly status: OrderStatus;
  readonly unknown: boolean;
  readonly walletUpdated: boolean;
  readonly ledgerUpdated: boolean;
}

/** A checkout as the shopper's pages show it. */
export interface CheckoutView {
  readonly checkoutId: string;
  readonly status: EventStatus;
  /** Null when the orders are in several currencies; a hosted checkout never is. */
  readonly currency: string | null;
  readonly total: string | null;
  readonly buyer: { readonly email: string; readonly name: string };
  readonly createdAt: string;
  readonly payable: boolean;
  readonly pageUrl: string | null;
  readonly lastDecline: { readonly code: string; readonly message: string } | null;
  readonly orders: readonly OrderView[];
}

/** Orders by seller, in the order of the lines. */
export function groupBySeller(
  orders: readonly OrderView[],
): readonly { readonly sellerName: string; readonly orders: readonly OrderView[] }[] {
  const groups = Map.groupBy(orders, (order) => order.sellerId);
  return [...groups.values()].map((group) => ({ sellerName: group[0]?.sellerName ?? '', orders: group }));
}
