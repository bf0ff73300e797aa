import { config } from '#config';
import { databaseTime, run, runInTransaction, type Statement, type Tx } from '#db';
import { type KeyedRun, UNKEYED } from '#idempotency';
import { AppError, newId } from '#kernel';
import { type AttemptFacts, loadAttemptFacts } from './facts.ts';
import { findPayment } from './get-checkout.ts';
import { insertAttempts } from './payment-rows.ts';
import type { PaymentMethod } from './request.ts';
import { startOrders } from './start-orders.ts';
import { awaitSettled, executeAndWait, type TakePaymentOptions } from './take-payment.ts';
import type { CheckoutView } from './views.ts';

/**
 * Tries a FAILED order again with another payment method, as a new attempt with a key of its own. Throws `not_found` for
 * another principal's order, `checkout_not_payable` when the order is not FAILED (also when two retries race: one wins). A keyed
 * request whose attempt is open already answers where that stands; the worker sees to its charge.
 */
export async function retryPayment(
  paymentOrderId: string,
  payment: PaymentMethod,
  principal: string,
  { keyed = UNKEYED, ...options }: TakePaymentOptions,
): Promise<CheckoutView> {
  const checkout = await findPayment(paymentOrderId, principal);
  if (checkout.flow !== 'direct' || !checkout.orders.some((order) => order.paymentOrderId === paymentOrderId))
    throw notRetryable();
  // A process before this one came as far: its attempt is waited for, and no other is opened.
  if (keyed.subjectId) return awaitSettled(checkout.checkoutId, options.waitMs);
  const attempt = await runInTransaction(async (tx) => {
    const next = await openNextAttempt(tx, paymentOrderId, payment, { keyed });
    await answerUnavailable(tx, paymentOrderId);
    return next;
  });
  const { leftMs } = await executeAndWait(checkout.checkoutId, [attempt], options);
  return awaitSettled(checkout.checkoutId, leftMs);
}

interface HowToRetry {
  readonly actor?: string;
  /** When the worker sends it; without it the caller does, at once. */
  readonly sendAt?: Date;
  readonly keyed?: KeyedRun;
}

/**
 * Opens the next attempt of a FAILED order, for the caller to send, or for the worker from `sendAt` on. Runs in the caller's
 * transaction, locks the order; throws `checkout_not_payable`.
 */
export async function openNextAttempt(
  tx: Tx,
  paymentOrderId: string,
  payment: PaymentMethod,
  how: HowToRetry = {},
): Promise<AttemptFacts> {
  const [order] = await run<{ state: string }>(tx, {
    text: 'select state from payment_orders where payment_order_id = $1 for no key update',
    values: [paymentOrderId],
  });
  const { attempt, writes } = planRetry(order?.state, await lastAttempt(tx, paymentOrderId), payment, how);
  for (const statement of writes) await run(tx, statement);
  return attempt;
}

/** The attempt after the last one, under an id and so a key of its own. Pure; throws `checkout_not_payable` unless the order is FAILED. */
export function planRetry(
  orderState: string | undefined,
  last: AttemptFacts,
  payment: PaymentMethod,
  { actor = 'api', sendAt, keyed = UNKEYED }: HowToRetry = {},
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
  const resolveAt = sendAt ?? databaseTime(config().RESOLVE_AFTER_MS);
  const writes = [
    ...insertAttempts([{ ...attempt, resolveAt, sends: sendAt ? 0 : 1, orderIds }]),
    ...keyed.reach(attemptId),
    startOrders({ orderIds, attemptId, actor, reason: `attempt ${attemptNo}` }),
  ];
  return { attempt, writes };
}

/** What a person was asked about an attempt that the PSP could not be reached for is answered by the shop's own retry. */
async function answerUnavailable(tx: Tx, paymentOrderId: string): Promise<void> {
  await run(tx, {
    text: `update dead_letters set resolved_at = now(), resolution = 'api: tried again by the shop'
           where kind = 'attempt' and cause = 'psp_unavailable' and resolved_at is null
             and subject_id in (select attempt_id from attempt_orders where payment_order_id = $1)`,
    values: [paymentOrderId],
  });
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
