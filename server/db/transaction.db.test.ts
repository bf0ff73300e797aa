import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type MigratedDatabase, openOwnerPool } from '#testing';
import { brokenConstraint, isConnectionLost, isTransient, toAppError } from './errors.ts';
import { createPool } from './pool.ts';
import { RowCountError, run } from './statement.ts';
import { assertNoOpenTransaction, runInTransaction, runPipelined } from './transaction.ts';

let database: MigratedDatabase;
let owner: pg.Pool;
let plain: pg.Pool;
let pipelined: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase('transaction');
  process.env.DATABASE_URL = database.url;
  owner = openOwnerPool(database.url);
  await owner.query('create table notes (id int primary key, text text); grant all on notes to countinghouse_app');
  plain = createPool({ url: database.appUrl, max: 3, applicationName: 'plain' });
  pipelined = createPool({ url: database.appUrl, max: 1, applicationName: 'pipelined', pipeline: true });
});

afterAll(async () => {
  await Promise.all([owner, plain, pipelined].map((one) => one.end()));
  await database.drop();
});

const note = (id: number, expectRows?: number) => ({
  name: 'note',
  text: 'insert into notes values ($1, $2)',
  values: [id, 'x'],
  expectRows,
});
const change = (id: number, expectRows: number) => ({
  name: 'change',
  text: `update notes set text = 'y' where id = $1`,
  values: [id],
  expectRows,
});
const notes = async () =>
  (await owner.query<{ id: number }>('select id from notes order by id')).rows.map((row) => row.id);

describe('a pipelined transaction', () => {
  test('keeps all of its writes, decided from what it read', async () => {
    await runPipelined(pipelined, [{ text: 'select 1 as one' }, { text: 'select 2 as two' }], (rows) => {
      expect(rows).toEqual([[{ one: 1 }], [{ two: 2 }]]);
      return [note(1, 1), note(2, 1)];
    });
    expect(await notes()).toEqual([1, 2]);
  });

  test('keeps none of them when one touches another number of rows than it must', async () => {
    const broken = runPipelined(pipelined, [], () => [note(3, 1), change(99, 1), note(4, 1)]);
    await expect(broken).rejects.toThrow(RowCountError);
    await expect(runPipelined(pipelined, [], () => [note(3, 1), change(1, 2)])).rejects.toThrow(
      'change: 1 rows instead of 2',
    );
    expect(await notes()).toEqual([1, 2]);
  });

  test('keeps none of them when one is refused, and the connection is good for the next', async () => {
    await expect(runPipelined(pipelined, [], () => [note(5), note(1), note(6)])).rejects.toMatchObject({
      constraint: 'notes_pkey',
    });
    expect(await notes()).toEqual([1, 2]);
    await runPipelined(pipelined, [], () => [note(5), note(6)]);
    expect(await notes()).toEqual([1, 2, 5, 6]);
  });

  test('writes nothing when a read fails or deciding throws', async () => {
    await expect(runPipelined(pipelined, [{ text: 'select nonsense' }], () => [note(7)])).rejects.toMatchObject({
      code: '42703',
    });
    await expect(
      runPipelined(pipelined, [], () => {
        throw new Error('a defect');
      }),
    ).rejects.toThrow('a defect');
    expect(await notes()).toEqual([1, 2, 5, 6]);
    const { rows } = await owner.query(
      `select state from pg_stat_activity where application_name = 'pipelined' and state like 'idle in%'`,
    );
    expect(rows).toEqual([]);
  });

  test('leaves statements that were never reached preparable: the first use of a name may be in a batch that fails', async () => {
    const fresh = (text: string) => ({ name: 'first_seen_in_failure', text });
    await expect(runPipelined(pipelined, [], () => [note(1), fresh('select 1 as one')])).rejects.toMatchObject({
      constraint: 'notes_pkey',
    });
    await runPipelined(pipelined, [fresh('select 1 as one')], ([rows]) => {
      expect(rows).toEqual([{ one: 1 }]);
      return [];
    });
  });
});

