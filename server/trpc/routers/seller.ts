import { z } from 'zod';
import { getDispute, listDisputes } from '#disputes';
import { assert } from '#kernel';
import { accountCode, findAccounts, listEntries, listTransactionsOf } from '#ledger';
import { getSellerPayment, listSellerPayments } from '#payments';
import { getRefund, listRefunds } from '#refunds';
import { explainWallet, getWallet, KIND_OF_PART, type WalletPart } from '#wallet';
import { router } from '../init.ts';
import { anyId, currency, cursor, paymentFilter } from '../inputs.ts';
import { once } from '../once.ts';
import { sellerProcedure } from '../seller-procedure.ts';
import { disputesOfSeller, refundOfSeller } from '../seller-views.ts';
import { statementLines } from '../statement-lines.ts';
import { transactionCard } from '../views.ts';
import { acceptInput, answer, disputeFilter, disputeId, evidenceInput } from './disputes.ts';
import { sellerPayoutsRouter } from './payouts.ts';
import { preview, refundFilter, request, requestInput, wishInput } from './refunds.ts';

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
  payouts: sellerPayoutsRouter,

  /** Lines of the ledger, newest first; empty as long as nothing was sold. */
  statement: sellerProcedure.input(statementInput).query(async ({ ctx, input }) => {
    const { account } = input;
    const accountId = account
      ? accountCode({ kind: KIND_OF_PART[account.part], ownerId: ctx.sellerId, currency: account.currency })
      : ctx.sellerId;
    if ((await findAccounts(accountId)).length === 0) return { lines: [], nextCursor: null };
    const { entries, nextCursor } = await listEntries({ accountId, cursor: input.cursor });
    return { lines: await statementLines(entries), nextCursor };
  }),

  payments: sellerProcedure.input(paymentFilter).query(({ ctx, input }) => listSellerPayments(ctx.sellerId, input)),

  /** One order of this seller with its history and what it did to the books; another seller's is `not_found`. */
  payment: sellerProcedure.input(z.strictObject({ paymentOrderId: anyId })).query(async ({ ctx, input }) => {
    const detail = await getSellerPayment(ctx.sellerId, input.paymentOrderId);
    const { rows: refunds } = await listRefunds({ sellerId: ctx.sellerId, of: input.paymentOrderId });
    const transactions = await listTransactionsOf([input.paymentOrderId, ...refunds.map((refund) => refund.id)]);
    return { ...detail, refunds: refunds.map(refundOfSeller), transactions: transactions.map(transactionCard) };
  }),

  /** Disputes of charges that paid an order of the seller; answered by the seller where the whole charge is theirs. */
  disputes: router({
    list: sellerProcedure.input(disputeFilter).query(async ({ ctx, input }) => {
      const page = await listDisputes({ ...input, sellerId: ctx.sellerId });
      return { ...page, rows: await disputesOfSeller(ctx.sellerId, page.rows) };
    }),
    get: sellerProcedure.input(disputeId).query(async ({ ctx, input }) => {
      const dispute = await getDispute(input.id, { sellerId: ctx.sellerId });
      const [shown] = await disputesOfSeller(ctx.sellerId, [dispute]);
      assert(shown, 'one goes in, one comes out');
      return shown;
    }),
    submitEvidence: sellerProcedure
      .input(evidenceInput)
      .mutation(
        once(null, ({ ctx, input, keyed }) =>
          answer(ctx.actor, input.id, input.evidence, { sellerId: ctx.sellerId }, keyed),
        ),
      ),
    accept: sellerProcedure
      .input(acceptInput)
      .mutation(
        once(null, ({ ctx, input, keyed }) => answer(ctx.actor, input.id, null, { sellerId: ctx.sellerId }, keyed)),
      ),
  }),

  /** Refunds of the seller's own orders; another seller's are `not_found`. */
  refunds: router({
    list: sellerProcedure.input(refundFilter).query(async ({ ctx, input }) => {
      const page = await listRefunds({ ...input, sellerId: ctx.sellerId });
      return { ...page, rows: page.rows.map(refundOfSeller) };
    }),
    get: sellerProcedure
      .input(z.strictObject({ id: anyId }))
      .query(async ({ ctx, input }) => refundOfSeller(await getRefund(input.id, { sellerId: ctx.sellerId }))),
    preview: sellerProcedure.input(wishInput).query(({ ctx, input }) => preview(input, { sellerId: ctx.sellerId })),
    request: sellerProcedure.input(requestInput).mutation(
      once(null, async ({ ctx, input, keyed }) => ({
        requestId: await request(ctx.actor, input, { sellerId: ctx.sellerId }, keyed),
      })),
    ),
  }),
});
