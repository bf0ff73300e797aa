import { z } from 'zod';
import { type Actor, STAFF } from '#auth';
import { type CurrencyCode, formatMinor, type Money, parseAmount } from '#kernel';
import {
  getRefund,
  listRefunds,
  previewRefund,
  REFUND_REASONS,
  REFUND_STATES,
  type RefundScope,
  type RefundState,
  requestRefund,
} from '#refunds';
import { procedureFor, router } from '../init.ts';
import { anyId, currency, cursor, idempotencyKey } from '../inputs.ts';
import { once } from '../once.ts';

const staffProcedure = procedureFor(...STAFF);
/** Who may give money back; the rest of the staff reads. */
const operatorProcedure = procedureFor('finance', 'admin');

/** What goes back: an order or a whole checkout, an amount or everything that is left. */
const wishFields = {
  paymentId: anyId,
  amount: z.string().max(20).optional(),
  currency: currency.optional(),
  remainderTo: anyId.optional(),
};
export const wishInput = z.strictObject(wishFields);

export const requestInput = z.strictObject({
  ...wishFields,
  reason: z.enum(REFUND_REASONS),
  note: z.string().trim().min(1).max(500).optional(),
  idempotencyKey,
});

export const refundFilter = z.strictObject({
  states: z
    .array(z.enum(REFUND_STATES as unknown as [RefundState, ...RefundState[]]))
    .min(1)
    .optional(),
  of: anyId.optional(),
  cursor: cursor.optional(),
});

type Wish = z.output<typeof wishInput>;

/** Throws the amount's own errors, such as `amount_too_precise`. */
function amountOf({ amount, currency: code }: Wish): Money | undefined {
  return amount === undefined && code === undefined ? undefined : parseAmount(amount, code);
}

/** What a refund would take, and from whom, in decimal strings. */
export async function preview(wish: Wish, scope: RefundScope) {
  const parts = await previewRefund({ ...wish, amount: amountOf(wish) }, scope);
  const decimals = (minor: bigint, of: CurrencyCode) => formatMinor(minor, of);
  return parts.map(({ order, amountMinor, commissionMinor }) => ({
    paymentOrderId: order.paymentOrderId,
    sellerId: order.sellerId,
    currency: order.currency,
    amount: decimals(amountMinor, order.currency),
    sellerBears: decimals(amountMinor - commissionMinor, order.currency),
    platformBears: decimals(commissionMinor, order.currency),
    left: decimals(order.amountMinor - order.refundedMinor - amountMinor, order.currency),
  }));
}

/** Asks for a refund as somebody who is signed in. */
export function request(
  actor: Actor,
  { paymentId, remainderTo, reason, note, ...wish }: Omit<z.output<typeof requestInput>, 'idempotencyKey'>,
  scope: RefundScope,
  keyed: Parameters<typeof requestRefund>[2],
) {
  const amount = amountOf({ paymentId, ...wish });
  return requestRefund({ paymentId, amount, remainderTo, reason, note, actor: `user:${actor.userId}` }, scope, keyed);
}

/** Refunds of every payment, for those who operate the platform. */
export const refundsRouter = router({
  list: staffProcedure.input(refundFilter).query(({ input }) => listRefunds(input)),
  get: staffProcedure.input(z.strictObject({ id: anyId })).query(({ input }) => getRefund(input.id, {})),
  preview: staffProcedure.input(wishInput).query(({ input }) => preview(input, {})),
  request: operatorProcedure
    .input(requestInput)
    .mutation(once(null, async ({ ctx, input, keyed }) => ({ requestId: await request(ctx.actor, input, {}, keyed) }))),
});
