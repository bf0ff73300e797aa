import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lanePool, pool } from '#db';
import { orderCaptured, postBatch } from '#ledger';
import { createTestDatabase, type MigratedDatabase, openOwnerPool } from '#testing';
import { explainWallet, type WhyItem } from './explain-wallet.ts';
import { getWallet } from './wallet.ts';

let database: MigratedDatabase;
let owner: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase('wallet');
  process.env.DATABASE_URL = database.url;
  owner = openOwnerPool(database.url, 1);
  await pool().query(`insert into sellers (id, display_name) values ('seller_new', 'New'), ('seller_1', 'One')`);
  const sale = { buyerId: 'user_1', sellerId: 'seller_1', capturedAt: new Date() };
  await postBatch(lanePool(), [
    orderCaptured({
      ...sale,
      paymentOrderId: 'order_1',
      gross: { amountMinor: 2_999n, currency: 'USD' },
      commissionMinor: 75n,
    }),
    orderCaptured({
      ...sale,
      paymentOrderId: 'order_2',
      gross: { amountMinor: 4_000n, currency: 'JPY' },
      commissionMinor: 100n,
    }),
  ]);
});

afterAll(async () => {
  await Promise.all([owner.end(), pool().end(), lanePool().end()]);
  await database.drop();
});

test('a wallet is the sum of the ledger: gross less commission, pending until it is available', async () => {
  expect(await getWallet('seller_1')).toMatchObject({
    accountId: 'seller_1',
    balances: [
      {
        currency: 'JPY',
        available: '0',
        pending: '3900',
        reserved: '0',
        inPayout: '0',
        total: '3900',
        receivable: '0',
      },
      {
        currency: 'USD',
        available: '0.00',
        pending: '29.24',
        reserved: '0.00',
        inPayout: '0.00',
        total: '29.24',
        receivable: '0.00',
      },
    ],
  });
});

test('an account code selects one account', async () => {
  expect((await getWallet('seller_pending:seller_1:JPY')).balances.map((balance) => balance.total)).toEqual(['3900']);
});

test('a seller that never sold has an empty wallet; an id nobody knows is not_found', async () => {
  expect(await getWallet('seller_new')).toEqual({ accountId: 'seller_new', balances: [], accounts: [] });
  await expect(getWallet('seller_nobody')).rejects.toMatchObject({ code: 'not_found' });
});

describe('the parts of what is pending', () => {
  const DAY = 86_400_000;
  const soon = new Date('2030-01-02T00:00:00Z');

  beforeAll(async () => {
    // Orders as a capture leaves them: the ledger above, and what the seller waits for.
    await owner.query(`insert into order_funds (payment_order_id, seller_id, currency, earned_minor, pending_minor, available_on) values
      ('order_1', 'seller_1', 'USD', 2924, 2924, null), ('order_2', 'seller_1', 'JPY', 3900, 3900, '2030-01-02')`);
    await owner.query(`set session_replication_role = replica; insert into captures
      (payment_order_id, attempt_id, psp_charge_id, amount_minor, currency) select payment_order_id, 'att', 'ch', earned_minor, currency
      from order_funds; set session_replication_role = origin`);
  });

  test('each has the day on which it can be paid out, or none while the provider has not said', async () => {
    const { balances } = await getWallet('seller_1');
    expect(balances.map(({ pending, pendingParts }) => [pending, pendingParts])).toEqual([
      ['3900', [{ availableOn: soon, amount: '3900' }]],
      ['29.24', [{ availableOn: null, amount: '29.24' }]],
    ]);
    expect((await getWallet('seller_pending:seller_1:JPY')).balances[0]?.pendingParts).toHaveLength(1);
  });

  test('what makes a number is listed in pages that add up to it', async () => {
    for (let day = 1; day <= 5; day += 1) {
      const paymentOrderId = `order_of_day_${day}`;
      await postBatch(lanePool(), [
        orderCaptured({
          paymentOrderId,
          buyerId: 'user_1',
          sellerId: 'seller_1',
          gross: { amountMinor: 1_000n, currency: 'EUR' },
          commissionMinor: BigInt(day),
          capturedAt: new Date(),
        }),
      ]);
      // Two have no day yet.
      const on = day > 3 ? null : new Date(soon.getTime() + (day % 2) * DAY);
      await owner.query(
        `insert into order_funds (payment_order_id, seller_id, currency, earned_minor, pending_minor, available_on) values ($1, 'seller_1', 'EUR', $2, $2, $3)`,
        [paymentOrderId, 1_000 - day, on],
      );
      await owner.query(`set session_replication_role = replica; insert into captures
        (payment_order_id, attempt_id, psp_charge_id, amount_minor, currency) values ('${paymentOrderId}', 'att', 'ch', 1000, 'EUR');
        set session_replication_role = origin`);
    }
    await expect(explainWallet({ ...EURO, part: 'available' })).rejects.toMatchObject({ code: 'not_found' });
    const items: WhyItem[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await explainWallet({ ...EURO, part: 'pending', limit: 2, cursor });
      expect(page.amount).toBe('49.85');
      items.push(...page.items);
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(items.map((item) => item.sourceId)).toEqual([2, 1, 3, 4, 5].map((day) => `order_of_day_${day}`));
    expect(items.reduce((sum, item) => sum + BigInt(item.amount.replace('.', '')), 0n)).toBe(4_985n);
    await expect(explainWallet({ ...EURO, part: 'pending', cursor: 'nonsense' })).rejects.toMatchObject({
      code: 'validation_failed',
    });
  });

  test('a wallet of the past is as the books stood then', async () => {
    const { rows } = await owner.query<{ at: Date }>(
      `select recorded_at as at from ledger_transactions where source_id = 'order_of_day_2'`,
    );
    const at = new Date((rows[0]?.at.getTime() ?? 0) + 1);
    const euro = (await getWallet('seller_1', at)).balances.find(({ currency }) => currency === 'EUR');
    expect(euro).toMatchObject({ pending: '19.97', total: '19.97', pendingParts: [] });
    expect((await getWallet('seller_1', new Date(0))).balances).toEqual([]);
    await expect(getWallet('seller_nobody', at)).rejects.toMatchObject({ code: 'not_found' });
  });
});

const EURO = { accountId: 'seller_1', currency: 'EUR' as const };
