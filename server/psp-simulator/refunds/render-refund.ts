import type Stripe from 'stripe';
import type { RefundRow } from '../database/rows.ts';

/** The refund as Stripe's API shows it. */
export function renderRefund(refund: RefundRow) {
  return {
    id: refund.id,
    object: 'refund',
    amount: refund.amount,
    balance_transaction: refund.balance_transaction,
    charge: refund.charge,
    created: refund.created,
    currency: refund.currency,
    customer: null,
    customer_account: null,
    destination_details: { card: { type: refund.status === 'pending' ? 'pending' : 'refund' }, type: 'card' },
    ...(refund.failure_balance_transaction && { failure_balance_transaction: refund.failure_balance_transaction }),
    ...(refund.failure_reason && { failure_reason: refund.failure_reason }),
    metadata: refund.metadata,
    payment_intent: refund.payment_intent,
    payment_method: null,
    ...(refund.status === 'pending' && { pending_reason: 'processing' }),
    reason: refund.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: refund.status,
    transfer_reversal: null,
  } satisfies Stripe.Refund;
}
