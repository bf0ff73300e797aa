import type { PlantedBug } from '../bug.ts';

const OUTCOMES = 'server/payments/outcomes.db.test.ts';
const TAKE = 'server/payments/take-payment.db.test.ts';
const REGRESSIONS = 'server/resilience/regressions.db.test.ts';

/** Amounts, shares, postings, captures. */
export const MONEY_BUGS: readonly PlantedBug[] = [
  {
    id: 'float-commission',
    core: true,
    what: 'the commission is worked out with floats and rounded',
    patches: [
      {
        file: 'server/kernel/money.ts',
        find: '(grossMinor * BigInt(rateBasisPoints)) / BASIS_POINTS;',
        replace: 'BigInt(Math.round(Number(grossMinor) * (rateBasisPoints / 10_000)));',
      },
    ],
    tests: ['server/kernel/money.test.ts'],
  },
  {
    id: 'float-amounts',
    core: true,
    what: 'an amount is parsed as a float: 4.35 becomes 434',
    patches: [
      {
        file: 'server/kernel/money.ts',
        find: "BigInt(whole + fraction.padEnd(exponent, '0'));",
        replace: "BigInt(Math.trunc(Number(whole + '.' + fraction) * 10 ** exponent));",
      },
    ],
    tests: ['server/kernel/money.test.ts'],
  },
  {
    id: 'credit-gross',
    core: true,
    what: 'the seller is credited the gross, and the platform its commission out of nothing',
    patches: [
      {
        file: 'server/ledger/postings.ts',
        find: 'amountMinor: order.commissionMinor - amountMinor,',
        replace: 'amountMinor: -amountMinor,',
      },
      {
        file: 'server/ledger/postings.ts',
        find: 'amountMinor: -order.commissionMinor }',
        replace: 'amountMinor: 0n }',
      },
    ],
    tests: [TAKE],
  },
  {
    id: 'wrong-leg-unchecked',
    core: true,
    what: 'a leg is off by a unit, and neither the constructor nor the database adds up',
    patches: [
      {
        file: 'server/ledger/postings.ts',
        find: 'amountMinor: order.commissionMinor - amountMinor,',
        replace: 'amountMinor: order.commissionMinor - amountMinor - 1n,',
      },
      {
        file: 'server/ledger/postings.ts',
        find: 'for (const [currency, sum] of sums) assert(sum === 0n,',
        replace: 'for (const [currency, sum] of sums) void (sum === 0n,',
      },
    ],
    sql: 'drop trigger ledger_entries_checked on ledger_entries',
    tests: [TAKE],
  },
  {
    id: 'amount-unchecked',
    core: true,
    what: 'a charge of another amount than was asked for is credited',
    patches: [
      {
        file: 'server/payments/decide-outcome.ts',
        find: 'news.amountMinor !== attempt.amountMinor || news.currency',
        replace: 'news.currency',
      },
    ],
    tests: [OUTCOMES],
  },
  {
    id: 'currency-unchecked',
    core: true,
    what: 'a charge in another currency than was asked for is credited',
    patches: [
      {
        file: 'server/payments/decide-outcome.ts',
        find: 'news.amountMinor !== attempt.amountMinor || news.currency !== attempt.currency',
        replace: 'news.amountMinor !== attempt.amountMinor',
      },
    ],
    tests: [OUTCOMES],
  },
  {
    id: 'late-credited',
    core: true,
    what: 'money that came after the order had failed is credited to the seller',
    patches: [
      {
        file: 'server/payments/order-state.ts',
        find: "    FAILED: ['LATE_SUCCESS'],",
        replace: "    FAILED: ['EXECUTING', 'SUCCESS'],",
      },
    ],
    tests: [OUTCOMES],
  },
  {
    id: 'late-forgotten',
    core: true,
    what: 'money that came after the order had expired is not held for the buyer',
    patches: [
      {
        file: 'server/payments/decide-outcome.ts',
        find: "      ? answering(attempt, succeeded(attempt, news, 'late', moment, how))",
        replace: '      ? nothing',
      },
    ],
    tests: [OUTCOMES],
  },
  {
    id: 'decline-is-success',
    core: true,
    what: 'a declined order becomes SUCCESS',
    patches: [
      {
        file: 'server/payments/order-state.ts',
        find: "  declined: {\n    EXECUTING: ['FAILED'],",
        replace: "  declined: {\n    EXECUTING: ['SUCCESS'],",
      },
    ],
    tests: [TAKE],
  },
  {
    id: 'capture-not-recorded',
    core: true,
    what: 'the order is paid and credited, and no capture says so',
    patches: [
      {
        file: 'server/payments/locked-payments.ts',
        find: '      ...insertCaptures(this.#captures),\n',
        replace: '',
      },
    ],
    tests: [OUTCOMES],
  },
  {
    id: 'wallet-forgets-fees',
    core: true,
    what: "the wallet counts the platform's commission as the seller's",
    patches: [
      {
        file: 'server/wallet/wallet.ts',
        find: "  seller_pending: 'pending',",
        replace: "  buyer: 'pending',",
      },
    ],
    tests: ['server/wallet/wallet.db.test.ts', 'server/wallet/wallet.test.ts'],
  },
  {
    id: 'fact-posted-twice',
    what: 'a business fact may be posted twice: the unique constraint is gone',
    sql: 'alter table ledger_transactions drop constraint ledger_transactions_one_per_fact',
    tests: ['server/testing/constraints.db.test.ts'],
  },
  {
    id: 'captured-twice',
    what: 'an order may be captured twice: the primary key is gone',
    sql: 'alter table captures drop constraint captures_one_per_order',
    tests: ['server/testing/constraints.db.test.ts'],
  },
  {
    id: 'reversed-twice',
    what: 'a transaction may be reversed twice: the partial unique index is gone',
    sql: 'drop index ledger_transactions_reversed_once',
    tests: [REGRESSIONS],
  },
  {
    id: 'books-can-be-changed',
    what: 'entries can be updated by their owner: the trigger is gone',
    sql: 'drop trigger ledger_entries_append_only on ledger_entries',
    tests: ['server/testing/constraints.db.test.ts'],
  },
];
