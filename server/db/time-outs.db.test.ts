import type pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type MigratedDatabase, openOwnerPool, startPgLine } from '#testing';
import { toAppError } from './errors.ts';
import { createPool, lanePool, pool } from './pool.ts';
import { prisma } from './prisma.ts';
import { run } from './statement.ts';
import { runInTransaction } from './transaction.ts';

let database: MigratedDatabase;
let owner: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase('time_outs');
  process.env.DATABASE_URL = database.url;
  owner = openOwnerPool(database.url, 3);
});

afterAll(async () => {
  await prisma().$disconnect();
  await Promise.all([pool().end(), lanePool().end(), owner.end()]);
  await database.drop();
});

const NAMES = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];
const SETTINGS = `select name, setting::int as ms from pg_settings where name = any($1) order by name`;
const EXPECTED = [
  { name: 'idle_in_transaction_session_timeout', ms: 15_000 },
  { name: 'lock_timeout', ms: 5_000 },
  { name: 'statement_timeout', ms: 10_000 },
];

test('every connection of the application has its time-outs, however it is made', async () => {
  for (const on of [pool(), lanePool()]) expect((await on.query(SETTINGS, [NAMES])).rows).toEqual(EXPECTED);
  expect(await prisma().$queryRawUnsafe(SETTINGS, NAMES)).toEqual(EXPECTED);
});

test('a statement that runs too long, and a lock that is not let go, are ended by Postgres: 503, and the connection goes on', async () => {
  const tooLong = runInTransaction(async (tx) => {
    await run(tx, { text: 'set local statement_timeout = 100' });
    await run(tx, { text: 'select pg_sleep(30)' });
  });
  expect(toAppError(await tooLong.catch((error: unknown) => error))).toMatchObject({
    code: 'database_unavailable',
    details: { retryAfterSeconds: 2 },
  });
  const holder = await owner.connect();
  await holder.query('begin; lock table api_keys in access exclusive mode');
  const kept = runInTransaction(async (tx) => {
    await run(tx, { text: 'set local lock_timeout = 100' });
    await run(tx, { text: 'select 1 from api_keys' });
  });
  expect(toAppError(await kept.catch((error: unknown) => error))).toMatchObject({ code: 'database_unavailable' });
  await holder.query('rollback');
  holder.release();
  expect(await run(pool(), { text: 'select 1 as one' })).toEqual([{ one: 1 }]);
});

test('a transaction that does nothing is ended by Postgres, which lets go of what it held; the pool goes on', async () => {
  let ended: unknown;
  const idle = runInTransaction(async (tx) => {
    await run(tx, { text: 'set local idle_in_transaction_session_timeout = 300' });
    await run(tx, { text: 'lock table webhook_inbox in row exclusive mode' });
    const [row] = await run<{ pid: number }>(tx, { text: 'select pg_backend_pid() as pid' });
    await vi.waitFor(
      async () => {
        const { rows } = await owner.query('select 1 from pg_stat_activity where pid = $1', [row?.pid]);
        expect(rows).toEqual([]);
      },
      { timeout: 10_000 },
    );
    await run(tx, { text: 'select 1' });
  }).catch((error: unknown) => {
    ended = error;
  });
  await idle;
  expect(toAppError(ended)).toMatchObject({ code: 'database_unavailable' });
  const client = await owner.connect();
  await client.query(
    `begin; set local lock_timeout = 500; lock table webhook_inbox in access exclusive mode; rollback`,
  );
  client.release();
  expect(await run(pool(), { text: 'select 1 as one' })).toEqual([{ one: 1 }]);
});

test('a connection that ends in the moment it is handed out costs its statement, never the process', async () => {
  const line = await startPgLine(database.appUrl);
  const own = createPool({ url: line.through(database.appUrl), max: 2, applicationName: 'ended' });
  line.endWhenReady(1);
  const held = own.connect();
  await expect(held.then((client) => client.query('select 1').finally(() => client.release(true)))).rejects.toThrow();
  expect(line.endsLeft).toBe(0);
  expect((await own.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await own.end();
  await line.stop();
});
