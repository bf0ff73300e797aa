import { z } from 'zod';
import { STAFF } from '#auth';
import { formatMinor } from '#kernel';
import { CHART, findAccounts, listEntries, listTransactionsOf, trialBalance } from '#ledger';
import { askAgain, closeDeadLetter, getPaymentDetail, listCheckouts, unknownPayments } from '#payments';
import { closeRefundLetter, listRefundsOf, retryRefund } from '#refunds';
import { inboxHealth, listDeadLetters, listWebhooksOf, redriveWebhook } from '#webhooks';
import { procedureFor, router } from '../init.ts';
import { anyId, cursor, paymentFilter } from '../inputs.ts';
import { entryLine, transactionCard } from '../views.ts';

const staffProcedure = procedureFor(...STAFF);

const payments = router({
  list: staffProcedure.input(paymentFilter).query(({ input }) => listCheckouts(input)),

  /** Everything known about a payment, by its checkout's id or one of its orders'. */
  get: staffProcedure.input(z.strictObject({ id: anyId })).query(async ({ input }) => {
    const detail = await getPaymentDetail(input.id);
    const attemptIds = detail.attempts.map((attempt) => attempt.id);
    const orderIds = detail.checkout.orders.map((order) => order.paymentOrderId);
    const refunds = await listRefundsOf(attemptIds);
    const [webhooks, transactions] = await Promise.all([
      listWebhooksOf(attemptIds),
      listTransactionsOf([...orderIds, ...attemptIds, ...refunds.map((refund) => refund.id)]),
    ]);
    return { ...detail, refunds, webhooks, transactions: transactions.map(transactionCard) };
  }),
});

const ledger = router({
  trialBalance: staffProcedure.query(async () => {
    const { balanced, currencies, asOf } = await trialBalance();
    return {
      balanced,
      asOf,
      currencies: currencies.map(({ currency, balanced, debitsMinor, creditsMinor, differenceMinor, lines }) => ({
        currency,
        balanced,
        debits: formatMinor(debitsMinor, currency),
        credits: formatMinor(creditsMinor, currency),
        difference: formatMinor(differenceMinor, currency),
        lines: lines.map((line) => ({
          kind: line.kind,
          holds: CHART[line.kind].holds,
          accounts: line.accounts,
          debits: formatMinor(line.debitsMinor, currency),
          credits: formatMinor(line.creditsMinor, currency),
        })),
      })),
    };
  }),

  /** The statement of an owner (`seller_456`, `platform`) or of one account (`platform_fees:platform:USD`). */
  statement: staffProcedure
    .input(z.strictObject({ accountId: anyId, cursor: cursor.optional() }))
    .query(async ({ input }) => {
      const { entries, nextCursor } = await listEntries(input);
      const accounts = await findAccounts(input.accountId);
      return {
        accounts: accounts.map(({ code, kind, currency, balanceMinor }) => ({
          code,
          kind,
          currency,
          balance: formatMinor(balanceMinor, currency),
        })),
        lines: entries.map(entryLine),
        nextCursor,
      };
    }),
});

/** Who may act on what gave up; the rest of the staff reads. */
const operatorProcedure = procedureFor('finance', 'admin');

const reason = z.string().trim().min(3).max(500);

const deadLetters = router({
  list: staffProcedure.query(() => listDeadLetters()),

  /** Has the PSP asked again, a webhook handled again, or a failed refund made again. Harmless to repeat: what is known already changes nothing. */
  tryAgain: operatorProcedure
    .input(
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('attempt'), subjectId: anyId, reason }),
        z.strictObject({ kind: z.literal('refund'), subjectId: anyId, reason }),
        z.strictObject({ kind: z.literal('webhook'), subjectId: z.string().regex(/^[1-9][0-9]{0,17}$/), reason }),
      ]),
    )
    .mutation(async ({ ctx, input }) => {
      const actor = `user:${ctx.actor.userId}`;
      if (input.kind === 'attempt') await askAgain(input.subjectId, actor, input.reason);
      else if (input.kind === 'refund') await retryRefund(input.subjectId, actor, input.reason);
      else await redriveWebhook(BigInt(input.subjectId), actor, input.reason);
    }),

  /** Puts a definite failure aside, with a reason that stays on record. */
  close: operatorProcedure
    .input(z.strictObject({ kind: z.enum(['attempt', 'refund']).default('attempt'), subjectId: anyId, reason }))
    .mutation(({ ctx, input }) => {
      const close = input.kind === 'refund' ? closeRefundLetter : closeDeadLetter;
      return close(input.subjectId, `user:${ctx.actor.userId}`, input.reason);
    }),
});

/** The operator's console. Every role of the platform's staff may read it. */
export const adminRouter = router({
  /** The figures that tell at a glance whether somebody has to act. */
  overview: staffProcedure.query(async () => {
    const [books, unknown, inbox, letters] = await Promise.all([
      trialBalance(),
      unknownPayments(),
      inboxHealth(),
      listDeadLetters(),
    ]);
    return {
      asOf: books.asOf,
      books: {
        balanced: books.balanced,
        currencies: books.currencies.map(({ currency, debitsMinor, differenceMinor }) => ({
          currency,
          turnover: formatMinor(debitsMinor, currency),
          difference: formatMinor(differenceMinor, currency),
        })),
      },
      unknown,
      inbox,
      deadLetters: { count: letters.total, newestCause: letters.rows[0]?.cause ?? null },
    };
  }),
  deadLetters,
  payments,
  ledger,
});
