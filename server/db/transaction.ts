import { AsyncLocalStorage } from 'node:async_hooks';
import type pg from 'pg';
import { assert, checkpoint, singleton } from '#kernel';
import { pool } from './pool.ts';
import { run, type Statement } from './statement.ts';

declare const tx: unique symbol;

/** A connection inside an open transaction. Functions that take a `Tx` never open, commit or roll back one. */
export type Tx = pg.ClientBase & { readonly [tx]: true };

const openTransaction = singleton('db.open-transaction', () => new AsyncLocalStorage<true>());

/** Asserts that the caller holds no transaction open: called before every network call to somebody else. */
export function assertNoOpenTransaction(): void {
  assert(openTransaction.getStore() === undefined, 'a network call must not stand inside a database transaction');
}

/** Runs `work` in one READ COMMITTED transaction and commits; any error rolls back and is thrown on. */
export async function runInTransaction<T>(work: (tx: Tx) => Promise<T>, on: pg.Pool = pool()): Promise<T> {
  const client = await on.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await openTransaction.run(true, () => work(client as unknown as Tx));
    await checkpoint('commit:before');
    const { command } = await client.query('commit');
    assert(command === 'COMMIT', `commit answered ${command}`);
    await checkpoint('commit:after');
    return result;
  } catch (error) {
    await client.query('rollback').catch((reason: Error) => {
      broken = reason;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/**
 * One transaction in three round trips however many statements it has: `reads` travel together with BEGIN, `decide` turns their
 * rows into writes, the writes travel together, and COMMIT follows once every `expectRows` holds. No write: nothing is committed.
 * Needs a pool made with `pipeline: true`. `decide` is synchronous, so no foreign call can slip into the transaction.
 */
export async function runPipelined(
  on: pg.Pool,
  reads: readonly Statement[],
  decide: (rows: pg.QueryResultRow[][]) => readonly Statement[],
): Promise<void> {
  const client = await on.connect();
  let broken: Error | undefined;
  try {
    const [, ...rows] = await sendAll(client, [{ text: 'begin' }, ...reads]);
    const writes = decide(rows);
    await checkpoint('writes:before');
    await sendAll(client, writes);
    await checkpoint('commit:before');
    const { command } = await client.query(writes.length > 0 ? 'commit' : 'rollback');
    assert(command === 'COMMIT' || writes.length === 0, `commit answered ${command}`);
    await checkpoint('commit:after');
  } catch (error) {
    await client.query('rollback').catch((reason: Error) => {
      broken = reason;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Sends statements without waiting in between; throws the first error after all have answered. */
async function sendAll(client: pg.ClientBase, statements: readonly Statement[]): Promise<pg.QueryResultRow[][]> {
  const settled = await Promise.allSettled(statements.map((statement) => run(client, statement)));
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}
