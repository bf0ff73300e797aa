import Stripe from 'stripe';
import { z } from 'zod';
import { AppError } from '#kernel';
import type { Outcome } from './outcome.ts';
import type { PspEvent } from './port.ts';
import { declineCode, readIntent } from './read-answer.ts';
import { readRefund, refundIdOf } from './read-refund.ts';

/** Age beyond which a signed webhook is refused, in seconds (Stripe's default). */
const TOLERANCE_SECONDS = 300;

/** What every event has; anything else signed by the PSP is not one. */
const envelope = z.looseObject({
  id: z.string().min(1).max(255),
  type: z.string().min(1).max(255),
  account: z.string().max(255).nullish(),
  data: z.looseObject({ object: z.looseObject({}) }),
});

/**
 * Verifies a webhook over its raw bytes with each accepted secret and reads the event's envelope.
 * Throws `signature_invalid` before anything of the body is looked at, `json_malformed` when what was signed is no event.
 */
export function verifyWebhook(rawBody: Buffer, signature: string | null, secrets: readonly string[]): Stripe.Event {
  for (const secret of secrets) {
    try {
      const event = Stripe.webhooks.constructEvent(rawBody, signature ?? '', secret, TOLERANCE_SECONDS);
      envelope.parse(event);
      return event;
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) {
        throw new AppError('json_malformed', 'The signed body is not an event.', { cause: error });
      }
    }
  }
  throw new AppError('signature_invalid', 'The signature does not match the body, or is too old.');
}

/** Reads what an event says about an attempt or a refund. Unknown types say nothing. */
export function readEvent(event: Stripe.Event): PspEvent {
  const envelope = { eventId: event.id, account: event.account ?? 'platform', type: event.type, refund: null };
  switch (event.type) {
    case 'payment_intent.succeeded':
    case 'payment_intent.requires_action':
    case 'payment_intent.processing':
      return {
        ...envelope,
        attemptId: attemptOf(event.data.object),
        news: readIntent(event.data.object),
      };
    case 'payment_intent.canceled':
      return { ...envelope, ...readCancellation(event.data.object) };
    case 'payment_intent.payment_failed':
      return { ...envelope, ...readFailure(event.data.object) };
    case 'checkout.session.expired':
      return { ...envelope, attemptId: event.data.object.client_reference_id, news: readEnd(event) };
    case 'checkout.session.completed':
      return { ...envelope, attemptId: event.data.object.client_reference_id, news: { kind: 'enquire' } };
    case 'refund.created':
    case 'refund.updated':
    case 'refund.failed':
      return { ...envelope, attemptId: null, news: null, refund: readRefundEvent(event.data.object) };
    default:
      return { ...envelope, attemptId: null, news: null };
  }
}

/** Null for a refund that was not made by us, and for one that does not say what became of it: that is asked for anyway. */
function readRefundEvent(refund: Stripe.Refund): PspEvent['refund'] {
  const [refundId, news] = [refundIdOf(refund), readRefund(refund)];
  return refundId === null || news.kind === 'unknown' ? null : { refundId, news };
}

/** Null for a charge that was not made by us. */
function attemptOf(intent: Stripe.PaymentIntent): string | null {
  const id: unknown = intent.metadata?.attempt_id;
  return typeof id === 'string' ? id : null;
}

/** A session ends by itself at its time; one that ended before was closed by us, because the shopper cancelled. */
function readEnd({ created, data }: Stripe.CheckoutSessionExpiredEvent): Outcome {
  return { kind: created < data.object.expires_at ? 'cancelled' : 'expired' };
}

/** An intent that went with its session says nothing of its own: the session's event tells how that ended. */
function readCancellation(intent: Stripe.PaymentIntent): Pick<PspEvent, 'attemptId' | 'news'> {
  const news = intent.cancellation_reason === 'expired' ? null : readIntent(intent);
  return { attemptId: attemptOf(intent), news };
}

/** A failed try on a hosted page leaves the page open, and a direct one is answered by the call itself: so it is only noted. */
function readFailure(intent: Stripe.PaymentIntent): Pick<PspEvent, 'attemptId' | 'news'> {
  const code = declineCode({
    code: intent.last_payment_error?.code,
    decline_code: intent.last_payment_error?.decline_code,
  });
  return {
    attemptId: attemptOf(intent),
    news: { kind: 'decline_noted', code, pspPaymentId: intent.id },
  };
}
