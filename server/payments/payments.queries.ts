import { decodePlace, encodePlace, pool, run } from '#db';
import { type CurrencyCode, formatMinor } from '#kernel';
import { findCheckoutIds } from './find-checkouts.queries.ts';
import { type EventStatus, eventStatusOf, type OrderState } from './order-state.ts';

/** Rows on a page of payments: what fits two screens. */
const PAGE = 25;

/** One checkout in a list. Amounts are decimal strings, one total per currency. */
export interface CheckoutRow {
  readonly checkoutId: string;
  readonly createdAt: Date;
  readonly buyerName: string;
  readonly buyerEmail: string;
  readonly sellers: readonly string[];
  readonly totals: readonly { readonly currency: CurrencyCode; readonly amount: string }[];
  readonly status: EventStatus;
  readonly states: readonly OrderState[];
}

/** One order in its seller's list. `net` is what the seller earns: amount less commission. */
export interface SellerPaymentRow {
  readonly paymentOrderId: string;
  readonly createdAt: Date;
  readonly description: string;
  readonly buyerName: string;
  readonly amount: string;
  readonly commission: string;
  readonly net: string;
  /** What went back of the amount, or is on its way. */
  readonly refunded: string;
  readonly currency: CurrencyCode;
  readonly state: OrderState;
}

export interface PaymentFilter {
  /** Only payments with an order in one of these states. */
  readonly states?: readonly OrderState[];
  /** An exact id of any kind, or the buyer's e-mail address in any case; see {@link findCheckoutIds}. */
  readonly search?: string;
  readonly cursor?: string;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Pass it back for the next, older page; null at the end. */
  readonly nextCursor: string | null;
}

interface CheckoutOrderRow {
  checkout_id: string;
  created_at: Date;
  place: string;
  buyer_name: string;
  buyer_email: string;
  seller_name: string;
  amount_minor: bigint;
  currency: CurrencyCode;
  state: OrderState;
}

/** All checkouts, newest first, for those who operate the platform. */
export async function listCheckouts({ states, search, cursor }: PaymentFilter): Promise<Page<CheckoutRow>> {
  const found = search === undefined ? null : await findCheckoutIds(search);
  const place = decodePlace(cursor);
  const rows = await run<CheckoutOrderRow>(pool(), {
    name: 'list-checkouts',
    text: `with page as (
             select e.checkout_id, e.created_at, e.buyer_name, e.buyer_email from payment_events e
             where ($1::text[] is null or exists (
                     select from payment_orders o where o.checkout_id = e.checkout_id and o.state = any($1)))
               and ($2::text[] is null or e.checkout_id = any($2))
               and ($3::text is null or (e.created_at, e.checkout_id) < ($3::timestamp at time zone 'UTC', $4))
             order by e.created_at desc, e.checkout_id desc limit $5
           )
           select page.*, (page.created_at at time zone 'UTC')::text as place, s.display_name as seller_name, o.amount_minor, o.currency, o.state
           from page join payment_orders o on o.checkout_id = page.checkout_id join sellers s on s.id = o.seller_id
           order by page.created_at desc, page.checkout_id desc, o.line_no`,
    values: [states ?? null, found, place?.at ?? null, place?.id ?? null, PAGE + 1],
  });
  const checkouts = [...Map.groupBy(rows, (row) => row.checkout_id).values()];
  const last = checkouts.length > PAGE ? checkouts[PAGE - 1]?.[0] : undefined;
  return {
    rows: checkouts.slice(0, PAGE).map(checkoutRow),
    nextCursor: last ? encodePlace({ at: last.place, id: last.checkout_id }) : null,
  };
}

function checkoutRow(orders: readonly CheckoutOrderRow[]): CheckoutRow {
  const [first] = orders as [CheckoutOrderRow];
  const states = orders.map((order) => order.state);
  const totals = [...Map.groupBy(orders, (order) => order.currency)].map(([currency, ofCurrency]) => ({
    currency,
    amount: formatMinor(
      ofCurrency.reduce((sum, order) => sum + order.amount_minor, 0n),
      currency,
    ),
  }));
  return {
    checkoutId: first.checkout_id,
    createdAt: first.created_at,
    buyerName: first.buyer_name,
    buyerEmail: first.buyer_email,
    sellers: [...new Set(orders.map((order) => order.seller_name))],
    totals,
    status: eventStatusOf(states),
    states,
  };
}

interface SellerOrderRow {
  payment_order_id: string;
  created_at: Date;
  place: string;
  description: string;
  buyer_name: string;
  amount_minor: bigint;
  commission_minor: bigint;
  refunded_minor: bigint;
  currency: CurrencyCode;
  state: OrderState;
}

/** One seller's payments, newest first. `search` is one of the seller's own order ids. */
export async function listSellerPayments(
  sellerId: string,
  { states, search, cursor }: PaymentFilter,
): Promise<Page<SellerPaymentRow>> {
  const place = decodePlace(cursor);
  const rows = await run<SellerOrderRow>(pool(), {
    name: 'list-seller-payments',
    text: `select o.payment_order_id, o.created_at, (o.created_at at time zone 'UTC')::text as place, o.description, e.buyer_name,
                  o.amount_minor, o.commission_minor, o.refunded_minor, o.currency, o.state
           from payment_orders o join payment_events e on e.checkout_id = o.checkout_id
           where o.seller_id = $1
             and ($2::text[] is null or o.state = any($2))
             and ($3::text is null or o.payment_order_id = $3)
             and ($4::text is null or (o.created_at, o.payment_order_id) < ($4::timestamp at time zone 'UTC', $5))
           order by o.created_at desc, o.payment_order_id desc limit $6`,
    values: [sellerId, states ?? null, search ?? null, place?.at ?? null, place?.id ?? null, PAGE + 1],
  });
  const last = rows.length > PAGE ? rows[PAGE - 1] : undefined;
  return {
    rows: rows.slice(0, PAGE).map(sellerPaymentRow),
    nextCursor: last ? encodePlace({ at: last.place, id: last.payment_order_id }) : null,
  };
}

export function sellerPaymentRow(row: Omit<SellerOrderRow, 'place'>): SellerPaymentRow {
  const { currency } = row;
  return {
    paymentOrderId: row.payment_order_id,
    createdAt: row.created_at,
    description: row.description,
    buyerName: row.buyer_name,
    amount: formatMinor(row.amount_minor, currency),
    commission: formatMinor(row.commission_minor, currency),
    net: formatMinor(row.amount_minor - row.commission_minor, currency),
    refunded: formatMinor(row.refunded_minor, currency),
    currency,
    state: row.state,
  };
}

/** Attempts whose outcome nobody knows yet. */
export async function unknownPayments(): Promise<{ readonly count: number; readonly oldestAt: Date | null }> {
  const [row] = await run<{ count: number; oldest: Date | null }>(pool(), {
    name: 'unknown-payments',
    text: `select count(*)::int as count, min(created_at) as oldest from payment_attempts where finished_at is null and state = 'UNKNOWN'`,
  });
  return { count: row?.count ?? 0, oldestAt: row?.oldest ?? null };
}
