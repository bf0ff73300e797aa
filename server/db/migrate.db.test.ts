import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseConfig } from '#config';
import { createEmptyDatabase, type TestDatabase } from '#testing';
import { migrate } from './migrate.ts';

const OURS = 'prisma/migrations';
let database: TestDatabase;
let directory: string;

beforeEach(async () => {
  database = await createEmptyDatabase('migrate');
  directory = await mkdtemp(join(tmpdir(), 'migrations-'));
});

afterEach(async () => {
  await database.drop();
  await rm(directory, { recursive: true });
});

const run = (from = directory) =>
  migrate({ ownerUrl: database.url, appPassword: parseConfig({}).APP_DATABASE_PASSWORD, directory: from });

async function write(name: string, sql: string): Promise<void> {
  await mkdir(join(directory, name), { recursive: true });
  await writeFile(join(directory, name, 'migration.sql'), sql);
}

async function query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

test('the migrations of this repository are applied once; the second time there is nothing to do', async () => {
  const applied = await run(OURS);
  expect(applied[0]).toBe('0001_core');
  expect(applied).toEqual(applied.toSorted());
  expect(await run(OURS)).toEqual([]);
  const recorded = await query<{ migration_name: string }>(
    'select migration_name from _prisma_migrations order by started_at, migration_name',
  );
  expect(recorded.map((row) => row.migration_name)).toEqual(applied);
});

test('eight migrators at once apply each migration once', async () => {
  const results = await Promise.all(Array.from({ length: 8 }, () => run(OURS)));
  expect(results.filter((applied) => applied.length > 0)).toHaveLength(1);
  const [twice] = await query<{ count: string }>(
    'select count(*) - count(distinct migration_name) as count from _prisma_migrations',
  );
  expect(twice?.count).toBe('0');
});

test('migrators of several databases at once share the one role without stepping on each other', async () => {
  const others = await Promise.all(Array.from({ length: 4 }, () => createEmptyDatabase('migrate')));
  const appPassword = parseConfig({}).APP_DATABASE_PASSWORD;
  const results = await Promise.all(others.map(({ url }) => migrate({ ownerUrl: url, appPassword, directory: OURS })));
  for (const applied of results) expect(applied.length).toBeGreaterThan(0);
  await Promise.all(others.map((other) => other.drop()));
});

test('a migration that was changed after it was applied is refused by name, and nothing after it is applied', async () => {
  await write('0001_a', 'create table a (id int)');
  await run();
  await write('0001_a', 'create table a (id bigint)');
  await write('0002_b', 'create table b (id int)');
  await expect(run()).rejects.toThrow('migration 0001_a was changed after it was applied');
  expect(await query(`select 1 from pg_tables where tablename = 'b'`)).toEqual([]);
});

test('a migration that fails half way leaves nothing, names itself, keeps those before it, and can be run again', async () => {
  await write('0001_a', 'create table a (id int)');
  await write('0002_b', 'create table b (id int); insert into nowhere values (1)');
  await expect(run()).rejects.toThrow(/^migration 0002_b failed: relation "nowhere" does not exist$/);
  const tables = await query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' and tablename in ('a', 'b')`,
  );
  expect(tables).toEqual([{ name: 'a' }]);
  await write('0002_b', 'create table b (id int)');
  expect(await run()).toEqual(['0002_b']);
});

test('a migration waits for nobody: behind a long lock it gives up, and can be run again', async () => {
  await write('0001_a', 'create table a (id int)');
  await run();
  await write('0002_b', 'alter table a add column b int');
  const blocker = new pg.Client({ connectionString: database.url });
  await blocker.connect();
  await blocker.query('begin');
  await blocker.query('lock table a in access share mode');
  await expect(run()).rejects.toThrow('migration 0002_b failed: canceling statement due to lock timeout');
  await blocker.query('commit');
  await blocker.end();
  expect(await run()).toEqual(['0002_b']);
});

test('an older program finds newer migrations recorded and leaves them alone', async () => {
  await cp(OURS, directory, { recursive: true });
  await write('9999_from_the_future', 'create table future (id int)');
  await run();
  expect(await run(OURS)).toEqual([]);
});

test('late money that waited for a person when refunds came goes back by itself from then on', async () => {
  const before = (await readdir(OURS)).filter((name) => /^\d+_/.test(name) && name < '0006');
  for (const name of before) await cp(join(OURS, name), join(directory, name), { recursive: true });
  await run();
  await query(`
    insert into payment_events (checkout_id, principal, flow, request_hash, buyer_user_id, buyer_email, buyer_name)
      values ('chk', 'key:1', 'direct', decode(repeat('ab', 32), 'hex'), 'buyer', 'b@example.com', 'B');
    insert into payment_attempts (id, checkout_id, attempt_no, kind, amount_minor, currency, state, finished_at)
      values ('late', 'chk', 1, 'direct', 1000, 'USD', 'SUCCEEDED', now()), ('paid', 'chk', 2, 'direct', 1000, 'USD', 'SUCCEEDED', now());
    insert into ledger_accounts (code, kind, owner_id, currency, balance_rule) values
      ('buyer:buyer:USD', 'buyer', 'buyer', 'USD', 'either'), ('suspense:platform:USD', 'suspense', 'platform', 'USD', 'either');
    with t as (insert into ledger_transactions (id, kind, legs, source_id)
      values ('00000000-0000-7000-8000-000000000001', 'late_capture_held', 2, 'late')),
    e as (insert into ledger_entries (account_id, account_seq, transaction_id, amount_minor, balance_after, currency)
      select id, 1, '00000000-0000-7000-8000-000000000001', v.amount, v.amount, 'USD'
      from (values ('buyer', 400), ('suspense', -400)) v (kind, amount) join ledger_accounts a on a.kind = v.kind)
    update ledger_accounts set version = 1, balance = case kind when 'buyer' then 400 else -400 end;
    insert into dead_letters (kind, subject_id, cause, tries) values ('attempt', 'late', 'late_success', 0), ('attempt', 'paid', 'other', 0);`);
  await run(OURS);
  expect(await query('select id, held_minor, refund_due, refunded_minor from payment_attempts order by id')).toEqual([
    { id: 'late', held_minor: '400', refund_due: true, refunded_minor: '0' },
    { id: 'paid', held_minor: null, refund_due: false, refunded_minor: '0' },
  ]);
  expect(await query('select subject_id from dead_letters where resolved_at is null')).toEqual([
    { subject_id: 'paid' },
  ]);
});
