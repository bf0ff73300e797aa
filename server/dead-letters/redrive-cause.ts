import { databaseTime, run, runInTransaction, type Tx } from '#db';
import { closeLetters } from './close-letters.ts';

/** Most dead letters that one redrive moves: they are moved in one transaction. The rest waits for the next one. */
export const MAX_REDRIVEN = 500;
/** Highest rate at which they can be set on their way. */
export const MAX_PER_SECOND = 50;

/** All open dead letters of a cause, up to the newest that was seen. */
export interface Redrive {
  readonly kind: string;
  readonly cause: string;
  /** From the preview. */
  readonly upTo: string;
  /** Letters set on their way each second. */
  readonly perSecond: number;
  /** Who says so, and why; kept with each letter. */
  readonly actor: string;
  readonly reason: string;
}

export interface RedriveResult {
  readonly moved: number;
  /** Looked at and left open: nothing can be done for them this way. */
  readonly left: number;
  /** Not looked at: more than one redrive takes. */
  readonly remaining: number;
  /** When the last of them sets off. */
  readonly lastAt: Date | null;
}

/** Puts subjects of one kind back to work at their times, in the caller's transaction; answers those it did it for. */
export type Redriver = (
  tx: Tx,
  subjects: readonly { readonly subjectId: string; readonly at: Date }[],
  actor: string,
) => Promise<readonly string[]>;

/**
 * Puts what gave up for a cause back to work, spread over time at a rate, and closes its dead letters with the reason: all in one
 * transaction. Harmless to repeat: a second redrive, also at the same time, finds the letters of the first closed.
 */
export async function redriveCause(redrive: Redrive, move: Redriver): Promise<RedriveResult> {
  const { kind, actor, reason } = redrive;
  return runInTransaction(async (tx) => {
    // One redrive of a kind at a time: the second one waits here and then sees what the first has left.
    await run(tx, { text: 'select pg_advisory_xact_lock(hashtext($1))', values: [`redrive:${kind}`] });
    const { chosen, remaining } = await choose(tx, redrive);
    const start = databaseTime().getTime();
    const subjects = chosen.map((subjectId, place) => ({
      subjectId,
      at: new Date(start + (place * 1_000) / redrive.perSecond),
    }));
    const moved = new Set(chosen.length > 0 ? await move(tx, subjects, actor) : []);
    await closeLetters(tx, { kind, subjectIds: [...moved] }, `${actor}: ${reason}`);
    return {
      moved: moved.size,
      left: chosen.length - moved.size,
      remaining,
      lastAt: subjects.findLast(({ subjectId }) => moved.has(subjectId))?.at ?? null,
    };
  });
}

async function choose(tx: Tx, { kind, cause, upTo }: Redrive): Promise<{ chosen: string[]; remaining: number }> {
  const rows = await run<{ subject_id: string; total: number }>(tx, {
    text: `select subject_id, count(*) over ()::int as total from dead_letters
           where kind = $1 and cause = $2 and id <= $3::bigint and resolved_at is null order by id limit $4`,
    values: [kind, cause, upTo, MAX_REDRIVEN],
  });
  return { chosen: rows.map((row) => row.subject_id), remaining: (rows[0]?.total ?? 0) - rows.length };
}
