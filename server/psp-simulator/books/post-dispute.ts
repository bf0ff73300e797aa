import { assert, newId } from '#kernel';
import type { BookTransactionRow } from '../database/rows.ts';
import type { Booking } from './post-charge.ts';

/** What a dispute costs the merchant, won or lost, in minor units: 15 US dollars, and about as much elsewhere. */
const DISPUTE_FEES = {
  USD: 1_500,
  EUR: 1_500,
  GBP: 1_500,
  CHF: 1_500,
  CAD: 1_500,
  AUD: 2_500,
  SEK: 15_000,
  JPY: 2_000,
  KRW: 20_000,
  KWD: 4_500,
} as const satisfies Record<string, number>;

interface Disputed {
  /** `dispute` takes the amount and the fee, `dispute_reversal` gives the amount back. */
  readonly category: 'dispute' | 'dispute_reversal';
  /** Id of the dispute. */
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  /** Of the charge that is disputed. */
  readonly charged: Pick<BookTransactionRow, 'source' | 'available_on'>;
}

/**
 * Books what a dispute moves, as Stripe's `adjustment`: opening it takes the amount back to the card network and costs a fee; winning it
 * returns the amount, not the fee. Money of a charge that has not settled yet comes out of what is pending. Pure; balances by construction.
 */
export function postDispute({ category, id, created, amount, currency, charged }: Disputed): Booking {
  assert(amount > 0, 'a dispute is about something');
  const taken = category === 'dispute';
  const transaction = newId('txn');
  const signed = taken ? -amount : amount;
  const fee = taken ? feeOf(currency) : 0;
  const account = charged.available_on <= created ? 'merchant_available' : 'merchant_pending';
  const lines = [
    { account: 'card_network', amount: signed },
    { account, amount: fee - signed },
    { account: 'fee_income', amount: -fee },
  ] as const;
  return {
    transaction: {
      id: transaction,
      created,
      available_on: Math.max(created, charged.available_on),
      type: 'adjustment',
      reporting_category: category,
      currency,
      amount: signed,
      fee,
      net: signed - fee,
      source: id,
      description: `${taken ? 'Chargeback withdrawal' : 'Chargeback reversal'} for ${charged.source}`,
    },
    entries: lines
      .filter((line) => line.amount !== 0)
      .map((line, index) => ({ transaction, line: index + 1, currency, ...line })),
  };
}

function feeOf(currency: string): number {
  const code = currency.toUpperCase();
  assert(Object.hasOwn(DISPUTE_FEES, code), 'a dispute is in a currency with a fee');
  return DISPUTE_FEES[code as keyof typeof DISPUTE_FEES];
}
