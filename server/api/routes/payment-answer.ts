import type { CheckoutView } from '#payments';
import type { ApiContext } from '../context.ts';
import type { Preference } from '../prefer.ts';
import { presentPayment } from '../present.ts';

/** Advice to a caller that wants to ask for the outcome. */
const POLL_SECONDS = '1';

/**
 * Answers a payment that was taken: 202 as the receipt of its acceptance, with the state each order has reached; 200 with its
 * outcome when the caller asked to wait for it (`Prefer: wait=N`) and it was there in time.
 */
export function answerPayment(c: ApiContext, view: CheckoutView, settled: boolean, preference: Preference) {
  c.header('location', paymentUrl(view.checkoutId));
  if (!settled) c.header('retry-after', POLL_SECONDS);
  if (preference.applied !== undefined) c.header('preference-applied', preference.applied);
  if (settled && preference.wantsOutcome) return c.json(presentPayment(view), 200);
  return c.json(presentPayment(view, 'PROCESSING'), 202);
}

export function paymentUrl(id: string): string {
  return `/api/v1/payments/${encodeURIComponent(id)}`;
}

/** Whether nothing about the checkout can change without somebody doing something. */
export function isSettled({ status }: CheckoutView): boolean {
  return status !== 'NOT_STARTED' && status !== 'PROCESSING';
}
