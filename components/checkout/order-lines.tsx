import { Amount } from '../money/amount.tsx';
import { OrderStatusBadge } from '../status/status-badge.tsx';
import { type CheckoutView, groupBySeller } from './checkout-view.ts';

export interface OrderLinesProps {
  readonly checkout: CheckoutView;
  /** Adds the state of each order: after paying, not before. */
  readonly withStatus?: boolean;
  /** What the sum is called. */
  readonly totalLabel?: string;
}

/** The orders under their sellers, and what they come to. */
export function OrderLines({ checkout, withStatus = false, totalLabel = 'Total' }: OrderLinesProps) {
  return (
    <div className="text-sm">
      {groupBySeller(checkout.orders).map(({ sellerName, orders }) => (
        <section key={orders[0]?.sellerId} className="border-b border-line px-4 py-3 sm:px-5">
          <h3 className="text-xs font-medium text-subtle">{sellerName}</h3>
          <ul>
            {orders.map((order) => (
              <li
                key={order.paymentOrderId}
                className="grid grid-cols-[1fr_auto] items-center gap-x-4 gap-y-1 py-1.5 sm:grid-cols-[1fr_auto_auto]"
              >
                <span className="col-start-1 min-w-0">{order.description || 'Order'}</span>
                {withStatus ? (
                  <OrderStatusBadge
                    status={order.status}
                    unknown={order.unknown}
                    className="col-start-1 row-start-2 justify-self-start sm:col-start-2 sm:row-start-1"
                  />
                ) : null}
                <Amount
                  value={order.amount}
                  currency={order.currency}
                  className="col-start-2 row-start-1 min-w-20 sm:col-start-3"
                />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {checkout.total && checkout.currency ? (
        <p className="flex items-baseline justify-between gap-4 px-4 py-3.5 text-base font-semibold sm:px-5">
          <span>{totalLabel}</span>
          <Amount value={checkout.total} currency={checkout.currency} withCode />
        </p>
      ) : null}
    </div>
  );
}
