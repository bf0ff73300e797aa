import { pool, type Queryable, run } from '#db';
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

/**
 * For reading whole tables: sorts and hashes in memory, two helpers beside the session itself. A hash table that they share
 * would lie in /dev/shm, which is small in many containers; each builds its own.
 */
const SETTINGS = [
  'statement_timeout = 0',
  `work_mem = '128MB'`,
  'max_parallel_workers_per_gather = 2',
  'enable_parallel_hash = off',
  'jit = off',
];

/** Checks every invariant on one snapshot of the database, so that payments going on meanwhile cannot blur it. Changes nothing. */
export async function auditBooks({ alwaysOnly = false, inFull = false }: AuditOptions = {}): Promise<AuditVerdict[]> {
  const client = await pool().connect();
  let broken: Error | undefined;
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    for (const setting of SETTINGS) await client.query(`set local ${setting}`);
    const [snapshot] = await run<{ at: Date }>(client, { text: 'select now() as at' });
    const verdicts: AuditVerdict[] = [];
    for (const invariant of INVARIANTS) {
      if (alwaysOnly && invariant.timing !== 'always') continue;
      verdicts.push({
        ...(await check(client, inFull ? whole(invariant) : invariant)),
        checkedAt: snapshot?.at as Date,
      });
    }
    return verdicts;
  } finally {
    await client.query('rollback').catch((reason: Error) => {
      broken = reason;
    });
    client.release(broken);
  }
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
