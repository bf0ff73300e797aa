import type Stripe from 'stripe';
import { databaseTime } from '#db';
import { type CurrencyCode, isCurrencyCode } from '#kernel';
import type { Outcome } from './outcome.ts';

type Intent = Stripe.PaymentIntent;

/** Reads a payment intent. Anything that does not plainly say what happened is unknown. */
export function readIntent(intent: Intent): Outcome {
  switch (intent.status) {
    case 'succeeded':
      return readSuccess(intent);
    case 'requires_action':
      return {
        kind: 'action_required',
        pspPaymentId: intent.id,
        pspSessionId: null,
        pageUrl: intent.next_action?.redirect_to_url?.url ?? null,
      };
    case 'processing':
    case 'requires_capture':
    case 'requires_confirmation':
      return { kind: 'pending', pspPaymentId: intent.id };
    case 'requires_payment_method':
      return readDecline(intent);
    case 'canceled':
      return { kind: 'cancelled' };
    default:
      return { kind: 'unknown', reason: 'unreadable_answer' };
  }
}

function readSuccess(intent: Intent): Outcome {
  const charge = intent.latest_charge;
  const chargeId = typeof charge === 'string' ? charge : charge?.id;
  const currency = currencyOf(intent.currency);
  if (!chargeId || !currency || !Number.isSafeInteger(intent.amount_received))
    return { kind: 'unknown', reason: 'unreadable_answer' };
  const cardLast4 = typeof charge === 'object' ? (charge?.payment_method_details?.card?.last4 ?? null) : null;
  return {
    kind: 'succeeded',
    pspPaymentId: intent.id,
    chargeId,
    amountMinor: BigInt(intent.amount_received),
    currency,
    cardLast4,
  };
}

function readDecline(intent: Intent): Outcome {
  const last = intent.last_payment_error;
  if (!last) return { kind: 'pending', pspPaymentId: intent.id };
  const code = declineCode(last);
  return {
    kind: 'declined',
    code,
    message: last.message ?? 'The payment was declined.',
    pspPaymentId: intent.id,
    tryAgain: code === 'processing_error',
  };
}

/** The most telling code of a decline: the bank's own word where it gives one. */
export function declineCode(last: { readonly code?: string; readonly decline_code?: string | null }): string {
  return last.decline_code && last.decline_code !== 'generic_decline'
    ? last.decline_code
    : (last.code ?? 'card_declined');
}

/**
 * Reads a hosted session whose `payment_intent` was expanded. One that ended before its time was closed by us, because the shopper
 * cancelled: its webhook is read by the same rule, so that who brings the news first makes no difference.
 */
export function readSession(session: Stripe.Checkout.Session, now: Date = databaseTime()): Outcome {
  const intent = typeof session.payment_intent === 'object' ? session.payment_intent : null;
  if (session.status === 'complete')
    return intent ? readIntent(intent) : { kind: 'unknown', reason: 'unreadable_answer' };
  if (session.status === 'expired')
    return { kind: now.getTime() < session.expires_at * 1_000 ? 'cancelled' : 'expired' };
  return { kind: 'action_required', pspPaymentId: intent?.id ?? null, pspSessionId: session.id, pageUrl: session.url };
}

/** A currency of ours from the wire's lower case; null for any other. */
export function currencyOf(code: unknown): CurrencyCode | null {
  const upper = typeof code === 'string' ? code.toUpperCase() : code;
  return isCurrencyCode(upper) ? upper : null;
}
