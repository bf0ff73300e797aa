import { z } from 'zod';
import type { DisputeRow } from '../database/rows.ts';

/** Stripe's names for what a merchant may say; those that take an upload there take any text here. */
export const EVIDENCE_FIELDS = [
  'access_activity_log',
  'billing_address',
  'cancellation_policy',
  'cancellation_policy_disclosure',
  'cancellation_rebuttal',
  'customer_communication',
  'customer_email_address',
  'customer_name',
  'customer_purchase_ip',
  'customer_signature',
  'duplicate_charge_documentation',
  'duplicate_charge_explanation',
  'duplicate_charge_id',
  'product_description',
  'receipt',
  'refund_policy',
  'refund_policy_disclosure',
  'refund_refusal_explanation',
  'service_date',
  'service_documentation',
  'shipping_address',
  'shipping_carrier',
  'shipping_date',
  'shipping_documentation',
  'shipping_tracking_number',
  'uncategorized_file',
  'uncategorized_text',
] as const;

/** Stripe's limit for one text. */
const MAX_TEXT = 20_000;

export const evidenceParameters = z.strictObject(
  Object.fromEntries(EVIDENCE_FIELDS.map((field) => [field, z.string().max(MAX_TEXT).optional()])) as Record<
    (typeof EVIDENCE_FIELDS)[number],
    z.ZodOptional<z.ZodString>
  >,
);

/** Stripe's words that decide a dispute in test mode. */
const DECISIONS: Readonly<Record<string, 'win' | 'lose' | 'escalate'>> = {
  winning_evidence: 'win',
  losing_evidence: 'lose',
  escalate_inquiry_evidence: 'escalate',
};

/** What the bank will decide; null when the words say nothing to it, and it thinks on until it is told by a test. */
export function decisionOf({ uncategorized_text: text = '' }: DisputeRow['evidence']): DisputeRow['next'] {
  return Object.hasOwn(DECISIONS, text) ? (DECISIONS[text] ?? null) : null;
}
