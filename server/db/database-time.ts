import { setTimeout as delay } from 'node:timers/promises';
import { singleton } from '#kernel';
import { pool } from './pool.ts';

/** How often the database is asked what time it is, in milliseconds. */
const ASK_EVERY_MS = 10_000;

/** What the database's clock said, in milliseconds of the epoch, when this process's monotonic clock stood at `mark`. */
interface Reading {
  readonly epochMs: number;
  readonly mark: number;
}

function clock(): { reading?: Reading } {
  return singleton('db.time', () => ({}));
}

/**
 * What time it is for everything that is decided: the database's, since its statements decide what is due. A machine whose clock is
 * wrong, or is put right, then neither sends too early nor forgets. Exact to the round trip of the last question, and never ahead by
 * it; a process that does not follow the database's clock has its own. `aheadMs` is for what is due so much later. See decision 0036.
 */
export function databaseTime(aheadMs = 0): Date {
  const { reading } = clock();
  const now = reading ? reading.epochMs + performance.now() - reading.mark : Date.now();
  return new Date(now + aheadMs);
}

/** From its answer on, {@link databaseTime} goes by the database's clock. */
async function readDatabaseTime(): Promise<void> {
  const { rows } = await pool().query<{ now: Date }>('select clock_timestamp() as now');
  const [row] = rows;
  if (row) clock().reading = { epochMs: row.now.getTime(), mark: performance.now() };
}

/**
 * Follows the database's clock until stopped. Resolves once it was asked for the first time; while the database is away the last
 * reading goes on, by a clock that nobody sets.
 */
export async function followDatabaseTime(): Promise<{ stop(): void }> {
  const stopped = new AbortController();
  const ask = () => readDatabaseTime().catch(() => undefined);
  await ask();
  void (async () => {
    for (;;) {
      await delay(ASK_EVERY_MS, undefined, { signal: stopped.signal, ref: false });
      await ask();
    }
  })().catch(() => undefined);
  return { stop: () => stopped.abort() };
}
