import { z } from 'zod';
import { newId } from '#kernel';
import { claimBalance } from '../books/balance.ts';
import { bookingWrites } from '../books/book.ts';
import { postTransferBack } from '../books/post-transfer.ts';
import { renderTransaction } from '../books/render-transaction.ts';
import type { TransferReversalRow, TransferRow } from '../database/money-rows.ts';
import type { Tx } from '../database/store.ts';
import { ok } from '../http/answer.ts';
import { expand } from '../http/expand.ts';
import { expandable, onlyExpand, parseParameters, wireInteger, wireMetadata } from '../http/form.ts';
import { missing, StripeError } from '../http/stripe-error.ts';
import { type Handler, nowSeconds } from '../requests/request.ts';
import { bankLine } from './create-transfer.ts';
import { renderReversal, renderTransfer, reversalsOf, transferEvent } from './render-transfer.ts';

const LOCK = 'select * from transfers where id = $1 for update';

const reversalParameters = z.strictObject({
  amount: wireInteger.pipe(z.number().min(1)).optional(),
  description: z.string().max(1_000).optional(),
  metadata: wireMetadata.default({}),
  expand: expandable,
});

const updateParameters = z.strictObject({
  description: z.string().max(1_000).optional(),
  metadata: wireMetadata.default({}),
  expand: expandable,
});

/**
 * `POST /v1/transfers/:id/reversals`: takes a transfer back, or a part of it, out of the account's available balance to where the
 * money came from. Reversals at the same time never come to more than the transfer.
 */
export const reverseTransfer: Handler = async (context) => {
  const { amount: wished, metadata, expand: paths } = parseParameters(reversalParameters, context.request.input);
  return context.transact(async (tx) => {
    const transfer = await lockTransfer(tx, context.request.ids.id ?? '');
    const amount = amountOf(transfer, wished);
    const { destination: account, currency, funding } = transfer;
    await claimBalance(tx, account, amount, currency);
    const facts = { id: newId('trr'), created: nowSeconds(), amount, currency };
    const payment = newId('pyr');
    const bookings = postTransferBack({ ...facts, account, funding, payment });
    const reversal: TransferReversalRow = {
      ...facts,
      transfer: transfer.id,
      balance_transaction: bookings[1]?.transaction.id ?? null,
      destination_payment_refund: payment,
      metadata,
    };
    const reversed: TransferRow = { ...transfer, amount_reversed: transfer.amount_reversed + amount };
    const reversals = [reversal, ...(await reversalsOf(tx, transfer.id))];
    const fresh = bookings.map(({ transaction }) => renderTransaction(transaction));
    return {
      answer: ok(await expand(tx, renderReversal(reversal), paths, fresh)),
      writes: {
        transfers: [reversed],
        transfer_reversals: [reversal],
        bank_lines: funding === 'bank' ? [bankLine(transfer, 'transfer_reversal', reversal.id, amount)] : [],
        ...bookingWrites(bookings),
      },
      events: [transferEvent('transfer.reversed', reversed, reversals)],
    };
  });
};

/** `POST /v1/transfers/:id`: description and metadata. */
export const updateTransfer: Handler = async (context) => {
  const { description, metadata, expand: paths } = parseParameters(updateParameters, context.request.input);
  return context.transact(async (tx) => {
    const transfer = await lockTransfer(tx, context.request.ids.id ?? '');
    const updated: TransferRow = {
      ...transfer,
      description: description ?? transfer.description,
      metadata: { ...transfer.metadata, ...metadata },
    };
    const rendered = renderTransfer(updated, await reversalsOf(tx, transfer.id));
    return { answer: ok(await expand(tx, rendered, paths)), writes: { transfers: [updated] }, events: [] };
  });
};

/** `GET /v1/transfers/:id/reversals`, newest first, all of them. */
export const listReversals: Handler = async ({ request, simulator: { store } }) => {
  parseParameters(onlyExpand, request.input);
  const id = request.ids.id ?? '';
  const [transfer] = await store.rows<TransferRow>('transfer', 'select * from transfers where id = $1', [id]);
  if (!transfer) throw missing('transfer', id);
  return ok(renderTransfer(transfer, await reversalsOf(store, id)).reversals);
};

/** What is taken back: the amount asked for, or all that is left. Throws Stripe's 400 for more than is left. */
function amountOf({ id, amount, amount_reversed }: TransferRow, wished?: number): number {
  const left = amount - amount_reversed;
  if (left === 0) {
    const code = 'transfer_already_reversed';
    throw new StripeError(400, 'invalid_request_error', `Transfer ${id} is already reversed.`, { code });
  }
  if (wished !== undefined && wished > left) {
    const message = `Reversal amount (${wished}) is greater than unreversed amount on transfer (${left}).`;
    throw new StripeError(400, 'invalid_request_error', message, { param: 'amount' });
  }
  return wished ?? left;
}

async function lockTransfer(tx: Tx, id: string): Promise<TransferRow> {
  const [transfer] = await tx.rows<TransferRow>('lock_transfer', LOCK, [id]);
  if (!transfer) throw missing('transfer', id);
  return transfer;
}
