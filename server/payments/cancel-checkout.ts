import { pool, run } from '#db';
import { psp } from '#psp';
import { applyOutcome } from './apply-outcomes.ts';
import { getCheckout } from './get-checkout.ts';
import type { CheckoutView } from './views.ts';

/**
 * Closes the checkout's open page, if it has one, so that it can no longer be paid. What the PSP answers is what counts: a page
 * that was paid in the same moment ends as paid. Throws `not_found`.
 */
export async function cancelCheckout(checkoutId: string): Promise<CheckoutView> {
  const checkout = await getCheckout(checkoutId);
  const [open] = await run<{ id: string; psp_session_id: string; psp_payment_id: string | null }>(pool(), {
    text: `select id, psp_session_id, psp_payment_id from payment_attempts
           where checkout_id = $1 and kind = 'hosted' and state = 'REQUIRES_ACTION' order by attempt_no desc limit 1`,
    values: [checkoutId],
  });
  if (!open) return checkout;
  const answer = await psp().expireSession({
    attemptId: open.id,
    kind: 'hosted',
    pspSessionId: open.psp_session_id,
    pspPaymentId: open.psp_payment_id,
  });
  if (answer.kind !== 'absent') await applyOutcome({ attemptId: open.id, outcome: answer, actor: 'shopper' });
  return getCheckout(checkoutId);
}
