import type Stripe from 'stripe';
import type { PayoutRow } from '../database/money-rows.ts';
import type { EventDraft } from '../events/event-draft.ts';
import { failureMessageOf } from './failures.ts';

/** The payout as Stripe's API shows it. */
export function renderPayout(payout: PayoutRow) {
  return {
    id: payout.id,
    object: 'payout',
    amount: payout.amount,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: payout.arrival_date,
    automatic: payout.automatic,
    balance_transaction: payout.balance_transaction,
    created: payout.created,
    currency: payout.currency,
    description: payout.description,
    destination: payout.destination,
    failure_balance_transaction: payout.failure_balance_transaction,
    failure_code: payout.failure_code,
    failure_message: failureMessageOf(payout.failure_code),
    livemode: false,
    metadata: payout.metadata,
    method: 'standard',
    original_payout: null,
    payout_method: null,
    reconciliation_status: payout.automatic ? 'completed' : 'not_applicable',
    reversed_by: null,
    source_type: 'card',
    statement_descriptor: payout.statement_descriptor,
    status: payout.status,
    trace_id: payout.status === 'paid' ? { status: 'supported', value: traceOf(payout.id) } : null,
    type: 'bank_account',
  } satisfies Stripe.Payout;
}

/** An event about a payout; it names the connected account if it is one's. */
export function payoutEvent(type: string, payout: PayoutRow): EventDraft {
  return { type, object_id: payout.id, object: JSON.stringify(renderPayout(payout)), account: payout.owner };
}

/** What a bank would print: the end of the id, in capitals. */
function traceOf(id: string): string {
  return id.slice(-15).toUpperCase();
}
