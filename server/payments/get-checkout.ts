import { pool, type Queryable, run } from '#db';
import { AppError, type CurrencyCode, formatMinor } from '#kernel';
import { eventStatusOf, type OrderState } from './order-state.ts';
import type { CheckoutView, PaymentOrderView } from './views.ts';

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
  attempts: number;
  decline_code: string | null;
  attempt_state: string | null;
  page_url: string | null;
}

/** Reads a checkout with its orders from the primary, or inside the caller's transaction. Throws `not_found`. */
export async function getCheckout(checkoutId: string, on: Queryable = pool()): Promise<CheckoutView> {
  const rows = await run<Row>(on, {
    name: 'get-checkout',
    text: `select e.checkout_id, e.principal, e.flow, e.buyer_user_id, e.buyer_email, e.buyer_name, e.created_at,
                  o.payment_order_id, o.seller_id, s.display_name as seller_name, o.description, o.amount_minor, o.currency, o.state,
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
  return toView(first, rows);
}

/** Reads the checkout that an order, or the checkout itself, is known by. Another principal's answers `not_found`, as if it did not exist. */
export async function findPayment(id: string, principal: string): Promise<CheckoutView> {
  const [order] = await run<{ checkout_id: string }>(pool(), {
    name: 'checkout-of-order',
    text: 'select checkout_id from payment_orders where payment_order_id = $1',
    values: [id],
  });
  const checkout = await getCheckout(order?.checkout_id ?? id);
  if (checkout.principal !== principal) throw new AppError('not_found', 'There is no payment with this id.');
  return checkout;
}

function toView(first: Row, rows: readonly Row[]): CheckoutView {
  const currency = rows.every((row) => row.currency === first.currency) ? first.currency : null;
  const status = eventStatusOf(rows.map((row) => row.state));
  const page = rows.find((row) => row.attempt_state === 'REQUIRES_ACTION')?.page_url ?? null;
  const declineCode = rows.find((row) => row.decline_code)?.decline_code;
  return {
    checkoutId: first.checkout_id,
    flow: first.flow,
    principal: first.principal,
    status,
    currency,
    total:
      currency &&
      formatMinor(
        rows.reduce((sum, row) => sum + row.amount_minor, 0n),
        currency,
      ),
    buyer: { userId: first.buyer_user_id, email: first.buyer_email, name: first.buyer_name },
    createdAt: first.created_at.toISOString(),
    payable: first.flow === 'hosted' && rows.every((row) => PAYABLE_STATES.has(row.state)),
    pageUrl: page,
    lastDecline: declineCode
      ? { code: declineCode, message: 'The bank declined the last try. Nothing was charged.' }
      : null,
    orders: rows.map(toOrderView),
  };
}

/** States from which a hosted page can be opened or gone back to. */
const PAYABLE_STATES: ReadonlySet<OrderState> = new Set(['NOT_STARTED', 'EXECUTING', 'REQUIRES_ACTION', 'FAILED']);

function toOrderView(row: Row): PaymentOrderView {
  const succeeded = row.state === 'SUCCESS';
  return {
    paymentOrderId: row.payment_order_id,
    checkoutId: row.checkout_id,
    sellerId: row.seller_id,
    sellerName: row.seller_name,
    description: row.description,
    amount: formatMinor(row.amount_minor, row.currency),
    currency: row.currency,
    status: row.state,
    unknown: row.state === 'UNKNOWN' || row.state === 'MANUAL_REVIEW',
    walletUpdated: succeeded,
    ledgerUpdated: succeeded,
    declineCode: succeeded ? null : row.decline_code,
    attempts: row.attempts,
  };
}
