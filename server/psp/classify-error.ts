import Stripe from 'stripe';
import type { Outcome } from './outcome.ts';

/** Declines that say "the bank had trouble, nothing was taken": a new attempt may be made by itself. */
const PASSING_DECLINES = new Set([
  'processing_error',
  'issuer_not_available',
  'reenter_transaction',
  'try_again_later',
]);

/** Socket errors before a connection stood: the request cannot have arrived. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);

/** Sorts whatever the SDK throws into an outcome. What is not recognised is unknown, never failed. */
export function classifyError(error: unknown): Outcome {
  if (error instanceof Stripe.errors.StripeCardError) return cardError(error);
  if (error instanceof Stripe.errors.StripeRateLimitError) {
    return { kind: 'not_started', reason: 'rate_limited', retryAfterSeconds: retryAfter(error), countsAsTry: true };
  }
  if (error instanceof Stripe.errors.StripeConnectionError) {
    const code = socketCode(error);
    if (NEVER_SENT.has(code)) return { kind: 'not_started', reason: code, retryAfterSeconds: null, countsAsTry: false };
    return { kind: 'unknown', reason: code || 'connection_lost' };
  }
  if (error instanceof Stripe.errors.StripeError) return apiError(error);
  return { kind: 'unknown', reason: error instanceof Error ? error.name : 'unreadable_answer' };
}

/** A question that is refused says nothing about the attempt it was about: a revoked key must not fail what was charged. */
export function classifyEnquiryError(error: unknown): Outcome {
  const outcome = classifyError(error);
  return outcome.kind === 'refused' || outcome.kind === 'declined'
    ? { kind: 'unknown', reason: `not_told:${outcome.code}` }
    : outcome;
}

function cardError(error: InstanceType<typeof Stripe.errors.StripeCardError>): Outcome {
  const code =
    error.decline_code && error.decline_code !== 'generic_decline'
      ? error.decline_code
      : (error.code ?? 'card_declined');
  const intent = error.payment_intent;
  return {
    kind: 'declined',
    code,
    message: error.message,
    pspPaymentId: intent?.id ?? null,
    tryAgain: PASSING_DECLINES.has(code),
  };
}

function apiError(error: InstanceType<typeof Stripe.errors.StripeError>): Outcome {
  const status = error.statusCode ?? 0;
  // 409: the first request with this key is still running there, so its outcome is open.
  if (status === 409 || status >= 500 || status === 0) return { kind: 'unknown', reason: `http_${status}` };
  if (status === 429)
    return { kind: 'not_started', reason: 'rate_limited', retryAfterSeconds: retryAfter(error), countsAsTry: true };
  return { kind: 'refused', code: error.code ?? error.type, message: error.message };
}

function retryAfter(error: InstanceType<typeof Stripe.errors.StripeError>): number | null {
  const seconds = Number(error.headers?.['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : null;
}

function socketCode(error: InstanceType<typeof Stripe.errors.StripeConnectionError>): string {
  const detail: unknown = error.detail;
  const code = typeof detail === 'object' && detail !== null && 'code' in detail ? detail.code : undefined;
  return typeof code === 'string' ? code : '';
}
