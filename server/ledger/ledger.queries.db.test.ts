import { afterAll, beforeAll, expect, test } from 'vitest';
import { lanePool, pool } from '#db';
import { createTestDatabase, type MigratedDatabase } from '#testing';
import { type EntryView, listEntries, listTransactionsOf } from './ledger.queries.ts';
import { postBatch } from './posting-door.ts';
import { lateCaptureHeld, orderCaptured } from './postings.ts';
import { trialBalance } from './trial-balance.ts';

const ORDERS = 30;
let database: MigratedDatabase;

beforeAll(async () => {
  database = await createTestDatabase('ledger_queries');
  process.env.DATABASE_URL = database.url;
  await postBatch(
    lanePool(),
    Array.from({ length: ORDERS }, (_, index) => captured(`order_${index}`, 1_000n + BigInt(index))),
  );
  await postBatch(lanePool(), [
    lateCaptureHeld({
      attemptId: 'att_late',
      buyerId: 'user_1',
      amount: { amountMinor: 500n, currency: 'JPY' },
      capturedAt: new Date(),
    }),
  ]);
});

afterAll(async () => {
  await Promise.all([pool().end(), lanePool().end()]);
  await database.drop();
});

function captured(paymentOrderId: string, amountMinor: bigint) {
  const gross = { amountMinor, currency: 'USD' as const };
  return orderCaptured({
    paymentOrderId,
    buyerId: 'user_1',
    sellerId: 'seller_1',
    gross,
    commissionMinor: 25n,
    capturedAt: new Date(),
  });
}

async function pageThrough(accountId: string, limit: number): Promise<EntryView[]> {
  const entries: EntryView[] = [];
  let cursor: string | undefined;
  do {
    const page = await listEntries({ accountId, limit, cursor });
    entries.push(...page.entries);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return entries;
}

test('a statement read page by page holds every entry once, newest first, with a running balance that never jumps', async () => {
  const entries = await pageThrough('seller_1', 7);
  expect(entries.map((entry) => entry.seq)).toEqual(
    Array.from({ length: ORDERS }, (_, index) => BigInt(ORDERS - index)),
  );
  for (const [index, entry] of entries.entries()) {
    expect(entry.balanceAfterMinor - entry.amountMinor).toBe(entries[index + 1]?.balanceAfterMinor ?? 0n);
  }
});

test('entries posted while somebody pages do not shift or repeat a line', async () => {
  const first = await listEntries({ accountId: 'user_1', limit: 10 });
  await postBatch(lanePool(), [captured('order_meanwhile', 700n)]);
  const second = await listEntries({ accountId: 'user_1', limit: 100, cursor: first.nextCursor ?? '' });
  const seen = [...first.entries, ...second.entries].map((entry) => `${entry.accountCode} ${entry.seq}`);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toHaveLength(ORDERS + 1);
});

test("an owner's statement covers all accounts of the owner; an account code selects one", async () => {
  const codes = async (accountId: string) =>
    new Set((await pageThrough(accountId, 50)).map((entry) => entry.accountCode));
  expect(await codes('user_1')).toEqual(new Set(['buyer:user_1:USD', 'buyer:user_1:JPY']));
  expect(await codes('buyer:user_1:JPY')).toEqual(new Set(['buyer:user_1:JPY']));
});

test('an account nobody ever saw is not_found; a cursor made elsewhere is refused', async () => {
  await expect(listEntries({ accountId: 'seller_nobody' })).rejects.toMatchObject({ code: 'not_found' });
  for (const cursor of [
    '',
    'x',
    '%00',
    Buffer.from('1:1; drop table users').toString('base64url'),
    'A'.repeat(10_000),
  ]) {
    await expect(listEntries({ accountId: 'seller_1', cursor })).rejects.toMatchObject({ code: 'validation_failed' });
  }
});

test('a transaction comes whole, debits first, and its sides are equal', async () => {
  const [transaction, ...others] = await listTransactionsOf(['order_3']);
  expect(others).toEqual([]);
  expect(transaction?.entries.map((entry) => [entry.accountCode, entry.amountMinor])).toEqual([
    ['buyer:user_1:USD', 1_003n],
    ['platform_fees:platform:USD', -25n],
    ['seller_pending:seller_1:USD', -978n],
  ]);
});

test('the trial balance has equal columns in each currency', async () => {
  const { balanced, currencies } = await trialBalance();
  expect(balanced).toBe(true);
  expect(currencies.map((one) => one.currency)).toEqual(['JPY', 'USD']);
  for (const { debitsMinor, creditsMinor, differenceMinor } of currencies) {
    expect(debitsMinor).toBe(creditsMinor);
    expect(differenceMinor).toBe(0n);
  }
});
