import Stripe from 'stripe';
import type { DisputeFacts, DisputeMovement, DisputeOutcome, DisputeStage } from './dispute-outcome.ts';
import { currencyOf } from './read-answer.ts';
import { refundError } from './read-refund.ts';

/** Stripe's words for how far a dispute has come. */
const STAGES: Readonly<Record<string, DisputeStage>> = {
  warning_needs_response: 'inquiry',
  warning_under_review: 'inquiry',
  warning_closed: 'inquiry_closed',
  needs_response: 'open',
  under_review: 'under_review',
  won: 'won',
  lost: 'lost',
};

/** Reads a dispute; null for one that does not plainly say what happened, or is about no payment of ours. */
export function readDispute(dispute: Stripe.Dispute): DisputeFacts | null {
  const currency = currencyOf(dispute.currency);
  const stage = STAGES[dispute.status];
  const pspPaymentId = typeof dispute.payment_intent === 'string' ? dispute.payment_intent : dispute.payment_intent?.id;
  const whole = Number.isSafeInteger(dispute.amount) && dispute.amount > 0;
  if (!dispute.id || !currency || !stage || !pspPaymentId || !whole) return null;
  const { due_by: dueBy } = dispute.evidence_details ?? {};
  return {
    pspDisputeId: dispute.id,
    pspPaymentId,
    amountMinor: BigInt(dispute.amount),
    currency,
    reason: dispute.reason,
    stage,
    dueBy: dueBy ? new Date(dueBy * 1_000) : null,
    openedAt: new Date(dispute.created * 1_000),
    withdrawn: movementOf(dispute, -1n),
    reinstated: movementOf(dispute, 1n),
  };
}

/** What moved in one direction. Money in another currency than the dispute's is not read: somebody has to look at it. */
function movementOf({ balance_transactions: moved, currency }: Stripe.Dispute, sign: 1n | -1n): DisputeMovement | null {
  const found = (moved ?? []).find((one) => BigInt(one.amount) * sign > 0n && one.currency === currency);
  if (!found) return null;
  const fee = -BigInt(found.fee) * sign;
  return { amountMinor: BigInt(found.amount) * sign, feeMinor: fee > 0n ? fee : 0n };
}

export function disputeOutcome(dispute: Stripe.Dispute): DisputeOutcome {
  const facts = readDispute(dispute);
  return facts ? { kind: 'known', dispute: facts } : { kind: 'unknown', reason: 'unreadable_answer' };
}

/** Sorts what the SDK throws; a call about a dispute can fail in the ways that one about a refund can. */
export function disputeError(error: unknown): Exclude<DisputeOutcome, { kind: 'known' }> {
  const outcome = refundError(error);
  switch (outcome.kind) {
    case 'refused':
    case 'not_started':
    case 'unknown':
      return outcome;
    default:
      return { kind: 'unknown', reason: 'unreadable_answer' };
  }
}

/** A key that was not taken says nothing about the answer that came with it, which is sent again; as a question that is refused. */
export function disputeAnswerError(error: unknown): Exclude<DisputeOutcome, { kind: 'known' }> {
  const outcome = disputeError(error);
  const saysNothing =
    error instanceof Stripe.errors.StripeAuthenticationError || error instanceof Stripe.errors.StripePermissionError;
  if (!saysNothing || outcome.kind !== 'refused') return outcome;
  return { kind: 'unknown', reason: `not_told:${outcome.code}` };
}
