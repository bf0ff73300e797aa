import type Stripe from 'stripe';
import type { Enquiry } from '#psp';

/** When the page of an event of these tests ends, in seconds. */
const PAGE_END = 1_000;

/** The provider's event that tells an outcome, or null where it sends none that tells it whole. */
export function eventOf(attemptId: string, outcome: Enquiry): Stripe.Event | null {
  const event = envelopeOf(attemptId, outcome);
  return event && ({ id: 'evt_model', object: 'event', livemode: false, ...event } as unknown as Stripe.Event);
}

function envelopeOf(attemptId: string, outcome: Enquiry): object | null {
  const intent = (type: string, change: object) => {
    const object = { id: 'pi_1', object: 'payment_intent', metadata: { attempt_id: attemptId }, ...change };
    return { type: `payment_intent.${type}`, created: PAGE_END, data: { object } };
  };
  const ended = (created: number) => {
    const object = { id: 'cs_1', object: 'checkout.session', client_reference_id: attemptId, expires_at: PAGE_END };
    return { type: 'checkout.session.expired', created, data: { object } };
  };
  switch (outcome.kind) {
    case 'succeeded':
      return intent('succeeded', {
        status: 'succeeded',
        amount_received: Number(outcome.amountMinor),
        currency: outcome.currency.toLowerCase(),
        latest_charge: outcome.chargeId,
      });
    case 'pending':
      return intent('processing', { status: 'processing' });
    case 'decline_noted':
      return intent('payment_failed', { last_payment_error: { code: outcome.code } });
    case 'expired':
      return ended(PAGE_END);
    case 'cancelled':
      return ended(PAGE_END - 1);
    default:
      return null;
  }
}
