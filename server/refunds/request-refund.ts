import { config } from '#config';
import { pool, run, runInTransaction, type Tx } from '#db';
import { type KeyedRun, UNKEYED } from '#idempotency';
import { AppError, newId } from '#kernel';
import { countOrderRefunds, lockAttempts, type RefundableOrder, readRefundable, SHORTFALL_POLICIES } from '#payments';
import { planRefund, type RefundPart, type RefundWish } from './plan-refund.ts';
import { insertOrderRefunds } from './refund-rows.ts';
import type { RequestedReason } from './refund-state.ts';

/** Whose payments somebody may see and refund: those made with an API key, those of a seller, or all. */
export interface RefundScope {
  readonly principal?: string | undefined;
  readonly sellerId?: string | undefined;
}

export interface RefundRequested extends RefundWish {
  readonly reason: RequestedReason;
  readonly note?: string | undefined;
  /** Who asks, for the record: `key:…` or `user:…`. */
  readonly actor: string;
}

/**
 * Asks for money of a paid order, or of all orders of a checkout, to go back. What goes back is counted at the orders in the same
 * transaction, under their locks, so that all refunds together never come to more than was taken; the worker sends them next.
 * Answers the id of the request, by which its refunds are found. A keyed request that was made before answers that one.
 * Throws `not_found` for a payment out of scope, `refund_not_allowed`, `refund_exceeds_captured`, `validation_failed`.
 */
export async function requestRefund(
  wish: RefundRequested,
  scope: RefundScope,
  keyed: KeyedRun = UNKEYED,
): Promise<string> {
  if (keyed.subjectId) return keyed.subjectId;
  const requestId = newId('rrq');
  const orderIds = await orderIdsOf(wish.paymentId, scope);
  await runInTransaction(async (tx) => {
    const parts = planRefund(await lockOrders(tx, orderIds), wish);
    for (const statement of writesOf(requestId, wish, parts)) await run(tx, statement);
    for (const statement of keyed.reach(requestId)) await run(tx, statement);
  });
  return requestId;
}

/** What a refund would take from whom, without asking for it. Throws as {@link requestRefund} does. */
export async function previewRefund(wish: RefundWish, scope: RefundScope): Promise<RefundPart[]> {
  return planRefund(await readRefundable(pool(), await orderIdsOf(wish.paymentId, scope)), wish);
}

async function lockOrders(tx: Tx, orderIds: readonly string[]): Promise<RefundableOrder[]> {
  const captured = await readRefundable(tx, orderIds);
  await run(tx, lockAttempts([...new Set(captured.map((order) => order.attemptId))]));
  return readRefundable(tx, orderIds);
}

/** Orders of a payment that the scope reaches. Another principal's, and another seller's, answer `not_found`, as if there were none. */
async function orderIdsOf(paymentId: string, { principal, sellerId }: RefundScope): Promise<string[]> {
  const rows = await run<{ id: string }>(pool(), {
    name: 'orders-of-payment',
    text: `select o.payment_order_id as id from payment_orders o join payment_events e on e.checkout_id = o.checkout_id
           where (o.payment_order_id = $1 or (o.checkout_id = $1 and not exists (select from payment_orders where payment_order_id = $1)))
             and ($2::text is null or e.principal = $2) and ($3::text is null or o.seller_id = $3)`,
    values: [paymentId, principal ?? null, sellerId ?? null],
  });
  if (rows.length === 0) throw new AppError('not_found', 'There is no payment with this id.');
  return rows.map((row) => row.id);
}

function writesOf(requestId: string, { reason, note, actor }: RefundRequested, parts: readonly RefundPart[]) {
  const { refundWaits } = SHORTFALL_POLICIES[config().SELLER_SHORTFALL];
  const refunds = parts.map(({ order, amountMinor, commissionMinor }) => ({
    id: newId('rfd'),
    requestId,
    requestedBy: actor,
    reason,
    note: note ?? null,
    paymentOrderId: order.paymentOrderId,
    attemptId: order.attemptId,
    amountMinor,
    commissionMinor,
    currency: order.currency,
    waitsForFunds: refundWaits,
  }));
  return [...insertOrderRefunds(refunds), ...countOrderRefunds(refunds)];
}
