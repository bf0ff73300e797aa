import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { lanePool, pool } from '#db';
import { createTestDatabase, type MigratedDatabase, openOwnerPool } from '#testing';
import { postBatch } from './posting-door.ts';
import { orderCaptured } from './postings.ts';
import { BROKEN_SEAL_CHAIN, BROKEN_SEALS, brokenNewestSeals, listSeals, sealLedger } from './seals.ts';

let database: MigratedDatabase;
let owner: pg.Pool;
let posted = 0;

beforeAll(async () => {
  database = await createTestDatabase('seals');
  process.env.DATABASE_URL = database.url;
  owner = openOwnerPool(database.url, 3);
});

afterAll(async () => {
  await Promise.all([owner.end(), pool().end(), lanePool().end()]);
  await database.drop();
});

async function post(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    posted += 1;
    await postBatch(lanePool(), [
      orderCaptured({
        paymentOrderId: `order_${posted}`,
        buyerId: 'buyer',
        sellerId: 'shop',
        gross: { amountMinor: 1_000n, currency: 'USD' },
        commissionMinor: 25n,
        capturedAt: new Date(),
      }),
    ]);
  }
}

const sealNow = () => sealLedger({ safeAgeSeconds: 0, maxTransactions: 2 });

/** What the usual check, the check of every seal, and the check of the chain find. */
async function broken(on: pg.Pool | pg.PoolClient = owner) {
  const found = async (sql: string) => (await on.query<{ subject: string }>(sql)).rows.map((row) => row.subject).sort();
  return {
    newest: await found(brokenNewestSeals(1_000)),
    every: await found(BROKEN_SEALS),
    chain: await found(BROKEN_SEAL_CHAIN),
  };
}

const WHOLE = { newest: [], every: [], chain: [] };

/** What is found after something was done behind the back of every rule, which is then undone. */
async function brokenAfter(...statements: string[]) {
  const client = await owner.connect();
  try {
    await client.query('begin');
    await client.query('set local session_replication_role = replica');
    for (const statement of statements) expect((await client.query(statement)).rowCount, statement).toBeGreaterThan(0);
    return await broken(client);
  } finally {
    await client.query('rollback');
    client.release();
  }
}

test('seals cover the ledger in order, each continues the one before it, and nothing is sealed twice', async () => {
  expect(await sealNow()).toEqual([]);
  await post(5);
  const seals = await sealNow();
  expect(seals.map(({ number, transactions, entries }) => [number, transactions, entries])).toEqual([
    [1n, 2n, 6n],
    [2n, 2n, 6n],
    [3n, 1n, 3n],
  ]);
  expect(await sealNow()).toEqual([]);
  await post(1);
  expect(await listSeals(2)).toMatchObject({ seals: [{ number: 3n }, { number: 2n }], waiting: 1n });
  expect(await sealNow()).toMatchObject([{ number: 4n, transactions: 1n }]);
  expect(await broken()).toEqual(WHOLE);
});

test('what is young is left alone', async () => {
  await post(1);
  expect(await sealLedger({ safeAgeSeconds: 60 })).toEqual([]);
  expect((await listSeals(1)).waiting).toBe(1n);
  expect(await sealNow()).toHaveLength(1);
});

test('of several at once each seal is made once', async () => {
  await post(6);
  const seals = (await Promise.all(Array.from({ length: 4 }, sealNow))).flat();
  expect(seals.reduce((sum, { transactions }) => sum + transactions, 0n)).toBe(6n);
  expect(await broken()).toEqual(WHOLE);
});

describe('a transaction that is still open', () => {
  let slow: pg.Client;

  afterEach(() => slow.end());

  test('is waited for: what it adds later is under a later seal, not missing from an earlier one', async () => {
    slow = new pg.Client({ connectionString: database.appUrl });
    await slow.connect();
    await slow.query('begin');
    await post(2);
    expect(await sealNow()).toEqual([]);
    await slow.query(
      `with t as (insert into ledger_transactions (id, kind, legs, source_id) values (gen_random_uuid(), 'order_captured', 2, 'slow') returning id),
       moved as (select id, balance, version, case when kind = 'buyer' then 7 else -7 end as amount from ledger_accounts where kind in ('buyer', 'platform_fees')),
       e as (insert into ledger_entries (account_id, account_seq, transaction_id, amount_minor, balance_after, currency)
             select m.id, m.version + 1, t.id, m.amount, m.balance + m.amount, 'USD' from moved m, t)
       update ledger_accounts a set version = m.version + 1, balance = m.balance + m.amount from moved m where m.id = a.id`,
    );
    await slow.query('commit');
    const seals = await sealNow();
    expect(seals.reduce((sum, { transactions }) => sum + transactions, 0n)).toBe(3n);
    expect(await broken()).toEqual(WHOLE);
  });
});

const FIRST = `(select id from ledger_transactions where source_id = 'order_1')`;
const ALL_FROM_FIRST = { newest: ['seal 1'], every: ['seal 1'], chain: [] };

