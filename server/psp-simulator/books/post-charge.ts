import { assert, newId } from '#kernel';
import type { BookEntryRow, BookTransactionRow } from '../database/rows.ts';
import { feeMinor, feeRuleOf } from './fees.ts';
import { settlementTime } from './settlement.ts';

export interface Booking {
  readonly transaction: BookTransactionRow;
  readonly entries: readonly BookEntryRow[];
}

interface Captured {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  readonly description: string | null;
  readonly settles: 'later' | 'immediately';
}

/**
 * Books a capture: the card network owes the gross (debit), the merchant is owed gross less fee and the fee is earned
 * (credits). The transaction is what the API calls a balance transaction. Pure; balances by construction.
 */
export function postCharge(charge: Captured): Booking {
  const rule = feeRuleOf(charge.currency);
  assert(rule, 'a charge is in a currency with a fee rule');
  const gross = BigInt(charge.amount);
  const fee = feeMinor(gross, rule);
  const net = gross - fee;
  const id = newId('txn');
  const immediately = charge.settles === 'immediately';
  const lines = [
    { account: 'card_network', amount: gross },
    { account: immediately ? 'merchant_available' : 'merchant_pending', amount: -net },
    { account: 'fee_income', amount: -fee },
  ] as const;
  assert(lines.reduce((sum, line) => sum + line.amount, 0n) === 0n, 'a booking sums to zero');
  return {
    transaction: {
      id,
      created: charge.created,
      available_on: immediately ? charge.created : settlementTime(charge.created),
      type: 'charge',
      currency: charge.currency,
      amount: charge.amount,
      fee: Number(fee),
      net: Number(net),
      source: charge.id,
      description: charge.description,
    },
    entries: lines
      .filter((line) => line.amount !== 0n)
      .map((line, index) => ({
        transaction: id,
        line: index + 1,
        account: line.account,
        currency: charge.currency,
        amount: Number(line.amount),
      })),
  };
}
