import pg from 'pg';
import { config } from '#config';
import { singleton } from '#kernel';
import { gaugeBy } from '#observability';

/** Longest a caller waits for a free connection, in milliseconds: longer means the database is not there for us. */
export const ACQUIRE_TIMEOUT_MS = 2_000;
/** Longest one statement may run, in milliseconds. */
export const STATEMENT_TIMEOUT_MS = 10_000;
/** Longest a statement waits for a row lock, in milliseconds. */
export const LOCK_TIMEOUT_MS = 5_000;
/** Longest a transaction may sit idle before Postgres ends it, in milliseconds. */
export const IDLE_IN_TRANSACTION_TIMEOUT_MS = 15_000;

const INT8_OID = 20;

/** 64-bit integers arrive as bigint, never as a number that could lose a digit. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8_OID && format !== 'binary'
      ? (text: string) => BigInt(text)
      : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

export interface PoolOptions {
  readonly url: string;
  readonly max: number;
  readonly applicationName: string;
  /** Send statements without waiting for the answers of those before them. */
  readonly pipeline?: boolean;
  /** Every statement finds its rows by key: never plan a read of a whole table. */
  readonly byKeyOnly?: boolean;
}

/**
 * Prepared statements keep their plan, and one made while the tables were empty would read them whole ever after. The lanes keep
 * their plans, since with these switches the planner has only look-ups by index to choose from; everybody else plans anew.
 */
const BY_KEY_ONLY = ['seqscan', 'bitmapscan', 'hashjoin', 'mergejoin', 'material']
  .map((way) => `-c enable_${way}=off`)
  .concat('-c plan_cache_mode=force_generic_plan')
  .join(' ');
const PLAN_ANEW = '-c plan_cache_mode=force_custom_plan';

/** A pool that survives restarts of the database: a connection that breaks, idle or at work, is replaced and never ends the process. */
export function createPool({ url, max, applicationName, pipeline = false, byKeyOnly = false }: PoolOptions): pg.Pool {
  const settings: pg.PoolConfig & { pipeline: boolean } = {
    connectionString: url,
    max,
    pipeline,
    types,
    options: byKeyOnly ? BY_KEY_ONLY : PLAN_ANEW,
    application_name: applicationName,
    connectionTimeoutMillis: ACQUIRE_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    keepAlive: true,
  };
  const pool = new pg.Pool(settings);
  // A connection that breaks says so twice: to its query, and as an event that ends the process when nobody listens. The pool
  // listens to idle connections only, so those at work need a listener of their own.
  pool.on('connect', (client) => client.on('error', ignore));
  pool.on('error', ignore);
  return pool;
}

/** The query under way gets the error; the pool has removed the connection, and the next query opens another. */
function ignore(): void {}

/** The application's pool for single statements and interactive transactions. */
export function pool(): pg.Pool {
  return singleton('db.pool', () =>
    inMetrics(
      'main',
      createPool({
        url: config().APP_DATABASE_URL,
        max: config().DATABASE_POOL_SIZE,
        applicationName: 'countinghouse',
      }),
    ),
  );
}

/** The connections of the batching lanes: few, pipelined, never held by anything else. */
export function lanePool(): pg.Pool {
  return singleton('db.lane-pool', () =>
    inMetrics(
      'lane',
      createPool({
        url: config().APP_DATABASE_URL,
        max: 4,
        applicationName: 'countinghouse-lane',
        pipeline: true,
        byKeyOnly: true,
      }),
    ),
  );
}

/** Shows how many of the pool's connections are at work, and how many callers wait for one. */
function inMetrics(name: string, watched: pg.Pool): pg.Pool {
  gaugeBy('state', `db_pool_${name}`, `Connections of the ${name} pool, and callers waiting for one`, () => [
    ['busy', watched.totalCount - watched.idleCount],
    ['idle', watched.idleCount],
    ['waiting', watched.waitingCount],
  ]);
  return watched;
}
