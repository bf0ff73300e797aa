import { databaseTime, pool, run } from '#db';
import { listSeals, type Seal } from '#ledger';
import { IN_FULL } from './audit-books.ts';
import { byNumber, INVARIANTS, type Invariant } from './invariants.ts';

/** An alert as it stands. */
export interface AlertView {
  readonly id: bigint;
  readonly kind: string;
  readonly subject: string;
  readonly detail: string;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  /** How often it was seen while it was open. */
  readonly times: number;
  readonly resolvedAt: Date | null;
  readonly resolution: string | null;
}

/** An invariant with the verdict of the last check. */
export interface CheckView extends Pick<Invariant, 'id' | 'rule' | 'keptBy' | 'timing'> {
  /** `unchecked`: no check has looked at it so far. `skipped`: what it is about does not exist here. */
  readonly verdict: 'holds' | 'broken' | 'skipped' | 'unchecked';
  readonly detail: string;
  readonly milliseconds: number | null;
  readonly checkedAt: Date | null;
}

export interface BooksHealth {
  readonly asOf: Date;
  readonly checks: readonly CheckView[];
  /** The last check that any process made; null before the first. */
  readonly lastCheck: { readonly at: Date; readonly milliseconds: number } | null;
  /** Open alerts, the oldest first. */
  readonly openAlerts: readonly AlertView[];
  /** The last that were closed, newest first. */
  readonly closedAlerts: readonly AlertView[];
  readonly seals: readonly Seal[];
  /** Ledger transactions too young to be sealed. */
  readonly unsealed: bigint;
}

/** Closed alerts and seals on the page; the rest is a question for the database. */
const LISTED = 10;
/** Open alerts on one page: more than that is one incident. */
const MAX_OPEN = 100;

/** What the last checks of the books found, without checking anything now. */
export async function booksHealth(): Promise<BooksHealth> {
  const [verdicts, open, closed, { seals, waiting }] = await Promise.all([
    loadVerdicts(),
    loadAlerts('resolved_at is null order by first_seen_at, id limit $1', MAX_OPEN),
    loadAlerts('resolved_at is not null order by resolved_at desc, id desc limit $1', LISTED),
    listSeals(LISTED),
  ]);
  const usual = verdicts.filter(({ invariant }) => !invariant.endsWith(IN_FULL));
  const newest = usual.reduce<VerdictRow | undefined>(
    (last, row) => (last && last.checked_at >= row.checked_at ? last : row),
    undefined,
  );
  return {
    asOf: databaseTime(),
    checks: checksOf(verdicts),
    lastCheck: newest
      ? { at: newest.checked_at, milliseconds: usual.reduce((sum, row) => sum + row.milliseconds, 0) }
      : null,
    openAlerts: open,
    closedAlerts: closed,
    seals,
    unsealed: waiting,
  };
}

/** How many alerts are open, and since when the oldest. */
export async function openAlerts(): Promise<{ readonly count: number; readonly oldestAt: Date | null }> {
  const [row] = await run<{ count: bigint; oldest: Date | null }>(pool(), {
    text: 'select count(*) as count, min(first_seen_at) as oldest from alerts where resolved_at is null',
  });
  return { count: Number(row?.count ?? 0n), oldestAt: row?.oldest ?? null };
}

interface VerdictRow {
  invariant: string;
  checked_at: Date;
  violations: bigint;
  detail: string;
  milliseconds: number;
  skipped: boolean;
}

function loadVerdicts(): Promise<VerdictRow[]> {
  return run<VerdictRow>(pool(), {
    text: 'select invariant, checked_at, violations, detail, milliseconds, skipped from audit_verdicts',
  });
}

/** Every invariant there is, checked or not, and the checks over everything that were ever made. */
function checksOf(rows: readonly VerdictRow[]): CheckView[] {
  const found = new Map(rows.map((row) => [row.invariant, row]));
  const inFull = INVARIANTS.filter(({ thorough }) => thorough).map((one) => ({ ...one, id: `${one.id}${IN_FULL}` }));
  return [...INVARIANTS, ...inFull.filter(({ id }) => found.has(id))].toSorted(byNumber).map((invariant) => {
    const row = found.get(invariant.id);
    return {
      id: invariant.id,
      rule: invariant.rule,
      keptBy: invariant.keptBy,
      timing: invariant.timing,
      verdict: verdictOf(row),
      detail: row?.detail ?? '',
      milliseconds: row?.milliseconds ?? null,
      checkedAt: row?.checked_at ?? null,
    };
  });
}

function verdictOf(row: VerdictRow | undefined): CheckView['verdict'] {
  if (!row) return 'unchecked';
  if (row.skipped) return 'skipped';
  return row.violations > 0n ? 'broken' : 'holds';
}

interface AlertRow {
  id: bigint;
  kind: string;
  subject: string;
  detail: string;
  first_seen_at: Date;
  last_seen_at: Date;
  times: number;
  resolved_at: Date | null;
  resolution: string | null;
}

async function loadAlerts(which: string, limit: number): Promise<AlertView[]> {
  const rows = await run<AlertRow>(pool(), {
    text: `select id, kind, subject, detail, first_seen_at, last_seen_at, times, resolved_at, resolution from alerts where ${which}`,
    values: [limit],
  });
  return rows.map(({ first_seen_at, last_seen_at, resolved_at, ...row }) => ({
    ...row,
    firstSeenAt: first_seen_at,
    lastSeenAt: last_seen_at,
    resolvedAt: resolved_at,
  }));
}
