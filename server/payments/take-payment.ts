import { setTimeout as delay } from 'node:timers/promises';
import type { KeyedRun } from '#idempotency';
import { singleton } from '#kernel';
import { psp } from '#psp';
import { type Accepted, acceptPayment } from './accept-payment.ts';
import type { AppliedOutcome } from './apply-outcomes.ts';
import { executeAttempt } from './execute-attempt.ts';
import type { AttemptFacts } from './facts.ts';
import { getCheckout } from './get-checkout.ts';
import { eventStatusOf, SETTLED_STATES } from './order-state.ts';
import type { PaymentRequest } from './request.ts';
import { type CheckoutView, composeCheckout, type OrderSnapshot } from './views.ts';

export interface TakePaymentOptions {
  /** Longest wait for outcomes, in milliseconds; 0 answers as soon as the payment is accepted. */
  readonly waitMs: number;
  /** Wait even when the PSP cannot be called now; otherwise what has to wait for the PSP is answered at once. */
  readonly patient?: boolean;
  /** The keyed request that this serves. */
  readonly keyed?: KeyedRun | undefined;
}

export interface TakenPayment {
  readonly checkout: CheckoutView;
  /** Another request had brought the same before: nothing was done again. */
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
  options: TakePaymentOptions,
): Promise<TakenPayment> {
  const { keyed } = options;
  const accepted = await acceptPayment({ principal, request, keyed });
  let leftMs = worthWaiting(options);
  if (accepted.kind === 'new') {
    const executed = await executeAndWait(request.checkoutId, accepted.attempts, options);
    const view = executed.applied && settledView(request, principal, accepted, executed.applied);
    if (view) return { checkout: view, replayed: false, settled: true };
    leftMs = executed.leftMs;
  }
  const checkout = await awaitSettled(request.checkoutId, leftMs);
  const settled = checkout.orders.every((order) => SETTLED_STATES.has(order.status));
  const replayed = accepted.kind === 'replay' && !keyed?.subjectId;
  return { checkout, replayed, settled };
}

/** How long it makes sense to hold the caller: not at all while the PSP is not called, unless the caller insists. */
function worthWaiting({ waitMs, patient = false }: TakePaymentOptions): number {
  return patient || psp().health().breaker === 'closed' ? waitMs : 0;
}

interface Executed {
  /** What came of the attempts, if it came in time. */
  readonly applied: readonly PromiseSettledResult<AppliedOutcome>[] | undefined;
  /** How much longer it makes sense to hold the caller: not at all for what the worker sends later, unless the caller insists. */
  readonly leftMs: number;
}

/** Charges the attempts of a checkout and waits for their answers; the charges go on when the wait is over. */
export async function executeAndWait(
  checkoutId: string,
  attempts: readonly AttemptFacts[],
  options: TakePaymentOptions,
): Promise<Executed> {
  const waitMs = worthWaiting(options);
  const deadline = performance.now() + waitMs;
  const applied = await within(waitMs, executeInBackground(checkoutId, attempts));
  const putOff = applied?.some((one) => one.status === 'fulfilled' && one.value.verdict === 'rescheduled');
  return { applied, leftMs: putOff && !options.patient ? 0 : deadline - performance.now() };
}

/** Payments that this process is executing, so that callers of the same one wait together instead of polling. */
const inFlight = singleton('payments.in-flight', () => new Map<string, Promise<unknown>>());

/** Starts the charges of a checkout; failures to record an answer are left to the worker, which asks the PSP. */
function executeInBackground(
  checkoutId: string,
  attempts: readonly AttemptFacts[],
): Promise<PromiseSettledResult<AppliedOutcome>[]> {
  const work = Promise.allSettled(attempts.map((attempt) => executeAttempt(attempt, 'api')));
  // Two retries in one checkout may run at once: whoever waits, or shuts down, waits for both.
  const together = Promise.all([inFlight.get(checkoutId), work]);
  inFlight.set(checkoutId, together);
  void together.finally(() => {
    if (inFlight.get(checkoutId) === together) inFlight.delete(checkoutId);
  });
  return work;
}

/** Waits until every order of a checkout is settled or waits for the shopper, at most `waitMs`, and answers where it stands. */
export async function awaitSettled(checkoutId: string, waitMs: number): Promise<CheckoutView> {
  const deadline = performance.now() + waitMs;
  const own = inFlight.get(checkoutId);
  if (own) await within(waitMs, own);
  for (;;) {
    const checkout = await getCheckout(checkoutId);
    const left = deadline - performance.now();
    const waiting = checkout.orders.some(
      (order) => !SETTLED_STATES.has(order.status) && order.status !== 'REQUIRES_ACTION',
    );
    if (!waiting || left <= 0) return checkout;
    await delay(Math.min(WATCH_INTERVAL_MS, left));
  }
}

/** Waits for the charges this process has under way; called once on shutdown. */
export async function drainPayments(): Promise<void> {
  await Promise.allSettled(inFlight.values());
}

/** The result of `work` if it comes in time. */
async function within<T>(waitMs: number, work: Promise<T>): Promise<T | undefined> {
  if (waitMs <= 0) return undefined;
  const timer = new AbortController();
  const timeout = delay(waitMs, undefined, { signal: timer.signal }).catch(() => undefined);
  try {
    return await Promise.race([work, timeout]);
  } finally {
    timer.abort();
  }
}

/** The view of a payment whose orders are all settled, from what was just committed: it spares the hot path a read. */
function settledView(
  request: PaymentRequest,
  principal: string,
  accepted: Extract<Accepted, { kind: 'new' }>,
  applied: readonly PromiseSettledResult<AppliedOutcome>[],
): CheckoutView | undefined {
  const orders: OrderSnapshot[] = [];
  for (const [index, order] of accepted.orders.entries()) {
    const result = applied[index];
    const state = result?.status === 'fulfilled' ? result.value.orders[0]?.state : undefined;
    if (result?.status !== 'fulfilled' || !state || !SETTLED_STATES.has(state)) return undefined;
    const { attemptState, declineCode, pageUrl } = result.value;
    orders.push({ ...order, state, refundedMinor: 0n, attemptNo: 1, attemptState, declineCode, pageUrl });
  }
  if (eventStatusOf(orders.map((order) => order.state)) === 'PROCESSING') return undefined;
  const { checkoutId, buyer } = request;
  return composeCheckout({ checkoutId, flow: 'direct', principal, buyer, createdAt: accepted.createdAt }, orders);
}
