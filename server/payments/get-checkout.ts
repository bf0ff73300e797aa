import { pool, type Queryable, run } from '#db';
import { AppError, type CurrencyCode } from '#kernel';
import type { AttemptState } from './attempt-state.ts';
import { lookSooner } from './look-sooner.ts';
import type { OrderState } from './order-state.ts';
import { type CheckoutView, composeCheckout, type OrderSnapshot } from './views.ts';

interface Row {
  checkout_id: string;
  principal: string;
  flow: 'direct' | 'hosted';
  buyer_user_id: string;
  buyer_email: string;
  buyer_name: string;
  created_at: Date;
  payment_order_id: string;
  seller_id: string;
  seller_name: string;
  description: string;
  amount_minor: bigint;
  currency: CurrencyCode;
  state: OrderState;
  refunded_minor: bigint;
  attempts: number;
  decline_code: string | null;
  attempt_state: AttemptState | null;
  page_url: string | null;
}

/** Reads a checkout with its orders from the primary, or inside the caller's transaction. Throws `not_found`. */
export async function getCheckout(checkoutId: string, on: Queryable = pool()): Promise<CheckoutView> {
  const rows = await run<Row>(on, {
    name: 'get-checkout',
    text: `select e.checkout_id, e.principal, e.flow, e.buyer_user_id, e.buyer_email, e.buyer_name, e.created_at,
                  o.payment_order_id, o.seller_id, s.display_name as seller_name, o.description, o.amount_minor, o.currency, o.state, o.refunded_minor,
                  coalesce(last.attempt_no, 0)::int as attempts, last.decline_code, last.state as attempt_state, last.page_url
           from payment_events e
           join payment_orders o on o.checkout_id = e.checkout_id
           join sellers s on s.id = o.seller_id
           left join lateral (
             select a.attempt_no, a.decline_code, a.state, a.page_url
             from attempt_orders ao join payment_attempts a on a.id = ao.attempt_id
             where ao.payment_order_id = o.payment_order_id
             order by a.attempt_no desc limit 1
           ) last on true
           where e.checkout_id = $1
           order by o.line_no`,
    values: [checkoutId],
  });
  const first = rows[0];
  if (!first) throw new AppError('not_found', 'There is no checkout with this id.');
  const header = {
    checkoutId: first.checkout_id,
    flow: first.flow,
    principal: first.principal,
    buyer: { userId: first.buyer_user_id, email: first.buyer_email, name: first.buyer_name },
    createdAt: first.created_at,
  };
  return composeCheckout(header, rows.map(toSnapshot));
}

/** Reads a checkout for somebody who wants to know how it stands: what is stuck is looked at sooner because of it. Throws `not_found`. */
export async function readCheckout(checkoutId: string): Promise<CheckoutView> {
  const checkout = await getCheckout(checkoutId);
  await lookSooner(checkout);
  return checkout;
}

/** Reads the checkout that an order, or the checkout itself, is known by. Another principal's answers `not_found`, as if it did not exist. */
export async function findPayment(id: string, principal: string): Promise<CheckoutView> {
  const [order] = await run<{ checkout_id: string }>(pool(), {
    name: 'checkout-of-order',
    text: 'select checkout_id from payment_orders where payment_order_id = $1',
    values: [id],
  });
  const checkout = await readCheckout(order?.checkout_id ?? id);
  if (checkout.principal !== principal) throw new AppError('not_found', 'There is no payment with this id.');
  return checkout;
}

function toSnapshot(row: Row): OrderSnapshot {
  return {
    paymentOrderId: row.payment_order_id,
    sellerId: row.seller_id,
    sellerName: row.seller_name,
    description: row.description,
    amountMinor: row.amount_minor,
    currency: row.currency,
    state: row.state,
    refundedMinor: row.refunded_minor,
    attemptNo: row.attempts,
    attemptState: row.attempt_state,
    declineCode: row.decline_code,
    pageUrl: row.page_url,
  };
}
