import { config } from '#config';
import { run, runInTransaction, type Statement, type Tx } from '#db';
import { AppError, newId } from '#kernel';
import { type AttemptFacts, loadAttemptFacts } from './facts.ts';
import { findPayment } from './get-checkout.ts';
import { insertAttempts } from './payment-rows.ts';
import type { PaymentMethod } from './request.ts';
import { startOrders } from './start-orders.ts';
import { awaitSettled, executeInBackground, type TakePaymentOptions } from './take-payment.ts';
import type { CheckoutView } from './views.ts';

/**
 * Tries a FAILED order again with another payment method, as a new attempt with a key of its own. Throws `not_found` for
 * another principal's order, `checkout_not_payable` when the order is not FAILED (also when two retries race: one wins).
 */
export async function retryPayment(
  paymentOrderId: string,
  payment: PaymentMethod,
  principal: string,
  { waitMs }: TakePaymentOptions,
): Promise<CheckoutView> {
  const checkout = await findPayment(paymentOrderId, principal);
  if (checkout.flow !== 'direct' || !checkout.orders.some((order) => order.paymentOrderId === paymentOrderId))
    throw notRetryable();
  const attempt = await runInTransaction((tx) => openNextAttempt(tx, paymentOrderId, payment));
  void executeInBackground(checkout.checkoutId, [attempt]);
  return awaitSettled(checkout.checkoutId, waitMs);
}

async function openNextAttempt(tx: Tx, paymentOrderId: string, payment: PaymentMethod): Promise<AttemptFacts> {
  const [order] = await run<{ state: string }>(tx, {
    text: 'select state from payment_orders where payment_order_id = $1 for no key update',
    values: [paymentOrderId],
  });
  const { attempt, writes } = planRetry(order?.state, await lastAttempt(tx, paymentOrderId), payment);
  for (const statement of writes) await run(tx, statement);
  return attempt;
}

/** The attempt after the last one, under an id and so a key of its own. Pure; throws `checkout_not_payable` unless the order is FAILED. */
export function planRetry(
  orderState: string | undefined,
  last: AttemptFacts,
  payment: PaymentMethod,
): { readonly attempt: AttemptFacts; readonly writes: readonly Statement[] } {
  if (orderState !== 'FAILED') throw notRetryable();
  const attempt: AttemptFacts = {
    ...last,
    attemptId: newId('att'),
    attemptNo: last.attemptNo + 1,
    paymentMethod: payment.token,
    cardLast4: payment.last4 ?? null,
  };
  const { attemptId, attemptNo } = attempt;
  const orderIds = last.orders.map((order) => order.paymentOrderId);
  const resolveAt = new Date(Date.now() + config().RESOLVE_AFTER_MS);
  const start = { orderIds, attemptId, actor: 'api', reason: `attempt ${attemptNo}` };
  return { attempt, writes: [...insertAttempts([{ ...attempt, resolveAt, orderIds }]), startOrders(start)] };
}

async function lastAttempt(tx: Tx, paymentOrderId: string): Promise<AttemptFacts> {
  const [row] = await run<{ id: string }>(tx, {
    text: `select a.id from attempt_orders ao join payment_attempts a on a.id = ao.attempt_id
           where ao.payment_order_id = $1 order by a.attempt_no desc limit 1`,
    values: [paymentOrderId],
  });
  const facts = row && (await loadAttemptFacts(tx, [row.id])).get(row.id);
  if (!facts) throw notRetryable();
  return facts;
}

function notRetryable(): AppError {
  return new AppError('checkout_not_payable', 'Only a failed order of a token payment can be tried again.');
}
