import { columns, run, runInTransaction, type Tx } from '#db';
import type { AuditVerdict } from './audit-books.ts';

/** Alerts of this kind belong to the check of the books: their subject is an invariant's id. */
const INVARIANT = 'invariant';
/** The alert of a check that could not be made. */
const CHECK = { kind: 'check', subject: 'books' };

export interface RecordedRun {
  /** The alerts of what is broken, each with how often it was seen by now. */
  readonly broken: readonly { readonly subject: string; readonly detail: string; readonly times: number }[];
  /** The invariants whose alert closed by itself. */
  readonly closed: readonly string[];
  /** Alerts of any kind that are open afterwards. */
  readonly openAlerts: number;
}

/** Keeps the verdicts of a run and brings the alerts up to date, in one transaction. A run that was overtaken changes nothing. */
export function recordRun(verdicts: readonly AuditVerdict[]): Promise<RecordedRun> {
  return runInTransaction(async (tx) => {
    await keepVerdicts(tx, verdicts);
    const broken = await openAlerts(
      tx,
      verdicts.filter((verdict) => verdict.violations > 0),
    );
    const closed = await closeAlerts(
      tx,
      verdicts.filter((verdict) => verdict.violations === 0),
    );
    await run(tx, {
      text: `update alerts set resolved_at = now(), resolution = 'the check runs again' where kind = $1 and subject = $2 and resolved_at is null`,
      values: [CHECK.kind, CHECK.subject],
    });
    const [count] = await run<{ open: bigint }>(tx, {
      text: 'select count(*) as open from alerts where resolved_at is null',
    });
    return { broken, closed, openAlerts: Number(count?.open ?? 0n) };
  });
}

/** What a screen says about a verdict. */
export function detailOf({ violations, subjects }: Pick<AuditVerdict, 'violations' | 'subjects'>): string {
  if (violations === 0) return '';
  const listed = subjects.join(', ');
  return violations <= subjects.length ? listed : `${violations} violations, for example ${listed}`;
}

async function keepVerdicts(tx: Tx, verdicts: readonly AuditVerdict[]): Promise<void> {
  await run(tx, {
    text: `insert into audit_verdicts as v (invariant, checked_at, violations, detail, milliseconds, skipped)
           select * from unnest($1::text[], $2::timestamptz[], $3::bigint[], $4::text[], $5::int[], $6::boolean[]) order by 1
           on conflict (invariant) do update
             set checked_at = excluded.checked_at, violations = excluded.violations, detail = excluded.detail,
                 milliseconds = excluded.milliseconds, skipped = excluded.skipped
             where v.checked_at < excluded.checked_at`,
    values: columns(
      verdicts,
      (verdict) => verdict.id,
      (verdict) => verdict.checkedAt,
      (verdict) => verdict.violations,
      detailOf,
      (verdict) => verdict.milliseconds,
      (verdict) => verdict.skipped,
    ),
  });
}

/** One open alert per invariant: it is opened, or seen once more. */
function openAlerts(tx: Tx, broken: readonly AuditVerdict[]): Promise<RecordedRun['broken'][number][]> {
  return run(tx, {
    text: `insert into alerts as a (kind, subject, detail, first_seen_at, last_seen_at)
           select $1, subject, detail, at, at from unnest($2::text[], $3::text[], $4::timestamptz[]) b (subject, detail, at) order by subject
           on conflict (kind, subject) where resolved_at is null do update
             set detail = excluded.detail, last_seen_at = greatest(a.last_seen_at, excluded.last_seen_at), times = a.times + 1
           returning subject, detail, times`,
    values: [
      INVARIANT,
      ...columns(
        broken,
        (verdict) => verdict.id,
        detailOf,
        (verdict) => verdict.checkedAt,
      ),
    ],
  });
}

/** Only what was last seen broken before this run's snapshot: a run that took long must not close what a later one opened. */
async function closeAlerts(tx: Tx, held: readonly AuditVerdict[]): Promise<string[]> {
  const rows = await run<{ subject: string }>(tx, {
    text: `update alerts a set resolved_at = now(), resolution = 'the invariant holds again'
           from unnest($2::text[], $3::timestamptz[]) h (subject, at)
           where a.kind = $1 and a.subject = h.subject and a.resolved_at is null and a.last_seen_at < h.at
           returning a.subject`,
    values: [
      INVARIANT,
      ...columns(
        held,
        (verdict) => verdict.id,
        (verdict) => verdict.checkedAt,
      ),
    ],
  });
  return rows.map((row) => row.subject);
}

/** Opens the alert of a check that could not be made: books that nobody checks must not look as if they held. */
export function noteFailedRun(error: unknown): Promise<void> {
  return runInTransaction(async (tx) => {
    await run(tx, {
      text: `insert into alerts as a (kind, subject, detail, first_seen_at, last_seen_at) values ($1, $2, $3, now(), now())
             on conflict (kind, subject) where resolved_at is null do update
               set detail = excluded.detail, last_seen_at = now(), times = a.times + 1`,
      values: [CHECK.kind, CHECK.subject, error instanceof Error ? error.message : String(error)],
    });
  });
}
