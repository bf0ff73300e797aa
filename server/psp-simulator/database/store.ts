import pg from 'pg';
import { createLane } from '#kernel';
import { sendWrites, type Writes } from './writes.ts';

/** Requests whose rows share one commit. */
const MAX_BATCH = 250;
/** Requests that may wait for a commit; beyond it the API answers 429 before anything is done. */
const MAX_QUEUE = 5_000;
/** Two commits overlap: one batch is written while the former is flushed. */
const COMMITS_AT_ONCE = 2;
const IN_FAILED_TRANSACTION = '25P02';

export type Row = pg.QueryResultRow;

export interface Reader {
  /** Reads with a prepared statement; `name` identifies the text, '' prepares nothing. */
  rows<T extends Row>(name: string, text: string, values: readonly unknown[]): Promise<T[]>;
}

/**
 * A transaction that holds row locks. Whoever has one reads through it only: a second connection, asked for while this
 * one is held, could wait for ever when all are taken.
 */
export interface Tx extends Reader {
  readonly locks: true;
}

export interface Store extends Reader {
  /** Commits the writes together with those of other requests that wait at the same time. */
  commit(writes: Writes): Promise<void>;
  /** Opens a transaction, lets `work` read and lock, commits the writes it answers; on an error nothing is written. */
  transact<T extends { readonly writes: Writes }>(work: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Connects the pool. A lost connection is replaced, and logged when it was idle; it never ends the process. */
export function createStore(url: string, poolSize: number): Store {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 5_000,
    application_name: 'psp-simulator',
    pipeline: true,
    // Rows are found by key. A prepared statement would else keep the plan it got while its tables were empty, and read them
    // whole ever after.
    options: '-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off',
    types: { getTypeParser },
  });
  // The pool listens to idle connections only. One that is lost at work tells its query, and has to be listened to as well: also in
  // the moment in which it is handed out, so a listener that comes with the work would come too late.
  pool.on('connect', (client) => client.on('error', ignore));
  pool.on('error', (error) => console.error(`psp-simulator: a database connection was lost: ${error.message}`));

  const lane = createLane<Writes, PromiseSettledResult<void>>({
    run: (units) => commitBatch(pool, units),
    maxBatch: MAX_BATCH,
    maxQueue: MAX_QUEUE,
    concurrency: COMMITS_AT_ONCE,
  });

  return {
    rows: (name, text, values) => select(pool, name, text, values),
    async commit(writes) {
      const settled = await lane.submit(writes);
      if (settled.status === 'rejected') throw settled.reason;
    },
    transact: (work) => transact(pool, work),
    close: () => pool.end(),
  };
}

/** One commit for all; when the database refuses the batch, each unit is tried alone so that only the guilty one fails. */
async function commitBatch(pool: pg.Pool, units: readonly Writes[]): Promise<PromiseSettledResult<void>[]> {
  try {
    await withClient(pool, (client) => sendAndCommit(client, units));
    return units.map(() => ({ status: 'fulfilled', value: undefined }));
  } catch (error) {
    if (units.length === 1 || !(error instanceof pg.DatabaseError)) throw error;
  }
  const verdicts: PromiseSettledResult<void>[] = [];
  for (const unit of units) {
    verdicts.push(...(await Promise.allSettled([withClient(pool, (client) => sendAndCommit(client, [unit]))])));
  }
  return verdicts;
}

async function sendAndCommit(client: pg.PoolClient, units: readonly Writes[]): Promise<void> {
  await finish([client.query('begin'), ...sendWrites(client, units), client.query('commit')]);
}

/** Waits for a pipeline that ends in `commit`. After an error such a commit answers ROLLBACK, so its tag is checked too. */
async function finish(sent: Promise<pg.QueryResult>[]): Promise<void> {
  const settled = await Promise.allSettled(sent);
  const errors = settled.filter((one) => one.status === 'rejected').map((one) => one.reason as Error);
  const cause = errors.find((error) => (error as pg.DatabaseError).code !== IN_FAILED_TRANSACTION) ?? errors[0];
  if (cause) throw cause;
  const last = settled.at(-1) as PromiseFulfilledResult<pg.QueryResult>;
  if (last.value.command !== 'COMMIT') throw new Error(`the commit answered ${last.value.command}`);
}

async function transact<T extends { readonly writes: Writes }>(
  pool: pg.Pool,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  return withClient(pool, async (client) => {
    await client.query('begin');
    try {
      const result = await work({ locks: true, rows: (name, text, values) => select(client, name, text, values) });
      await finish([...sendWrites(client, [result.writes]), client.query('commit')]);
      return result;
    } catch (error) {
      // A connection that cannot roll back is broken; releasing it below discards it.
      await client.query('rollback').catch(() => undefined);
      throw error;
    }
  });
}

async function withClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
}

/** The query that was under way reports the loss. */
function ignore(): void {}

async function select<T extends Row>(
  on: pg.Pool | pg.PoolClient,
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<T[]> {
  const result = await on.query<T>({ name: name || undefined, text, values: [...values] });
  return result.rows;
}

/** Every bigint column here is a wire integer or a Unix time: exact as a number. Sums are cast to text by their queries. */
function getTypeParser(oid: number, format?: 'text' | 'binary') {
  if (oid === pg.types.builtins.INT8 && format !== 'binary') return toSafeInteger;
  return pg.types.getTypeParser(oid, format ?? 'text');
}

function toSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error('an integer from the database is too large to be exact');
  return value;
}
