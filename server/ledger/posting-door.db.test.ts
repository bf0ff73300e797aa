import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPool, pool } from '#db';
import { createTestDatabase, type MigratedDatabase, openOwnerPool, startProcess } from '#testing';
import type { AccountRef } from './chart.ts';
import { createPostingDoor, type PostingDoor, postBatch } from './posting-door.ts';
import { createPosting, type Leg, orderCaptured, type Posting } from './postings.ts';

let database: MigratedDatabase;
let owner: pg.Pool;
let lanes: pg.Pool[];
let doors: PostingDoor[];

beforeAll(async () => {
  database = await createTestDatabase('posting_door');
  process.env.DATABASE_URL = database.url;
  owner = openOwnerPool(database.url);
  // Each pool has account ids and connections of its own, as another process would.
  lanes = ['one', 'two', 'three'].map((applicationName) =>
    createPool({ url: database.appUrl, max: 2, applicationName, pipeline: true }),
  );
  doors = lanes.map(createPostingDoor);
});

afterAll(async () => {
  await Promise.all([...lanes, owner, pool()].map((one) => one.end()));
  await database.drop();
});

const door = (index = 0) => doors[index % doors.length] as PostingDoor;
const usd = (kind: AccountRef['kind'], ownerId: string): AccountRef => ({ kind, ownerId, currency: 'USD' });

let made = 0;
function sale(change: { seller?: string; buyer?: string; amountMinor?: bigint; orderId?: string } = {}): Posting {
  made += 1;
  const { seller = 'shop', buyer = 'buyer', amountMinor = 1_000n, orderId = `order_${made}` } = change;
  return orderCaptured({
    paymentOrderId: orderId,
    buyerId: buyer,
    sellerId: seller,
    gross: { amountMinor, currency: 'USD' },
    commissionMinor: amountMinor / 40n,
    capturedAt: new Date(),
  });
}

function transfer(from: AccountRef, to: AccountRef, amountMinor: bigint): Posting {
  made += 1;
  const legs: Leg[] = [
    { account: to, amountMinor },
    { account: from, amountMinor: -amountMinor },
  ];
  return createPosting({ kind: 'order_captured', sourceId: `transfer_${made}`, effectiveAt: new Date(), legs });
}

async function accountOf(
  code: string,
): Promise<{ balance: bigint; version: bigint; entries: bigint; last: bigint } | undefined> {
  const { rows } = await pool().query(
    `select a.balance, a.version, count(e.*) as entries, coalesce(max(e.account_seq), 0::bigint) as last
     from ledger_accounts a left join ledger_entries e on e.account_id = a.id where a.code = $1 group by a.id`,
    [code],
  );
  return rows[0];
}

/** Recomputes every account from its entries; a problem is a line. */
async function problems(): Promise<string[]> {
  const { rows } = await owner.query<{ problem: string }>(
    `select 'sum of ' || transaction_id as problem from ledger_entries group by transaction_id having sum(amount_minor) <> 0
     union all select 'place in ' || account_id from (
       select account_id, account_seq, balance_after, row_number() over w as place, sum(amount_minor) over w as running from ledger_entries
       window w as (partition by account_id order by account_seq)) e where account_seq <> place or balance_after <> running
     union all select 'balance of ' || a.code from ledger_accounts a left join lateral (
       select count(*) as entries, coalesce(sum(amount_minor), 0) as sum from ledger_entries where account_id = a.id) e on true
     where a.balance <> e.sum or a.version <> e.entries`,
  );
  return rows.map((row) => row.problem);
}

