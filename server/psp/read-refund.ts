import type Stripe from 'stripe';
import { classifyError } from './classify-error.ts';
import { currencyOf } from './read-answer.ts';
import type { RefundOutcome } from './refund-outcome.ts';

/** Reads a refund. Anything that does not plainly say what happened is unknown. */
export function readRefund(refund: Stripe.Refund): RefundOutcome {
  const currency = currencyOf(refund.currency);
  const whole = Number.isSafeInteger(refund.amount) && refund.amount > 0;
  if (!refund.id || !currency || !whole) return { kind: 'unknown', reason: 'unreadable_answer' };
  const known = { pspRefundId: refund.id, amountMinor: BigInt(refund.amount), currency };
  switch (refund.status) {
    case 'succeeded':
      return { kind: 'succeeded', ...known };
    case 'pending':
    case 'requires_action':
      return { kind: 'pending', ...known };
    case 'failed':
    case 'canceled':
      return { kind: 'failed', reason: refund.failure_reason ?? refund.status, ...known };
    default:
      return { kind: 'unknown', reason: 'unreadable_answer' };
  }
}

/** Our own id of a refund; null for one that was not made by us. */
export function refundIdOf(refund: Stripe.Refund): string | null {
  const id: unknown = refund.metadata?.refund_id;
  return typeof id === 'string' ? id : null;
}

/** Sorts what the SDK throws for a refund that was sent. */
export function refundError(error: unknown): RefundOutcome {
  const outcome = classifyError(error);
  switch (outcome.kind) {
    case 'refused':
    case 'not_started':
    case 'unknown':
      return outcome;
    case 'declined':
      return { kind: 'refused', code: outcome.code, message: outcome.message };
    default:
      return { kind: 'unknown', reason: 'unreadable_answer' };
  }
}

/** A question that is refused says nothing about the refund it was about. */
export function refundEnquiryError(error: unknown): RefundOutcome {
  const outcome = refundError(error);
  return outcome.kind === 'refused' ? { kind: 'unknown', reason: `not_told:${outcome.code}` } : outcome;
}
