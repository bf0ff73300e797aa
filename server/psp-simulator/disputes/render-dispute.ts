import type Stripe from 'stripe';
import { renderTransaction } from '../books/render-transaction.ts';
import type { BookTransactionRow, DisputeRow } from '../database/rows.ts';
import type { EventDraft } from '../events/event-draft.ts';
import { isRefundable } from './dispute-state.ts';
import { EVIDENCE_FIELDS } from './evidence.ts';

/** The network's own code of a reason, as Visa numbers them. */
const NETWORK_CODES: Readonly<Record<string, string>> = {
  fraudulent: '10.4',
  product_not_received: '13.1',
  product_unacceptable: '13.3',
  credit_not_processed: '13.6',
  subscription_canceled: '13.2',
  duplicate: '12.6.1',
};

/** The dispute as Stripe's API shows it; its bookings are always whole objects. */
export function renderDispute(dispute: DisputeRow, booked: readonly BookTransactionRow[]) {
  const code = NETWORK_CODES[dispute.reason] ?? null;
  const inquiry = dispute.status.startsWith('warning');
  return {
    id: dispute.id,
    object: 'dispute',
    amount: dispute.amount,
    balance_transactions: booked.map(renderTransaction) as Stripe.BalanceTransaction[],
    charge: dispute.charge,
    created: dispute.created,
    currency: dispute.currency,
    enhanced_eligibility_types: [],
    evidence: {
      ...(Object.fromEntries(EVIDENCE_FIELDS.map((field) => [field, dispute.evidence[field] ?? null])) as Record<
        (typeof EVIDENCE_FIELDS)[number],
        string | null
      >),
      enhanced_evidence: {},
    },
    evidence_details: {
      due_by: dispute.due_by,
      enhanced_eligibility: {},
      has_evidence: Object.keys(dispute.evidence).length > 0,
      past_due: false,
      submission_count: dispute.submission_count,
      submission_method: dispute.submission_count > 0 ? 'manual' : 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: isRefundable(dispute.status),
    livemode: false,
    metadata: dispute.metadata,
    network_reason_code: code,
    payment_intent: dispute.payment_intent,
    payment_method_details: {
      card: {
        brand: 'visa',
        case_type: inquiry ? 'inquiry' : 'chargeback',
        network: 'visa',
        network_reason_code: code,
      },
      type: 'card',
    },
    reason: dispute.reason,
    status: dispute.status,
  } satisfies Stripe.Dispute;
}

export function disputeEvent(type: string, rendered: ReturnType<typeof renderDispute>): EventDraft {
  return { type, object_id: rendered.id, object: JSON.stringify(rendered) };
}
