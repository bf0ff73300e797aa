import { z } from 'zod';
import { renderTransaction } from '../books/render-transaction.ts';
import { renderCharge } from '../charges/render-charge.ts';
import type { RefundRow } from '../database/rows.ts';
import type { Tx } from '../database/store.ts';
import { ok } from '../http/answer.ts';
import { expand } from '../http/expand.ts';
import { expandable, parseParameters, wireMetadata } from '../http/form.ts';
import { missing, unexpectedState } from '../http/stripe-error.ts';
import type { Handler } from '../requests/request.ts';
import { refundEvent } from './create-refund.ts';
import { type LockedCharge, lockCharge } from './lock-charge.ts';
import { renderRefund } from './render-refund.ts';
import { returnRefund } from './return-refund.ts';

const REFUND = 'select * from refunds where id = $1';
const updateParameters = z.strictObject({ metadata: wireMetadata.default({}), expand: expandable });
const cancelParameters = z.strictObject({ expand: expandable });

/** `POST /v1/refunds/:id`: metadata is all that can be changed. */
export const updateRefund: Handler = async (context) => {
  const { metadata, expand: paths } = parseParameters(updateParameters, context.request.input);
  return context.transact(async (tx) => {
    const { refund } = await lockRefund(tx, context.request.ids.id ?? '');
    const updated: RefundRow = { ...refund, metadata: { ...refund.metadata, ...metadata } };
    return {
      answer: ok(await expand(tx, renderRefund(updated), paths)),
      writes: { refunds: [updated] },
      events: [refundEvent('refund.updated', updated)],
    };
  });
};

/** `POST /v1/refunds/:id/cancel`: calls a refund back that has not reached the shopper; its money comes back. */
export const cancelRefund: Handler = async (context) => {
  const { expand: paths } = parseParameters(cancelParameters, context.request.input);
  return context.transact(async (tx) => {
    const { refund, locked } = await lockRefund(tx, context.request.ids.id ?? '');
    if (refund.status !== 'pending') {
      const message = `You cannot cancel this refund because it has a status of ${refund.status}.`;
      throw unexpectedState('resource_invalid_state', message);
    }
    const { returned, writes } = returnRefund(refund, locked, { status: 'canceled', failure_reason: null });
    const fresh = [
      ...(writes.book_transactions ?? []).map(renderTransaction),
      ...(writes.charges ?? []).map(renderCharge),
    ];
    return {
      answer: ok(await expand(tx, renderRefund(returned), paths, fresh)),
      writes,
      events: [refundEvent('refund.updated', returned)],
    };
  });
};

/** A refund under the lock of its charge. Throws Stripe's 404. */
async function lockRefund(tx: Tx, id: string): Promise<{ refund: RefundRow; locked: LockedCharge }> {
  const [found] = await tx.rows<RefundRow>('refund', REFUND, [id]);
  const locked = found && (await lockCharge(tx, found.charge));
  const [refund] = locked ? await tx.rows<RefundRow>('refund', REFUND, [id]) : [];
  if (!locked || !refund) throw missing('refund', id, 'id');
  return { refund, locked };
}
