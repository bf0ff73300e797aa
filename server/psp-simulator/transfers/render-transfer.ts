import type Stripe from 'stripe';
import type { TransferReversalRow, TransferRow } from '../database/money-rows.ts';
import type { Reader } from '../database/store.ts';
import type { EventDraft } from '../events/event-draft.ts';

const OF_TRANSFER = 'select * from transfer_reversals where transfer = $1 order by id desc';

/** The reversals of a transfer, newest first. */
export function reversalsOf(reader: Reader, transfer: string): Promise<TransferReversalRow[]> {
  return reader.rows<TransferReversalRow>('reversals_of', OF_TRANSFER, [transfer]);
}

/** The transfer as Stripe's API shows it. */
export function renderTransfer(transfer: TransferRow, reversals: readonly TransferReversalRow[]) {
  return {
    id: transfer.id,
    object: 'transfer',
    amount: transfer.amount,
    amount_reversed: transfer.amount_reversed,
    balance_transaction: transfer.balance_transaction,
    created: transfer.created,
    currency: transfer.currency,
    description: transfer.description,
    destination: transfer.destination,
    destination_payment: transfer.destination_payment,
    livemode: false,
    metadata: transfer.metadata,
    reversals: {
      object: 'list',
      data: reversals.map(renderReversal),
      has_more: false,
      url: `/v1/transfers/${transfer.id}/reversals`,
    },
    reversed: transfer.amount_reversed === transfer.amount,
    source_transaction: null,
    source_type: 'card',
    transfer_group: transfer.transfer_group,
  } satisfies Stripe.Transfer;
}

export function renderReversal(reversal: TransferReversalRow) {
  return {
    id: reversal.id,
    object: 'transfer_reversal',
    amount: reversal.amount,
    balance_transaction: reversal.balance_transaction,
    created: reversal.created,
    currency: reversal.currency,
    destination_payment_refund: reversal.destination_payment_refund,
    metadata: reversal.metadata,
    source_refund: null,
    transfer: reversal.transfer,
  } satisfies Stripe.TransferReversal;
}

export function transferEvent(
  type: string,
  transfer: TransferRow,
  reversals: readonly TransferReversalRow[] = [],
): EventDraft {
  return { type, object_id: transfer.id, object: JSON.stringify(renderTransfer(transfer, reversals)) };
}