describe('an interactive transaction', () => {
  test('commits what it did, and hands its error on after undoing everything', async () => {
    expect(
      await runInTransaction(
        async (tx) => (await run<{ one: number }>(tx, { text: 'select 1 as one' }))[0]?.one,
        plain,
      ),
    ).toBe(1);
    const failing = runInTransaction(async (tx) => {
      await run(tx, note(8));
      throw new Error('changed my mind');
    }, plain);
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await notes()).not.toContain(8);
  });

  test('that swallowed a database error is not taken for committed', async () => {
    const swallowing = runInTransaction(async (tx) => {
      await run(tx, note(9));
      await run(tx, note(1)).catch(() => undefined);
    }, plain);
    await expect(swallowing).rejects.toThrow('commit answered ROLLBACK');
    expect(await notes()).not.toContain(9);
  });

  test('whose connection dies says so to its caller alone: the process lives, and the pool has a new connection', async () => {
    for (let round = 0; round < 10; round += 1) {
      const dying = runInTransaction(async (tx) => {
        const [row] = await run<{ pid: number }>(tx, { text: 'select pg_backend_pid() as pid' });
        await owner.query('select pg_terminate_backend($1)', [row?.pid]);
        await run(tx, { text: 'select 1' });
      }, plain);
      const error = await dying.catch((reason: unknown) => reason);
      expect(isConnectionLost(error)).toBe(true);
      expect(toAppError(error)).toMatchObject({ code: 'database_unavailable', status: 503 });
      await expect(run(plain, { text: 'select 1 as one' })).resolves.toEqual([{ one: 1 }]);
    }
  });
});

test('a network call may ask whether a transaction is open: inside one it is told, also in callbacks and timers, outside not', async () => {
  const nested = runInTransaction(async () => {
    await new Promise((done) => setImmediate(done));
    await Promise.all([1, 2].map(async () => assertNoOpenTransaction()));
  }, plain);
  await expect(nested).rejects.toThrow('must not stand inside');
  expect(() => assertNoOpenTransaction()).not.toThrow();
});

test('errors are told apart: to be run again, the database gone, an id taken, a defect', () => {
  const error = (fields: object, message = 'x') => Object.assign(new Error(message), fields);
  expect([
    isTransient(error({ code: '40001' })),
    isTransient(error({ code: '40P01' })),
    isTransient(error({ code: '23505' })),
  ]).toEqual([true, true, false]);
  for (const code of ['57P01', '57P03', '53300', '08006', '08003', 'ECONNREFUSED', 'ECONNRESET'])
    expect(toAppError(error({ code }))).toMatchObject({ code: 'database_unavailable', retryable: true });
  expect(toAppError(error({}, 'timeout exceeded when trying to connect'))).toMatchObject({
    code: 'database_unavailable',
  });
  expect(toAppError(error({ code: '23505', constraint: 'payment_orders_pkey' }))).toMatchObject({
    code: 'idempotency_mismatch',
  });
  expect(toAppError(error({ code: '23514', constraint: 'ledger_entries_zero_sum' }))).toBeUndefined();
  expect(brokenConstraint(error({ constraint: 'c' }))).toBe('c');
  for (const odd of [null, undefined, 'text', 7])
    expect([isTransient(odd), isConnectionLost(odd), brokenConstraint(odd)]).toEqual([false, false, undefined]);
});

test('a 64-bit number arrives with all its digits', async () => {
  const [row] = await run<{ big: bigint }>(plain, { text: 'select 9007199254740993::bigint as big' });
  expect(row?.big).toBe(9_007_199_254_740_993n);
});

test('a caller who gets no connection in time is told so instead of waiting for ever', async () => {
  const small = createPool({ url: database.appUrl, max: 1, applicationName: 'small' });
  const held = await small.connect();
  const waiting = small.query('select 1').catch((error: unknown) => error);
  expect(toAppError(await waiting)).toMatchObject({ code: 'database_unavailable' });
  held.release();
  await small.end();
});
