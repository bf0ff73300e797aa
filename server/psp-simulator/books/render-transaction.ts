import type Stripe from 'stripe';
import { nowMs } from '../clock/clock.ts';
import type { BookTransactionRow } from './book-rows.ts';

/** Stripe's reporting category of each type that does not name itself. */
const CATEGORIES: Partial<Record<BookTransactionRow['type'], string>> = {
  adjustment: 'other_adjustment',
  stripe_fee: 'fee',
  payout_failure: 'payout_reversal',
  payout_cancel: 'payout_reversal',
  transfer_refund: 'transfer_reversal',
  payment: 'charge',
  payment_refund: 'refund',
};

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
    reporting_category: categoryOf(row),
    source: row.source,
    status: row.available_on <= nowMs() / 1000 ? 'available' : 'pending',
    type: row.type,
  } satisfies Stripe.BalanceTransaction;
}

export function categoryOf({ type, reporting_category }: BookTransactionRow): string {
  return reporting_category ?? CATEGORIES[type] ?? type;
}

function feeDetail({ fee, currency, reporting_category }: BookTransactionRow) {
  const description = reporting_category === 'dispute' ? 'Dispute fee' : 'Processing fee';
  return { amount: fee, application: null, currency, description, type: 'stripe_fee' };
}
