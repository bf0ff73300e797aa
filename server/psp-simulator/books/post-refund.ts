import { assert, newId } from '#kernel';
import type { BookTransactionRow } from '../database/rows.ts';
import type { Booking } from './post-charge.ts';

interface MovedBack {
  readonly type: 'refund' | 'refund_failure';
  /** Id of the refund. */
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  /** Of the charge that is refunded. */
  readonly charged: Pick<BookTransactionRow, 'id' | 'available_on'>;
}

/**
 * Books a refund, or its failure: the merchant gives the amount back to the card network, or gets it again. The fee of the charge
 * stays with the PSP. Money of a charge that has not settled yet comes out of what is pending. Pure; balances by construction.
 */
export function postRefund({ type, id, created, amount, currency, charged }: MovedBack): Booking {
  const transaction = newId('txn');
  const signed = type === 'refund' ? -amount : amount;
  const settled = charged.available_on <= created;
  const lines = [
    { account: 'card_network', amount: signed },
    { account: settled ? 'merchant_available' : 'merchant_pending', amount: -signed },
  ] as const;
  assert(amount > 0, 'a refund is of something');
  return {
    transaction: {
      id: transaction,
      created,
      available_on: Math.max(created, charged.available_on),
      type,
      currency,
      amount: signed,
      fee: 0,
      net: signed,
      source: id,
      description: type === 'refund' ? 'REFUND FOR CHARGE' : 'REFUND FAILURE',
    },
    entries: lines.map((line, index) => ({ transaction, line: index + 1, currency, ...line })),
  };
}
