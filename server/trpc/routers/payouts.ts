import { z } from 'zod';
import { actorNames, STAFF } from '#auth';
import { parseAmount } from '#kernel';
import {
  addBankAccount,
  approvePayout,
  cancelPayout,
  getPayout,
  getPayoutSettings,
  listPayouts,
  PAYOUT_STATES,
  type PayoutFilter,
  type PayoutState,
  payoutStatement,
  payoutStatementCsv,
  requestPayout,
  setPayoutSchedule,
  unverifiedSellers,
  verifySeller,
} from '#payouts';
import { procedureFor, router } from '../init.ts';
import { anyId, currency, cursor, idempotencyKey } from '../inputs.ts';
import { once } from '../once.ts';
import { sellerProcedure } from '../seller-procedure.ts';

const staffProcedure = procedureFor(...STAFF);
/** Who decides about payouts and sellers; the rest of the staff reads. */
const deciderProcedure = procedureFor('finance', 'approver', 'admin');

const reason = z.string().trim().min(3).max(500);
const states = z
  .array(z.enum(PAYOUT_STATES as unknown as [PayoutState, ...PayoutState[]]))
  .min(1)
  .max(PAYOUT_STATES.length)
  .optional();
const filter = { states, cursor: cursor.optional() };
const one = z.strictObject({ payoutId: anyId });
const bankToken = z.string().regex(/^btok_[A-Za-z0-9_]{1,200}$/);
const schedule = z.discriminatedUnion('every', [
  z.strictObject({ every: z.enum(['manual', 'daily']), onDay: z.null() }),
  z.strictObject({ every: z.literal('weekly'), onDay: z.int().min(1).max(7) }),
  z.strictObject({ every: z.literal('monthly'), onDay: z.int().min(1).max(31) }),
]);

const asUser = ({ actor }: { readonly actor: { readonly userId: string } }) => `user:${actor.userId}`;

/** A seller's own payouts. */
export const sellerPayoutsRouter = router({
  settings: sellerProcedure.query(({ ctx }) => getPayoutSettings(ctx.sellerId)),
  list: sellerProcedure
    .input(z.strictObject(filter))
    .query(({ ctx, input }) => listWithNames({ ...input, sellerId: ctx.sellerId }, ctx.sellerId)),

  /** With its history and the lines it pays; another seller's is `not_found`. */
  get: sellerProcedure.input(one).query(({ ctx, input }) => withStatement(input.payoutId, ctx.sellerId)),
  statementCsv: sellerProcedure
    .input(one)
    .query(async ({ ctx, input }) => payoutStatementCsv(await payoutStatement(input.payoutId, ctx.sellerId))),

  /** Without an amount: all that is available. */
  request: sellerProcedure
    .input(z.strictObject({ currency, amount: z.string().max(20).optional(), idempotencyKey }))
    .mutation(
      once(null, async ({ ctx, input, keyed }) => {
        const { sellerId } = ctx;
        const amountMinor = input.amount === undefined ? null : parseAmount(input.amount, input.currency).amountMinor;
        const wish = { sellerId, currency: input.currency, amountMinor, requestedBy: asUser(ctx), keyed };
        return { payoutId: await requestPayout(wish) };
      }),
    ),

  cancel: sellerProcedure.input(one.extend({ idempotencyKey })).mutation(
    once(null, ({ ctx, input, keyed }) =>
      cancelPayout(input.payoutId, {
        actor: asUser(ctx),
        reason: 'called off by the seller',
        sellerId: ctx.sellerId,
        keyed,
      }),
    ),
  ),

  /** The number went from the browser to the provider; here comes the token for it. */
  addBankAccount: sellerProcedure.input(z.strictObject({ currency, token: bankToken, idempotencyKey })).mutation(
    once(null, async ({ ctx, input, keyed }) => ({
      bankAccountId: await addBankAccount({ ...input, sellerId: ctx.sellerId, actor: asUser(ctx), keyed }),
    })),
  ),

  setSchedule: sellerProcedure
    .input(z.strictObject({ schedule, idempotencyKey }))
    .mutation(
      once(null, ({ ctx, input, keyed }) => setPayoutSchedule(ctx.sellerId, input.schedule, asUser(ctx), keyed)),
    ),
});

/** All payouts, for those who operate the platform. */
export const adminPayoutsRouter = router({
  list: staffProcedure
    .input(z.strictObject({ ...filter, sellerId: anyId.optional() }))
    .query(({ input }) => listWithNames(input)),
  get: staffProcedure.input(one).query(({ input }) => withStatement(input.payoutId)),

  /** A second person's yes, for a payout above the limit. */
  approve: deciderProcedure
    .input(one.extend({ idempotencyKey }))
    .mutation(once(null, ({ ctx, input, keyed }) => approvePayout(input.payoutId, { actor: asUser(ctx), keyed }))),

  cancel: deciderProcedure
    .input(one.extend({ reason, idempotencyKey }))
    .mutation(
      once(null, ({ ctx, input, keyed }) =>
        cancelPayout(input.payoutId, { actor: asUser(ctx), reason: input.reason, keyed }),
      ),
    ),

  unverifiedSellers: staffProcedure.query(() => unverifiedSellers()),
  verifySeller: deciderProcedure
    .input(z.strictObject({ sellerId: anyId, reason, idempotencyKey }))
    .mutation(once(null, ({ ctx, input, keyed }) => verifySeller(input.sellerId, asUser(ctx), input.reason, keyed))),
});

/** `viewer` is the seller who reads; staff read every name. */
async function listWithNames(filter: PayoutFilter, viewer?: string) {
  const page = await listPayouts(filter);
  return {
    ...page,
    names: await actorNames(
      page.rows.map((row) => row.requestedBy),
      viewer,
    ),
  };
}

async function withStatement(payoutId: string, sellerId?: string) {
  const [payout, { lines }] = await Promise.all([getPayout(payoutId, sellerId), payoutStatement(payoutId, sellerId)]);
  const actors = [payout.requestedBy, payout.approvedBy ?? [], payout.steps.map((step) => step.actor)].flat(2);
  return { ...payout, lines, names: await actorNames(actors, sellerId) };
}
