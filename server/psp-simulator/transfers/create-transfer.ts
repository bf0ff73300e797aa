import { z } from 'zod';
import { newId } from '#kernel';
import { claimBalance } from '../books/balance.ts';
import { bookingWrites } from '../books/book.ts';
import { feeRuleOf } from '../books/fees.ts';
import { postTransfer } from '../books/post-transfer.ts';
import { renderTransaction } from '../books/render-transaction.ts';
import type { BankLineRow, TransferRow } from '../database/money-rows.ts';
import { ok } from '../http/answer.ts';
import { expand } from '../http/expand.ts';
import { expandable, parseParameters, wireCurrency, wireInteger, wireMetadata } from '../http/form.ts';
import { invalid, missing } from '../http/stripe-error.ts';
import { type Handler, nowSeconds } from '../requests/request.ts';
import { renderTransfer, transferEvent } from './render-transfer.ts';

const ACCOUNT = 'select id from accounts where id = $1';

const parameters = z.strictObject({
  amount: wireInteger.pipe(z.number().min(1)),
  currency: wireCurrency,
  destination: z.string().max(255),
  description: z.string().max(1_000).optional(),
  metadata: wireMetadata.default({}),
  source_type: z.literal('card').optional(),
  transfer_group: z.string().max(255).optional(),
  expand: expandable,
});

/**
 * `POST /v1/transfers`: gives money to a connected account, which has it at once. It comes from the platform's bank account, or with
 * `PSP_TRANSFER_FUNDING=balance`, as at Stripe, from the platform's available balance, which must cover it.
 */
export const createTransfer: Handler = async (context) => {
  const { expand: paths, source_type: _, ...given } = parseParameters(parameters, context.request.input);
  const { PSP_TRANSFER_FUNDING: funding } = context.simulator.config;
  if (feeRuleOf(given.currency) === undefined) throw invalid('currency', `Invalid currency: ${given.currency}`);
  return context.transact(async (tx) => {
    const [account] = await tx.rows('account_id', ACCOUNT, [given.destination]);
    if (!account) throw missing('destination', given.destination, 'destination');
    if (funding === 'balance') await claimBalance(tx, null, given.amount, given.currency);
    const facts = { ...given, id: newId('tr'), created: nowSeconds(), funding };
    const payment = newId('py');
    const bookings = postTransfer({ ...facts, account: given.destination, payment });
    const transfer: TransferRow = {
      ...facts,
      amount_reversed: 0,
      destination_payment: payment,
      balance_transaction: bookings[1]?.transaction.id ?? null,
      description: given.description ?? null,
      transfer_group: given.transfer_group ?? null,
    };
    const fresh = bookings.map(({ transaction }) => renderTransaction(transaction));
    return {
      answer: ok(await expand(tx, renderTransfer(transfer, []), paths, fresh)),
      writes: {
        transfers: [transfer],
        bank_lines: funding === 'bank' ? [bankLine(transfer, 'transfer', transfer.id, -transfer.amount)] : [],
        ...bookingWrites(bookings),
      },
      events: [transferEvent('transfer.created', transfer)],
    };
  });
};

/** The line of the platform's bank statement; it names the platform's own payout, or what the transfer belongs to. */
export function bankLine(
  { currency, metadata, transfer_group }: TransferRow,
  kind: BankLineRow['kind'],
  reference: string,
  amount: number,
): BankLineRow {
  const details = metadata.payout_id ?? transfer_group;
  return { id: newId('bl'), at: nowSeconds(), currency, amount, kind, reference, details };
}
