import { pool, run } from '#db';

/** Work that gave up and waits for a person. */
export interface DeadLetter {
  readonly id: string;
  readonly kind: string;
  /** What to look at: an id of its kind. */
  readonly subjectId: string;
  readonly cause: string;
  readonly tries: number;
  /** What was met last, when that says more than the cause. */
  readonly lastError: string | null;
  /** The cause of what else somebody has to look at; it is the next letter once this one is closed. */
  readonly beside: string | null;
  readonly createdAt: Date;
  /** When it was met last. */
  readonly lastAt: Date;
}

/** The open dead letters of one kind that gave up for the same cause. */
export interface CauseOfLetters {
  readonly kind: string;
  readonly cause: string;
  readonly count: number;
  readonly oldestAt: Date;
  /** When it was met last. */
  readonly lastAt: Date;
}

/** Which open dead letters; all when empty. */
export interface DeadLetterFilter {
  readonly kind?: string | undefined;
  readonly cause?: string | undefined;
}

/** Dead letters on one page. */
const MAX_LISTED = 100;
/** Causes on one page: a kind has a handful. */
const MAX_CAUSES = 50;
/** Dead letters shown before somebody decides about all of a cause. */
const SAMPLE = 10;

const COLUMNS = `id::text, kind, subject_id as "subjectId", cause, tries, last_error as "lastError", beside, created_at as "createdAt", last_at as "lastAt"`;
const CHOSEN = 'resolved_at is null and ($1::text is null or kind = $1) and ($2::text is null or cause = $2)';

type Row = { [Column in keyof DeadLetter]: DeadLetter[Column] };

/** The open dead letters, newest first, at most 100, and how many there are in all. */
export async function listDeadLetters({ kind, cause }: DeadLetterFilter = {}): Promise<{
  readonly rows: readonly DeadLetter[];
  readonly total: number;
}> {
  const rows = await run<Row & { total: number }>(pool(), {
    name: 'dead-letters',
    text: `select ${COLUMNS}, count(*) over ()::int as total from dead_letters where ${CHOSEN} order by dead_letters.id desc limit $3`,
    values: [kind ?? null, cause ?? null, MAX_LISTED],
  });
  return { total: rows[0]?.total ?? 0, rows: rows.map(({ total: _, ...letter }) => letter) };
}

/** What open dead letters gave up for, the most frequent first, at most 50. */
export async function listCauses(): Promise<CauseOfLetters[]> {
  return run<{ [Column in keyof CauseOfLetters]: CauseOfLetters[Column] }>(pool(), {
    name: 'dead-letter-causes',
    text: `select kind, cause, count(*)::int as count, min(created_at) as "oldestAt", max(last_at) as "lastAt"
           from dead_letters where resolved_at is null group by kind, cause order by count desc, kind, cause limit $1`,
    values: [MAX_CAUSES],
  });
}

/** What somebody sees before all open dead letters of a cause are redriven. */
export interface CausePreview {
  readonly count: number;
  readonly oldestAt: Date | null;
  /** The newest of them: what comes later was not seen, and is not redriven with them. */
  readonly upTo: string | null;
  /** The oldest ten. */
  readonly sample: readonly DeadLetter[];
}

export async function previewCause(kind: string, cause: string): Promise<CausePreview> {
  const [[all], sample] = await Promise.all([
    run<{ count: number; oldestAt: Date | null; upTo: string | null }>(pool(), {
      name: 'preview-cause',
      text: `select count(*)::int as count, min(created_at) as "oldestAt", max(id)::text as "upTo" from dead_letters where ${CHOSEN}`,
      values: [kind, cause],
    }),
    run<Row>(pool(), {
      name: 'sample-cause',
      text: `select ${COLUMNS} from dead_letters where ${CHOSEN} order by dead_letters.id limit $3`,
      values: [kind, cause, SAMPLE],
    }),
  ]);
  return { count: all?.count ?? 0, oldestAt: all?.oldestAt ?? null, upTo: all?.upTo ?? null, sample };
}

/** Open dead letters, counted by kind. */
export async function countOpenDeadLetters(): Promise<[kind: string, count: number][]> {
  const rows = await run<{ kind: string; count: number }>(pool(), {
    name: 'open-dead-letters',
    text: 'select kind, count(*)::int as count from dead_letters where resolved_at is null group by kind',
  });
  return rows.map(({ kind, count }) => [kind, count]);
}
