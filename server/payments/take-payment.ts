import { setTimeout as delay } from 'node:timers/promises';
import { singleton } from '#kernel';
import { acceptPayment } from './accept-payment.ts';
import { executeAttempt } from './execute-attempt.ts';
import type { AttemptFacts } from './facts.ts';
import { getCheckout } from './get-checkout.ts';
import type { EventStatus } from './order-state.ts';
import type { PaymentRequest } from './request.ts';
import type { CheckoutView } from './views.ts';

export interface TakePaymentOptions {
  /** Longest wait for outcomes, in milliseconds; 0 answers as soon as the payment is accepted. */
  readonly waitMs: number;
}

export interface TakenPayment {
  readonly checkout: CheckoutView;
  /** The same request had been accepted before: nothing was done again. */
  readonly replayed: boolean;
  /** No order waits for anything any more. */
  readonly settled: boolean;
}

/** How often a payment that another process is working on is looked at, in milliseconds. */
const WATCH_INTERVAL_MS = 100;

/**
 * Takes a payment with a token: accepts it, charges each order once, posts what was captured. Idempotent by `checkoutId` and
 * order ids: the same request again answers the stored result, another one throws `idempotency_mismatch`. Work goes on after
 * the wait is over, here or, if this process dies, in the worker.
 */
export async function takePayment(
  request: PaymentRequest,
  principal: string,
  { waitMs }: TakePaymentOptions,
): Promise<TakenPayment> {
  const accepted = await acceptPayment({ principal, request });
  if (accepted.kind === 'new') executeInBackground(request.checkoutId, accepted.attempts);
  const checkout = await awaitSettled(request.checkoutId, waitMs);
  return { checkout, replayed: accepted.kind === 'replay', settled: isSettled(checkout.status) };
}

/** Payments that this process is executing, so that callers of the same one wait together instead of polling. */
const inFlight = singleton('payments.in-flight', () => new Map<string, Promise<void>>());

/** Starts the charges of a checkout; failures to record an answer are left to the worker, which asks the PSP. */
export function executeInBackground(checkoutId: string, attempts: readonly AttemptFacts[]): void {
  const work = Promise.allSettled(attempts.map((attempt) => executeAttempt(attempt, 'api'))).then(() => undefined);
  inFlight.set(checkoutId, work);
  void work.finally(() => inFlight.delete(checkoutId));
}

/** Waits until every order of a checkout is settled, at most `waitMs`, and answers where it stands. */
export async function awaitSettled(checkoutId: string, waitMs: number): Promise<CheckoutView> {
  const deadline = performance.now() + waitMs;
  const own = inFlight.get(checkoutId);
  if (own && waitMs > 0) await Promise.race([own, delay(waitMs, undefined, { ref: false })]);
  for (;;) {
    const checkout = await getCheckout(checkoutId);
    const left = deadline - performance.now();
    if (isSettled(checkout.status) || checkout.orders.some((order) => order.status === 'REQUIRES_ACTION') || left <= 0)
      return checkout;
    await delay(Math.min(WATCH_INTERVAL_MS, left));
  }
}

/** Waits for the charges this process has under way; called once on shutdown. */
export async function drainPayments(): Promise<void> {
  await Promise.allSettled(inFlight.values());
}

function isSettled(status: EventStatus): boolean {
  return status !== 'PROCESSING' && status !== 'NOT_STARTED';
}
