import type pg from 'pg';
import { pool, type Queryable, run } from '#db';
import { assert } from '#kernel';
import { INVARIANTS, type Invariant } from './invariants.ts';

export interface AuditVerdict {
  readonly id: string;
  readonly rule: string;
  readonly timing: Invariant['timing'];
  readonly violations: number;
  /** The first offenders. */
  readonly subjects: readonly string[];
  readonly milliseconds: number;
  /** What it is about does not exist in this database. */
  readonly skipped: boolean;
  /** The moment that the snapshot shows. */
  readonly checkedAt: Date;
}

export interface AuditOptions {
  /** Leaves out what need not hold in the middle of a fault. */
  readonly alwaysOnly?: boolean;
  /** Looks at all of it where the usual check looks at the newest part; takes as long as the books are large. */
  readonly inFull?: boolean;
}

/** Added to the id of an invariant that was checked over everything. */
export const IN_FULL = ' in full';

/** Most offenders listed per invariant. */
const LISTED = 5;

/** For reading whole tables: sorts and hashes in memory. Longer than half an hour no snapshot is held, since it holds up vacuum. */
const SETTINGS = [
  `statement_timeout = '30min'`,
  `work_mem = '128MB'`,
  'max_parallel_workers_per_gather = 0',
  'jit = off',
];

/**
 * Checks every invariant on one snapshot of the database, so that payments going on meanwhile cannot blur it. Changes nothing.
 * Two sessions share the snapshot and the work: parallel workers would build each hash table twice, or share it in /dev/shm,
 * which is small in many containers.
 */
export async function auditBooks({ alwaysOnly = false, inFull = false }: AuditOptions = {}): Promise<AuditVerdict[]> {
  const invariants = INVARIANTS.filter(({ timing }) => !alwaysOnly || timing === 'always').map((one) =>
    inFull ? whole(one) : one,
  );
  const leader = await openSession();
  // With no connection to spare the leader does all of the work.
  const helper = await openSession(leader.snapshot).catch(() => undefined);
  const verdicts: AuditVerdict[] = [];
  const left = invariants.entries();
  let failed = false;
  const work = async ({ client }: Session): Promise<void> => {
    try {
      for (const [place, invariant] of left) {
        if (failed) break;
        verdicts[place] = { ...(await check(client, invariant)), checkedAt: leader.at };
      }
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      await closeSession(client);
    }
  };
  const ends = await Promise.allSettled([work(leader), ...(helper ? [work(helper)] : [])]);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return verdicts;
}

interface Session {
  readonly client: pg.PoolClient;
  /** When its transaction began. */
  readonly at: Date;
  /** Name under which another session can look at the same moment. */
  readonly snapshot: string;
}

/** Opens a read-only transaction, on the snapshot of another if one is named. */
async function openSession(snapshot?: string): Promise<Session> {
  const client = await pool().connect();
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    if (snapshot !== undefined) await client.query(`set transaction snapshot ${client.escapeLiteral(snapshot)}`);
    for (const setting of SETTINGS) await client.query(`set local ${setting}`);
    const [own] = await run<Omit<Session, 'client'>>(client, {
      text: 'select now() as at, pg_export_snapshot() as snapshot',
    });
    assert(own, 'a snapshot was exported');
    return { client, ...own };
  } catch (error) {
    await closeSession(client);
    throw error;
  }
}

/** Ends the transaction and gives the connection back. */
async function closeSession(client: pg.PoolClient): Promise<void> {
  let broken: Error | undefined;
  await client.query('rollback').catch((error: Error) => {
    broken = error;
  });
  client.release(broken);
}

function whole(invariant: Invariant): Invariant {
  const { id, thorough } = invariant;
  return thorough ? { ...invariant, id: `${id}${IN_FULL}`, violations: thorough } : invariant;
}

async function check(on: Queryable, invariant: Invariant): Promise<Omit<AuditVerdict, 'checkedAt'>> {
  const { id, rule, timing, violations, needs } = invariant;
  const started = performance.now();
  const skipped = needs !== undefined && !(await exists(on, needs));
  const [row] = skipped
    ? []
    : await run<{ count: bigint; subjects: string[] | null }>(on, {
        text: `with broken as (${violations}) select count(*) as count, (array_agg(subject))[1:${LISTED}] as subjects from broken`,
      });
  return {
    id,
    rule,
    timing,
    violations: Number(row?.count ?? 0n),
    subjects: row?.subjects ?? [],
    milliseconds: Math.round(performance.now() - started),
    skipped,
  };
}

async function exists(on: Queryable, table: string): Promise<boolean> {
  const [row] = await run<{ found: boolean }>(on, {
    text: 'select to_regclass($1) is not null as found',
    values: [table],
  });
  return row?.found ?? false;
}
