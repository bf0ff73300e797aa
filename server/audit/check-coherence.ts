import { pool, run } from '#db';
import { log } from '#observability';
import { type AuditVerdict, auditBooks, IN_FULL } from './audit-books.ts';
import { observeRun } from './coherence-metrics.ts';
import { noteFailedRun, type RecordedRun, recordRun } from './record-run.ts';

/** Largest share of the time that the usual check may take: a run of 3 s is followed by 57 s of rest. */
const MOST_SHARE = 1 / 20;

export interface CoherenceOptions {
  /** Looks at all of it, however long that takes; not bound by the share. */
  readonly inFull?: boolean;
}

/**
 * Checks every invariant and keeps what it found: the verdicts, and an alert for each broken one, which closes by itself once the
 * invariant holds again. Answers the verdicts, or null when the last run took too large a share of the time since to run again
 * already. A check that fails is an alert too, and is thrown on. Safe to run in several processes at once.
 */
export async function checkCoherence({
  inFull = false,
}: CoherenceOptions = {}): Promise<readonly AuditVerdict[] | null> {
  if (!inFull && !(await isDue())) return null;
  const started = performance.now();
  const verdicts = await auditBooks({ inFull }).catch(async (error: unknown) => {
    log().error({ err: error }, 'the books could not be checked');
    await noteFailedRun(error).catch(() => undefined);
    throw error;
  });
  const recorded = await recordRun(verdicts);
  observeRun(verdicts, recorded.openAlerts, (performance.now() - started) / 1_000);
  report(recorded);
  return verdicts;
}

async function isDue(): Promise<boolean> {
  const [last] = await run<{ due: boolean | null }>(pool(), {
    text: `select sum(milliseconds) <= extract(epoch from clock_timestamp() - max(checked_at)) * 1000 * $1::float8 as due
           from audit_verdicts where invariant not like '%' || $2`,
    values: [MOST_SHARE, IN_FULL],
  });
  return last?.due ?? true;
}

function report({ broken, closed }: RecordedRun): void {
  for (const { subject, detail, times } of broken)
    log().error({ invariant: subject, detail, times }, 'the books do not hold an invariant');
  for (const subject of closed) log().info({ invariant: subject }, 'the books hold an invariant again');
}
