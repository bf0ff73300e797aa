import { assert } from '#kernel';
import { type Occasion, type Outcome, psp } from '#psp';
import { type AppliedOutcome, applyOutcome } from './apply-outcomes.ts';
import type { AttemptFacts } from './facts.ts';

/**
 * Charges an attempt and applies the answer. The PSP's idempotency key is the attempt's id, so sending it again is always safe.
 * No transaction is open while the PSP is called.
 */
export async function executeAttempt(
  facts: AttemptFacts,
  actor: 'api' | 'resolver',
  occasion: Occasion = 'first',
): Promise<AppliedOutcome> {
  const started = performance.now();
  const outcome = await charge(facts, occasion);
  return applyOutcome({
    attemptId: facts.attemptId,
    outcome,
    actor,
    sent: true,
    latencyMs: Math.round(performance.now() - started),
    facts,
  });
}

function charge(facts: AttemptFacts, occasion: Occasion): Promise<Outcome> {
  assert(facts.paymentMethod, 'a direct attempt has a payment method');
  return psp().charge(
    {
      attemptId: facts.attemptId,
      checkoutId: facts.checkoutId,
      orderIds: facts.orders.map((order) => order.paymentOrderId),
      amount: { amountMinor: facts.amountMinor, currency: facts.currency },
      paymentMethod: facts.paymentMethod,
    },
    occasion,
  );
}