describe('whoever changes what was sealed is found out', () => {
  test.each<[string, string]>([
    [
      'a flipped amount',
      `update ledger_entries set amount_minor = amount_minor # 1 where transaction_id = ${FIRST} and amount_minor > 0`,
    ],
    [
      'a changed balance',
      `update ledger_entries set balance_after = balance_after + 1 where transaction_id = ${FIRST} and amount_minor > 0`,
    ],
    ['a deleted entry', `delete from ledger_entries where transaction_id = ${FIRST} and amount_minor > 0`],
    ['a deleted transaction', `delete from ledger_transactions where id = ${FIRST}`],
    ['another source', `update ledger_transactions set source_id = 'order_X' where id = ${FIRST}`],
    [
      'another date',
      `update ledger_transactions set effective_at = effective_at + interval '1 microsecond' where id = ${FIRST}`,
    ],
    [
      'an inserted, backdated transaction',
      `insert into ledger_transactions (id, kind, legs, source_id, recorded_at)
       select gen_random_uuid(), 'order_captured', 2, 'forged', recorded_at from ledger_transactions where id = ${FIRST}`,
    ],
    [
      'one dated before everything',
      `insert into ledger_transactions (id, kind, legs, source_id, recorded_at) values (gen_random_uuid(), 'order_captured', 2, 'forged', '1900-01-01')`,
    ],
    [
      'an inserted entry',
      `insert into ledger_entries (account_id, account_seq, transaction_id, amount_minor, balance_after, currency)
       select id, 999, ${FIRST}, 5, 5, 'USD' from ledger_accounts where kind = 'buyer'`,
    ],
    [
      'a transaction moved to another time',
      `update ledger_transactions set recorded_at = recorded_at - interval '1 second' where id = ${FIRST}`,
    ],
  ])('%s', async (_, statement) => {
    expect(await brokenAfter(statement)).toEqual(ALL_FROM_FIRST);
  });

  test('an account that is given to somebody else breaks every seal it is under', async () => {
    const { every } = await brokenAfter(
      `update ledger_accounts set code = 'seller_pending:thief:USD', owner_id = 'thief' where owner_id = 'shop'`,
    );
    expect(every.length).toBeGreaterThan(3);
  });

  test('a forged seal breaks the chain, and so does one that is missing', async () => {
    const forged = await brokenAfter(`update ledger_seals set hash = sha256('forged') where number = 2`);
    expect(forged).toEqual({ newest: ['seal 2'], every: ['seal 2'], chain: ['seal 3'] });
    expect((await brokenAfter('delete from ledger_seals where number = 2')).chain).toEqual(['seal 3']);
    expect((await brokenAfter('delete from ledger_seals where number = 1')).chain).toEqual(['seal 2']);
  });

  test('rows and seal forged together still break the next seal', async () => {
    const found = await brokenAfter(
      `update ledger_transactions set source_id = 'order_X' where id = ${FIRST}`,
      `update ledger_seals set hash = sha256('of the forged rows') where number = 1`,
    );
    expect(found.chain).toEqual(['seal 2']);
  });
});

/** SHA-256 of 32 zero bytes and these lines, computed elsewhere:
 * 01900000-0000-7000-8000-000000000001|order_captured|2|-|1767225600.000001|1767225601.000000|7|order|1
 * 01900000-0000-7000-8000-000000000001|1|5|5|USD|11|buyer:b:USD
 * 01900000-0000-7000-8000-000000000001|1|-5|-5|USD|26|platform_fees:platform:USD */
const FOR_EVER = '8927b8352a3b47e2a54f60580b119fbe1398de72f692b5eccac00f20718f5943';

test('the form of a sealed row never changes: this hash is for ever', async () => {
  const client = await owner.connect();
  await client.query('begin');
  await client.query('set local session_replication_role = replica');
  await client.query(
    'delete from ledger_seals; delete from ledger_entries; delete from ledger_transactions; delete from ledger_accounts',
  );
  await client.query(`insert into ledger_accounts (id, code, kind, owner_id, currency, balance_rule) overriding system value
    values (1, 'buyer:b:USD', 'buyer', 'b', 'USD', 'either'), (2, 'platform_fees:platform:USD', 'platform_fees', 'platform', 'USD', 'either')`);
  await client.query(`insert into ledger_transactions (id, kind, legs, source_id, effective_at, recorded_at) values
    ('01900000-0000-7000-8000-000000000001', 'order_captured', 2, 'order|1', '2026-01-01T00:00:00.000001Z', '2026-01-01T00:00:01Z')`);
  await client.query(
    `insert into ledger_entries values (1, 1, '01900000-0000-7000-8000-000000000001', 5, 5, 'USD'), (2, 1, '01900000-0000-7000-8000-000000000001', -5, -5, 'USD')`,
  );
  await client.query(`set local timezone = 'Asia/Tokyo'; set local datestyle = 'German'`);
  await client.query(
    `insert into ledger_seals values (1, '-infinity', '2026-01-01T00:00:01Z', 1, 2, decode(repeat('00', 32), 'hex'), decode('${FOR_EVER}', 'hex'))`,
  );
  const found = await broken(client as unknown as pg.PoolClient);
  await client.query('rollback');
  client.release();
  expect(found).toEqual(WHOLE);
});
