import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lanePool } from '#db';
import { type AccountKind, createPosting, PLATFORM, postBatch } from '#ledger';
import type { PaymentSystem } from '#testing';
import { checkBooks } from './night.ts';
import { openMonth, playMonth } from './play-month.ts';

const HAPPENS = [
  ...['order SUCCESS', 'order FAILED', 'refund of all that is left', 'refund of a part', 'day reconciled'],
  ...[
    'payout requested',
    'payout requested, refused: seller_not_payable',
    'payout requested, refused: payout_below_minimum',
  ],
];
let system: PaymentSystem;

beforeAll(async () => {
  system = await openMonth();
});
afterAll(() => system.stop());

const reconcile = async (...args: string[]) => {
  const run = promisify(execFile)(process.execPath, ['scripts/reconcile.ts', ...args]);
  const { stdout, code } = await run.then(
    ({ stdout }) => ({ stdout, code: 0 }),
    (error: { stdout: string; code: number }) => error,
  );
  return { lines: stdout.trim().split('\n'), code };
};

test('twelve days of a shop: every evening the books hold, and every clearing account is its open items to the cent', {
  timeout: 120_000,
}, async () => {
  const report = await playMonth(system, { seed: 1n, days: 12, ordersPerDay: 6 });
  expect(report.violations).toEqual([]);
  // What a month is about has happened, and accounts of most kinds have something open.
  expect(Object.keys(report.sometimes)).toEqual(expect.arrayContaining(HAPPENS));
  expect(new Set(report.accounts.map((one) => one.kind)).size).toBeGreaterThan(5);
  expect(report.differences).toMatchObject({ unexplained: [] });
  expect(report.differences.closedByMatch).toBeGreaterThan(0);

  const { lines, code } = await reconcile('--open-items');
  expect(code).toBe(0);
  expect(lines.at(-1)).toBe(
    `${report.accounts.length} of ${report.accounts.length} clearing accounts are their open items`,
  );
});

test('a booking that nothing explains is named, by the month and by npm run reconcile', async () => {
  const account = (kind: AccountKind) => ({ kind, ownerId: PLATFORM, currency: 'JPY' as const });
  const stray = createPosting({
    ...{ kind: 'psp_settled', sourceId: 'nothing_that_happened', effectiveAt: new Date() },
    legs: [
      { account: account('psp_clearing'), amountMinor: 1n },
      { account: account('bank_cash'), amountMinor: -1n },
    ],
  });
  await postBatch(lanePool(), [stray]);
  const found = await checkBooks({ system }, 'later');
  expect(found.filter((one) => one.what === 'open items').map((one) => one.detail)).toEqual([
    expect.stringMatching(/^later: psp_clearing:platform:JPY is -?\d+, of which 1 has no reason$/),
    expect.stringMatching(/^later: bank_cash:platform:JPY is -?\d+, of which -1 has no reason$/),
  ]);
  const { lines, code } = await reconcile();
  expect(code).toBe(1);
  expect(lines).toContainEqual(expect.stringMatching(/psp_clearing:platform:JPY = \d+ open items?, UNEXPLAINED 1$/));
});
