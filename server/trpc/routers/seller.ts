import { z } from 'zod';
import { type Actor, requireRole } from '#auth';
import { assert } from '#kernel';
import { accountCode, findAccounts, listEntries, listTransactionsOf } from '#ledger';
import { getSellerPayment, listSellerPayments } from '#payments';
import { explainWallet, getWallet, KIND_OF_PART, type WalletPart } from '#wallet';
import { publicProcedure, router } from '../init.ts';
import { anyId, currency, cursor, paymentFilter } from '../inputs.ts';
import { entryLine, transactionCard } from '../views.ts';

/** Sellers only, and each for the seller they belong to: the id comes from the session, never from the request. */
const sellerProcedure = publicProcedure.use(({ ctx, next }) => {
  const actor = requireRole(ctx.actor, ['seller']);
  return next({ ctx: { ...ctx, actor, sellerId: sellerOf(actor) } });
});

function sellerOf(actor: Actor): string {
  assert(actor.sellerId, 'the database gives every seller login a seller');
  return actor.sellerId;
}

const PARTS = Object.keys(KIND_OF_PART) as [WalletPart, ...WalletPart[]];

const statementInput = z.strictObject({
  /** One part of the wallet in one currency; left out: every account of the seller. */
  account: z.strictObject({ part: z.enum(PARTS), currency }).optional(),
  cursor: cursor.optional(),
});

export const sellerRouter = router({
  wallet: sellerProcedure.query(async ({ ctx }) => {
    const { accountId, balances } = await getWallet(ctx.sellerId);
    return { accountId, balances };
  }),

  /** What a number of the wallet is made of, in pages. */
  why: sellerProcedure
    .input(z.strictObject({ part: z.enum(PARTS), currency, cursor: cursor.optional() }))
    .query(({ ctx, input }) => explainWallet({ accountId: ctx.sellerId, ...input })),

  /** Lines of the ledger, newest first; empty as long as nothing was sold. */
  statement: sellerProcedure.input(statementInput).query(async ({ ctx, input }) => {
    const { account } = input;
    const accountId = account
      ? accountCode({ kind: KIND_OF_PART[account.part], ownerId: ctx.sellerId, currency: account.currency })
      : ctx.sellerId;
    if ((await findAccounts(accountId)).length === 0) return { lines: [], nextCursor: null };
    const { entries, nextCursor } = await listEntries({ accountId, cursor: input.cursor });
    return { lines: entries.map(entryLine), nextCursor };
  }),

  payments: sellerProcedure.input(paymentFilter).query(({ ctx, input }) => listSellerPayments(ctx.sellerId, input)),

  /** One order of this seller with its history and what it did to the books; another seller's is `not_found`. */
  payment: sellerProcedure.input(z.strictObject({ paymentOrderId: anyId })).query(async ({ ctx, input }) => {
    const detail = await getSellerPayment(ctx.sellerId, input.paymentOrderId);
    const transactions = await listTransactionsOf([input.paymentOrderId]);
    return { ...detail, transactions: transactions.map(transactionCard) };
  }),
});
