import { pool, type Queryable, run } from '#db';
import { INVARIANTS, type Invariant } from './invariants.ts';

export interface AuditVerdict {
  readonly id: string;
  readonly rule: string;
  readonly violations: number;
  /** The first offenders. */
  readonly subjects: readonly string[];
  readonly milliseconds: number;
}

/** Most offenders listed per invariant. */
const LISTED = 5;

/** Checks every invariant on one snapshot of the database, so that payments going on meanwhile cannot blur it. */
export async function auditBooks(): Promise<AuditVerdict[]> {
  const client = await pool().connect();
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    await client.query(`set local statement_timeout = '120s'`);
    const verdicts: AuditVerdict[] = [];
    for (const invariant of INVARIANTS) verdicts.push(await check(client, invariant));
    return verdicts;
  } finally {
    await client.query('rollback').catch(() => undefined);
    client.release();
  }
}

async function check(on: Queryable, { id, rule, violations }: Invariant): Promise<AuditVerdict> {
  const started = performance.now();
  const [row] = await run<{ count: bigint; subjects: string[] | null }>(on, {
    text: `with broken as (${violations}) select count(*) as count, (array_agg(subject))[1:${LISTED}] as subjects from broken`,
  });
  return {
    id,
    rule,
    violations: Number(row?.count ?? 0n),
    subjects: row?.subjects ?? [],
    milliseconds: Math.round(performance.now() - started),
  };
}