test('one posting moves every account it names, and one more entry stands in each', async () => {
  const verdict = await door().post(sale({ seller: 'seller_one', buyer: 'buyer_one' }));
  expect(verdict).toMatchObject({ kind: 'posted', transactionId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  expect(await accountOf('buyer:buyer_one:USD')).toMatchObject({ balance: 1_000n, version: 1n });
  expect(await accountOf('seller_pending:seller_one:USD')).toMatchObject({ balance: -975n, version: 1n });
});

test('the same fact is posted once: alone, again, twice in one batch, and fifty times at once through three doors', async () => {
  const again = sale({ orderId: 'order_same' });
  expect((await door().post(again)).kind).toBe('posted');
  expect(await door(1).post(sale({ orderId: 'order_same' }))).toEqual({ kind: 'duplicate' });
  const twice = await postBatch(lanes[0] as pg.Pool, [
    sale({ orderId: 'order_twice' }),
    sale({ orderId: 'order_twice' }),
  ]);
  expect(twice.map((verdict) => verdict.kind)).toEqual(['posted', 'duplicate']);
  const settled = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      door(index).post(sale({ orderId: 'order_fifty', seller: 'seller_fifty' })),
    ),
  );
  expect(settled.filter((verdict) => verdict.kind === 'posted')).toHaveLength(1);
  expect(settled.filter((verdict) => verdict.kind === 'duplicate')).toHaveLength(49);
  expect(await accountOf('seller_pending:seller_fifty:USD')).toMatchObject({ balance: -975n, version: 1n });
});

test('a posting that would turn a balance round is refused and leaves nothing, while its batch is kept', async () => {
  const [pending, bank] = [usd('seller_pending', 'seller_poor'), usd('bank_cash', 'platform')];
  const batch = [
    sale({ seller: 'seller_poor', amountMinor: 100n }),
    transfer(bank, pending, 500n),
    sale({ seller: 'seller_poor', amountMinor: 100n }),
  ];
  const verdicts = await Promise.all(batch.map((posting) => door().post(posting)));
  expect(verdicts.map((verdict) => verdict.kind)).toEqual(['posted', 'refused', 'posted']);
  expect(verdicts[1]).toMatchObject({ reason: 'balance_side', account: 'seller_pending:seller_poor:USD' });
  expect(await accountOf('seller_pending:seller_poor:USD')).toMatchObject({ balance: -196n, version: 2n });
  const { rows } = await owner.query('select 1 from ledger_transactions where source_id = $1', [batch[1]?.sourceId]);
  expect(rows).toEqual([]);
});

test('items that the database refuses leave a batch of two hundred alone, each with its own error', async () => {
  const poison = (index: number): Posting => ({
    ...sale({ orderId: `poison_${index}` }),
    // Past the constructor's check: only the database stands between this and the books.
    legs: [
      { account: usd('buyer', 'buyer'), amountMinor: 5n },
      { account: usd('suspense', 'platform'), amountMinor: -4n },
    ],
  });
  const batch = Array.from({ length: 200 }, (_, index) =>
    index % 67 === 13 ? poison(index) : sale({ seller: 'seller_poison' }),
  );
  const settled = await Promise.allSettled(batch.map((posting) => door().post(posting)));
  for (const [index, result] of settled.entries()) {
    if (index % 67 === 13)
      expect(result).toMatchObject({ status: 'rejected', reason: { constraint: 'ledger_entries_zero_sum' } });
    else expect(result).toMatchObject({ status: 'fulfilled', value: { kind: 'posted' } });
  }
  expect(await accountOf('seller_pending:seller_poison:USD')).toMatchObject({ version: 197n, entries: 197n });
});

test('on a fresh connection whose first batch is refused, the next one is posted', async () => {
  const fresh = createPool({ url: database.appUrl, max: 1, applicationName: 'fresh', pipeline: true });
  const guilty: Posting = {
    ...sale(),
    legs: [
      { account: usd('buyer', 'buyer'), amountMinor: 1n },
      { account: usd('suspense', 'platform'), amountMinor: 1n },
    ],
  };
  await expect(postBatch(fresh, [guilty])).rejects.toMatchObject({ constraint: 'ledger_entries_zero_sum' });
  for (let round = 0; round < 3; round += 1)
    expect(await postBatch(fresh, [sale()])).toMatchObject([{ kind: 'posted' }]);
  await fresh.end();
});

