import { pool, run } from '#db';
import { AppError, type CurrencyCode, formatMinor } from '#kernel';
import type { AttemptState } from './attempt-state.ts';
import { readCheckout } from './get-checkout.ts';
import type { OrderState } from './order-state.ts';
import { type SellerPaymentRow, sellerPaymentRow } from './payments.queries.ts';
import type { CheckoutView } from './views.ts';

/** One step in the life of an order. */
export interface TransitionView {
  readonly paymentOrderId: string;
  readonly seq: number;
  readonly from: OrderState;
  readonly to: OrderState;
  readonly reason: string;
  readonly attemptId: string | null;
  readonly actor: string;
  readonly at: Date;
}

/** One try at the PSP. The amount is a decimal string, the latency in milliseconds. */
export interface AttemptView {
  readonly id: string;
  readonly attemptNo: number;
  readonly kind: 'direct' | 'hosted';
  readonly state: AttemptState;
  readonly amount: string;
  readonly currency: CurrencyCode;
  readonly cardLast4: string | null;
  readonly tries: number;
  readonly pspPaymentId: string | null;
  readonly pspSessionId: string | null;
  readonly declineCode: string | null;
  readonly error: string | null;
  readonly latencyMs: number | null;
  /** When the worker asks the PSP next, if it still has to. */
  readonly resolveAt: Date | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly orderIds: readonly string[];
}

export interface PaymentDetail {
  readonly checkout: CheckoutView;
  readonly transitions: readonly TransitionView[];
  readonly attempts: readonly AttemptView[];
}

/** Everything known about a payment, by the id of its checkout or of one of its orders. Throws `not_found`. */
export async function getPaymentDetail(id: string): Promise<PaymentDetail> {
  const [order] = await run<{ checkout_id: string }>(pool(), {
    name: 'checkout-of-order',
    text: 'select checkout_id from payment_orders where payment_order_id = $1',
    values: [id],
  });
  const checkout = await readCheckout(order?.checkout_id ?? id);
  const orderIds = checkout.orders.map((one) => one.paymentOrderId);
  const [transitions, attempts] = await Promise.all([listTransitions(orderIds), listAttempts(orderIds)]);
  return { checkout, transitions, attempts };
}

/** What a seller may know of one order: its own history and tries, and nothing of the other sellers in the same checkout. */
export interface SellerPaymentDetail {
  readonly order: SellerPaymentRow;
  readonly transitions: readonly TransitionView[];
  readonly attempts: readonly Pick<
    AttemptView,
    'id' | 'attemptNo' | 'state' | 'cardLast4' | 'declineCode' | 'createdAt'
  >[];
}

/** One order of one seller. Throws `not_found`, also for an order of another seller. */
export async function getSellerPayment(sellerId: string, paymentOrderId: string): Promise<SellerPaymentDetail> {
  const [row] = await run<Parameters<typeof sellerPaymentRow>[0]>(pool(), {
    name: 'seller-payment',
    text: `select o.payment_order_id, o.created_at, o.description, e.buyer_name, o.amount_minor, o.commission_minor, o.refunded_minor,
                  o.currency, o.state
           from payment_orders o join payment_events e on e.checkout_id = o.checkout_id
           where o.payment_order_id = $1 and o.seller_id = $2`,
    values: [paymentOrderId, sellerId],
  });
  if (!row) throw new AppError('not_found', 'There is no payment with this id.');
  const [transitions, attempts] = await Promise.all([
    listTransitions([paymentOrderId]),
    listAttempts([paymentOrderId]),
  ]);
  return {
    order: sellerPaymentRow(row),
    transitions,
    attempts: attempts.map(({ id, attemptNo, state, cardLast4, declineCode, createdAt }) => ({
      id,
      attemptNo,
      state,
      cardLast4,
      declineCode,
      createdAt,
    })),
  };
}

async function listTransitions(orderIds: readonly string[]): Promise<TransitionView[]> {
  const rows = await run<{
    payment_order_id: string;
    seq: number;
    from_state: OrderState;
    to_state: OrderState;
    reason: string;
    attempt_id: string | null;
    actor: string;
    at: Date;
  }>(pool(), {
    name: 'transitions-of-orders',
    text: `select payment_order_id, seq, from_state, to_state, reason, attempt_id, actor, at
           from order_transitions where payment_order_id = any($1::text[]) order by at, payment_order_id, seq`,
    values: [orderIds],
  });
  return rows.map((row) => ({
    paymentOrderId: row.payment_order_id,
    seq: row.seq,
    from: row.from_state,
    to: row.to_state,
    reason: row.reason,
    attemptId: row.attempt_id,
    actor: row.actor,
    at: row.at,
  }));
}

interface AttemptRow {
  id: string;
  attempt_no: number;
  kind: 'direct' | 'hosted';
  state: AttemptState;
  amount_minor: bigint;
  currency: CurrencyCode;
  card_last4: string | null;
  tries: number;
  psp_payment_id: string | null;
  psp_session_id: string | null;
  decline_code: string | null;
  error: string | null;
  latency_ms: number | null;
  resolve_at: Date | null;
  created_at: Date;
  finished_at: Date | null;
  order_ids: string[];
}

async function listAttempts(orderIds: readonly string[]): Promise<AttemptView[]> {
  const rows = await run<AttemptRow>(pool(), {
    name: 'attempts-of-orders',
    text: `select a.id, a.attempt_no, a.kind, a.state, a.amount_minor, a.currency, a.card_last4, a.tries, a.psp_payment_id, a.psp_session_id,
                  a.decline_code, a.error, a.latency_ms, a.resolve_at, a.created_at, a.finished_at,
                  array_agg(ao.payment_order_id order by ao.payment_order_id) as order_ids
           from attempt_orders ao join payment_attempts a on a.id = ao.attempt_id
           where ao.payment_order_id = any($1::text[]) group by a.id order by a.created_at, a.attempt_no, a.id`,
    values: [orderIds],
  });
  return rows.map((row) => ({
    id: row.id,
    attemptNo: row.attempt_no,
    kind: row.kind,
    state: row.state,
    amount: formatMinor(row.amount_minor, row.currency),
    currency: row.currency,
    cardLast4: row.card_last4,
    tries: row.tries,
    pspPaymentId: row.psp_payment_id,
    pspSessionId: row.psp_session_id,
    declineCode: row.decline_code,
    error: row.error,
    latencyMs: row.latency_ms,
    resolveAt: row.resolve_at,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    orderIds: row.order_ids,
  }));
}
