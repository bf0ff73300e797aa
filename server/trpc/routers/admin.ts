import { z } from 'zod';
import { openAlerts } from '#audit';
import { STAFF } from '#auth';
import { listDeadLetters } from '#dead-letters';
import { listDisputes } from '#disputes';
import { formatMinor } from '#kernel';
import { CHART, findAccounts, listEntries, listTransactionsOf, trialBalance } from '#ledger';
import { getPaymentDetail, listCheckouts, listFeePlans, unknownPayments } from '#payments';
import { listPspHealth, psp } from '#psp';
import { listRefundsOf } from '#refunds';
import { listDelays } from '#settlement';
import { inboxHealth, listWebhooksOf } from '#webhooks';
import { procedureFor, router } from '../init.ts';
import { anyId, cursor, paymentFilter } from '../inputs.ts';
import { statementLines } from '../statement-lines.ts';
import { transactionCard } from '../views.ts';
import { booksRouter } from './books.ts';
import { deadLettersRouter } from './dead-letters.ts';
import { disputesRouter } from './disputes.ts';
import { adminPayoutsRouter } from './payouts.ts';
import { reconciliationRouter } from './reconciliation.ts';
import { refundsRouter } from './refunds.ts';

const staffProcedure = procedureFor(...STAFF);

const payments = router({
  list: staffProcedure.input(paymentFilter).query(({ input }) => listCheckouts(input)),

  /** Everything known about a payment, by its checkout's id or one of its orders'. */
  get: staffProcedure.input(z.strictObject({ id: anyId })).query(async ({ input }) => {
    const detail = await getPaymentDetail(input.id);
    const attemptIds = detail.attempts.map((attempt) => attempt.id);
    const orderIds = detail.checkout.orders.map((order) => order.paymentOrderId);
    const [refunds, disputes] = await Promise.all([
      listRefundsOf(attemptIds),
      listDisputes({ of: detail.checkout.checkoutId }),
    ]);
    const sources = [...refunds, ...disputes.rows].map((one) => one.id);
    const [webhooks, transactions] = await Promise.all([
      listWebhooksOf(attemptIds),
      listTransactionsOf([...orderIds, ...attemptIds, ...sources]),
    ]);
    return { ...detail, refunds, disputes: disputes.rows, webhooks, transactions: transactions.map(transactionCard) };
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
        lines: await statementLines(entries),
        nextCursor,
      };
    }),
});

/** The operator's console. Every role of the platform's staff may read it. */
export const adminRouter = router({
  books: booksRouter,
  /** The figures that tell at a glance whether somebody has to act. */
  overview: staffProcedure.query(async () => {
    const [books, unknown, inbox, letters, others, alerts] = await Promise.all([
      trialBalance(),
      unknownPayments(),
      inboxHealth(),
      listDeadLetters(),
      listPspHealth(),
      openAlerts(),
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
      provider: [{ process: 'console', ...ownBreaker() }, ...others],
      deadLetters: { count: letters.total, newestCause: letters.rows[0]?.cause ?? null },
      alerts,
    };
  }),
  deadLetters: deadLettersRouter,
  reconciliation: reconciliationRouter,
  payments,
  payouts: adminPayoutsRouter,
  refunds: refundsRouter,

  /** What the platform keeps of an order, and how long a seller waits for the rest. */
  terms: staffProcedure.query(async () => {
    const [plans, delays] = await Promise.all([listFeePlans(), listDelays()]);
    return { plans: plans.plans, delays: delays.delays, more: plans.more || delays.more };
  }),
  disputes: disputesRouter,
  ledger,
});

/** What this process, which serves the console, sees of the provider; the others have written down what they see. */
function ownBreaker() {
  const { breaker, since } = psp().health();
  return { breaker, since };
}