test('three doors racing on the same few accounts post everything once, and every account keeps its order', async () => {
  const postings = Array.from({ length: 1_500 }, (_, index) =>
    sale({ seller: `hot_${index % 3}`, buyer: `hot_buyer_${index % 2}` }),
  );
  const verdicts = await Promise.all(postings.map((posting, index) => door(index).post(posting)));
  expect(verdicts.every((verdict) => verdict.kind === 'posted')).toBe(true);
  for (const seller of [0, 1, 2])
    expect(await accountOf(`seller_pending:hot_${seller}:USD`)).toMatchObject({
      balance: -487_500n,
      version: 500n,
      entries: 500n,
      last: 500n,
    });
  expect(await problems()).toEqual([]);
});

test('doors that touch the same accounts in opposite orders never stop each other', async () => {
  const [a, b, c] = ['a', 'b', 'c'].map((name) => usd('buyer', `cross_${name}`)) as [
    AccountRef,
    AccountRef,
    AccountRef,
  ];
  const ways: [AccountRef, AccountRef][] = [
    [a, b],
    [b, a],
    [c, a],
    [b, c],
    [a, c],
    [c, b],
  ];
  const verdicts = await Promise.all(
    Array.from({ length: 600 }, (_, index) => {
      const [from, to] = ways[index % ways.length] as [AccountRef, AccountRef];
      return door(index).post(transfer(from, to, BigInt(index + 1)));
    }),
  );
  expect(verdicts.every((verdict) => verdict.kind === 'posted')).toBe(true);
  expect(await problems()).toEqual([]);
});

test('a second process posting to the same accounts at the same time loses and invents nothing', async () => {
  const script = 'server/testing/post-sales.ts';
  const others = [1, 2].map((number) =>
    startProcess({
      name: `poster ${number}`,
      script,
      args: [`process_${number}`, '300'],
      env: { DATABASE_URL: database.url },
    }),
  );
  const own = Promise.all(
    Array.from({ length: 300 }, (_, index) => door(index).post(sale({ seller: 'shared', buyer: 'shared' }))),
  );
  const ended = await Promise.all(
    (await Promise.all(others)).map(async (child) => ({ ...(await child.ended), output: child.output() })),
  );
  expect(ended).toMatchObject([
    { code: 0, output: 'posted 300' },
    { code: 0, output: 'posted 300' },
  ]);
  expect((await own).every((verdict) => verdict.kind === 'posted')).toBe(true);
  expect(await accountOf('seller_pending:shared:USD')).toMatchObject({
    balance: -877_500n,
    version: 900n,
    entries: 900n,
  });
  expect(await problems()).toEqual([]);
});

test('connections cut in the middle of a load cost time, not money: every acknowledged posting is there once', async () => {
  const postings = Array.from({ length: 400 }, () => sale({ seller: 'seller_cut' }));
  const cutting = (async () => {
    let cut = 0;
    for (let round = 0; round < 5; round += 1) {
      const { rowCount } = await owner.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name in ('one', 'two', 'three')`,
      );
      cut += rowCount ?? 0;
    }
    return cut;
  })();
  const settled = await Promise.allSettled(postings.map((one, index) => door(index).post(one)));
  expect(await cutting).toBeGreaterThan(0);
  const acknowledged = postings.filter((_, index) => settled[index]?.status === 'fulfilled').map((one) => one.sourceId);
  const { rows } = await owner.query<{ source_id: string }>(
    'select source_id from ledger_transactions where source_id = any($1)',
    [postings.map((one) => one.sourceId)],
  );
  const stored = new Set(rows.map((row) => row.source_id));
  expect(acknowledged.filter((sourceId) => !stored.has(sourceId))).toEqual([]);
  for (const one of settled)
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'database_unavailable' });
  expect(acknowledged.length).toBeGreaterThan(0);
  expect(await problems()).toEqual([]);
  // Whoever was told "unavailable" asks again, and learns what is true.
  const again = await Promise.all(postings.map((one, index) => door(index).post(one)));
  expect(again.filter((verdict) => verdict.kind === 'posted')).toHaveLength(postings.length - stored.size);
  expect(await accountOf('seller_pending:seller_cut:USD')).toMatchObject({ balance: -390_000n, version: 400n });
});
