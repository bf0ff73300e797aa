import { afterAll, beforeAll, expect, test } from 'vitest';
import { lanePool, pool } from '#db';
import { orderCaptured, postBatch } from '#ledger';
import { createTestDatabase, type MigratedDatabase } from '#testing';
import { getWallet } from './wallet.ts';

let database: MigratedDatabase;

beforeAll(async () => {
  database = await createTestDatabase('wallet');
  process.env.DATABASE_URL = database.url;
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
  await Promise.all([pool().end(), lanePool().end()]);
  await database.drop();
});

test('a wallet is the sum of the ledger: gross less commission, pending until it is available', async () => {
  expect(await getWallet('seller_1')).toEqual({
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
  expect(await getWallet('seller_new')).toEqual({ accountId: 'seller_new', balances: [] });
  await expect(getWallet('seller_nobody')).rejects.toMatchObject({ code: 'not_found' });
});
