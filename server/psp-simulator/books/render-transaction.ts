import type Stripe from 'stripe';
import type { BookTransactionRow } from '../database/rows.ts';

/** A book transaction as Stripe's balance transaction. */
export function renderTransaction(row: BookTransactionRow) {
  return {
    id: row.id,
    object: 'balance_transaction',
    amount: row.amount,
    available_on: row.available_on,
    balance_type: 'payments',
    created: row.created,
    currency: row.currency,
    description: row.description,
    exchange_rate: null,
    fee: row.fee,
    fee_details: row.fee === 0 ? [] : [feeDetail(row)],
    net: row.net,
    reporting_category: row.reporting_category ?? row.type,
    source: row.source,
    status: row.available_on <= Date.now() / 1000 ? 'available' : 'pending',
    type: row.type,
  } satisfies Stripe.BalanceTransaction;
}

function feeDetail({ fee, currency, reporting_category }: BookTransactionRow) {
  const description = reporting_category === 'dispute' ? 'Dispute fee' : 'Processing fee';
  return { amount: fee, application: null, currency, description, type: 'stripe_fee' };
}
