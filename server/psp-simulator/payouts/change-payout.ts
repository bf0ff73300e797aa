import { z } from 'zod';
import { bookingWrites } from '../books/book.ts';
import { postPayoutBack } from '../books/post-payout.ts';
import { renderTransaction } from '../books/render-transaction.ts';
import type { PayoutRow } from '../database/money-rows.ts';
import type { Tx } from '../database/store.ts';
import { ok } from '../http/answer.ts';
import { expand } from '../http/expand.ts';
import { expandable, parseParameters, wireMetadata } from '../http/form.ts';
import { missing, StripeError } from '../http/stripe-error.ts';
import { type Handler, nowSeconds } from '../requests/request.ts';
import { payoutEvent, renderPayout } from './render-payout.ts';

const LOCK = 'select * from payouts where id = $1 and owner is not distinct from $2 for update';
const cancelParameters = z.strictObject({ expand: expandable });
const updateParameters = z.strictObject({ metadata: wireMetadata.default({}), expand: expandable });

/** `POST /v1/payouts/:id/cancel`: only a manual payout that is not with the bank yet. The money is back at once. */
export const cancelPayout: Handler = async (context) => {
  const { expand: paths } = parseParameters(cancelParameters, context.request.input);
  return context.transact(async (tx) => {
    const payout = await lockPayout(tx, context.request.ids.id ?? '', context.request.account);
    if (payout.status !== 'pending' || payout.automatic) {
      const why = payout.automatic ? 'it is automatic' : `it is already ${payout.status}`;
      throw new StripeError(400, 'invalid_request_error', `You cannot cancel this payout: ${why}.`);
    }
    const booking = postPayoutBack(payout, nowSeconds(), 'pending');
    const canceled: PayoutRow = {
      ...payout,
      status: 'canceled',
      failure_balance_transaction: booking.transaction.id,
      course: [],
      next_at: null,
    };
    return {
      answer: ok(await expand(tx, renderPayout(canceled), paths, [renderTransaction(booking.transaction)])),
      writes: { payouts: [canceled], ...bookingWrites([booking]) },
      events: [payoutEvent('payout.canceled', canceled)],
    };
  });
};

/** `POST /v1/payouts/:id`: adds to the metadata. */
export const updatePayout: Handler = async (context) => {
  const { metadata, expand: paths } = parseParameters(updateParameters, context.request.input);
  return context.transact(async (tx) => {
    const payout = await lockPayout(tx, context.request.ids.id ?? '', context.request.account);
    const updated: PayoutRow = { ...payout, metadata: { ...payout.metadata, ...metadata } };
    return {
      answer: ok(await expand(tx, renderPayout(updated), paths)),
      writes: { payouts: [updated] },
      events: [payoutEvent('payout.updated', updated)],
    };
  });
};

async function lockPayout(tx: Tx, id: string, owner: string | null): Promise<PayoutRow> {
  const [payout] = await tx.rows<PayoutRow>('lock_payout', LOCK, [id, owner]);
  if (!payout) throw missing('payout', id);
  return payout;
}
