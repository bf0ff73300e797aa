import { isUtf8 } from 'node:buffer';
import Stripe from 'stripe';
import { z } from 'zod';
import { databaseTime } from '#db';
import { AppError, assert } from '#kernel';
import type { Outcome } from './outcome.ts';
import type { PspEvent } from './port.ts';
import { declineCode, readIntent } from './read-answer.ts';
import { readDispute } from './read-dispute.ts';
import { payoutIdOf, readPayout } from './read-payout.ts';
import { readRefund, refundIdOf } from './read-refund.ts';

/** Age beyond which a signed webhook is refused, in seconds (Stripe's default); a clock may be ahead by as much. */
const TOLERANCE_SECONDS = 300;
/** Longest signature header that is looked at, in characters: one signature has 67, and a rotation needs a few. */
const MAX_SIGNATURE_LENGTH = 1_024;
/** The one timestamp of a signature header. */
const TIMESTAMP = /(?:^|,)t=(\d{1,12})(?=,|$)/g;

/** Stands for the account of our own, which events do not name. */
const PLATFORM = 'platform';

/** What every event has; anything else signed by the PSP is not one. Ids are printable ASCII, as Stripe's are. */
const ascii = z.string().regex(/^[\x21-\x7e]{1,255}$/);
const envelope = z.looseObject({
  id: ascii,
  type: ascii,
  livemode: z.boolean(),
  account: z.string().nullish(),
  data: z.looseObject({ object: z.looseObject({}) }),
});

/**
 * Verifies a webhook over its raw bytes with each accepted secret and reads the event's envelope.
 * Throws `signature_invalid` before anything of the body is looked at, `json_malformed` when what was signed is no event, and
 * `event_not_ours` when it is of live mode, which this system refuses altogether, or of a connected account and not about a payout:
 * sellers have accounts there only to be paid out.
 */
export function verifyWebhook(rawBody: Buffer, signature: string | null, secrets: readonly string[]): Stripe.Event {
  if (!secrets.some((secret) => isSignedWith(secret, rawBody, signature ?? ''))) {
    throw new AppError('signature_invalid', 'The signature does not match the body, or is not of this time.');
  }
  const event = parseEvent(rawBody);
  if (event.livemode || ((event.account ?? null) !== null && !event.type.startsWith('payout.'))) {
    throw new AppError('event_not_ours', 'The event is of live mode or of another account.');
  }
  return event;
}

/**
 * Stripe's own check, made exact: it signs text, and would read bytes that are no UTF-8, or a byte order mark, as another text than
 * they are; and it takes signatures of any time to come.
 */
function isSignedWith(secret: string, rawBody: Buffer, signature: string): boolean {
  if (!isUtf8(rawBody) || signature.length > MAX_SIGNATURE_LENGTH) return false;
  const [timestamp, another] = [...signature.matchAll(TIMESTAMP)].map((match) => Number(match[1]));
  if (timestamp === undefined || another !== undefined) return false;
  const now = databaseTime().getTime();
  if (timestamp - now / 1_000 > TOLERANCE_SECONDS) return false;
  const { signature: check } = Stripe.webhooks;
  assert(check, 'the SDK can check signatures');
  try {
    return check.verifyHeader(rawBody.toString(), signature, secret, TOLERANCE_SECONDS, undefined, now);
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return false;
    throw error;
  }
}

function parseEvent(rawBody: Buffer): Stripe.Event {
  try {
    const event: unknown = JSON.parse(rawBody.toString());
    envelope.parse(event);
    return event as Stripe.Event;
  } catch (error) {
    throw new AppError('json_malformed', 'The signed body is not an event.', { cause: error });
  }
}

/**
 * Reads what an event says about an attempt, a refund, a payout or a dispute. Unknown types say nothing. Throws `validation_failed` for
 * a dispute that cannot be read.
 */
export function readEvent(event: Stripe.Event): PspEvent {
  const account = event.account ?? PLATFORM;
  const movesBalance = account === PLATFORM && (event.type === 'balance.available' || event.type.startsWith('payout.'));
  const nothing = { refund: null, payout: null, dispute: null };
  const envelope = { eventId: event.id, account, type: event.type, movesBalance, ...nothing };
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
    case 'payout.paid':
    case 'payout.failed':
    case 'payout.canceled':
      return { ...envelope, attemptId: null, news: null, payout: readPayoutEvent(event.data.object) };
    case 'charge.dispute.created':
    case 'charge.dispute.updated':
    case 'charge.dispute.funds_withdrawn':
    case 'charge.dispute.funds_reinstated':
    case 'charge.dispute.closed':
      return { ...envelope, attemptId: null, news: null, dispute: readDisputeEvent(event.data.object) };
    default:
      return { ...envelope, attemptId: null, news: null };
  }
}

/** Null for a payout that is none of ours to a seller, and for one that does not say what became of it. */
function readPayoutEvent(payout: Stripe.Payout): PspEvent['payout'] {
  const [payoutId, news] = [payoutIdOf(payout), readPayout(payout)];
  return payoutId === null || news.kind === 'unknown' ? null : { payoutId, news };
}

/** Null for a refund that was not made by us, and for one that does not say what became of it: that is asked for anyway. */
function readRefundEvent(refund: Stripe.Refund): PspEvent['refund'] {
  const [refundId, news] = [refundIdOf(refund), readRefund(refund)];
  return refundId === null || news.kind === 'unknown' ? null : { refundId, news };
}

/** Null for one of a charge that was not made by us. Any other is about money and a deadline: what it says must not be overlooked. */
function readDisputeEvent(dispute: Stripe.Dispute): PspEvent['dispute'] {
  const facts = readDispute(dispute);
  if (facts === null && dispute.payment_intent)
    throw new AppError('validation_failed', 'The event does not plainly say what became of the dispute.');
  return facts;
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
