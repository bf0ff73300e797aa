import { setTimeout as delay } from 'node:timers/promises';
import { isConnectionLost, isTransient, toAppError, tookTooLong } from '#db';

/** How often a whole batch is run again after a deadlock, serialization failure or lost connection. */
const BATCH_RETRIES = 5;
/** First pause before running again, in milliseconds; doubled each time, with as much again at random. */
const FIRST_PAUSE_MS = 5;

/**
 * Runs a batch; when the database refuses it, halves it until the guilty item is alone and gets its own error. Deadlocks and
 * serialization failures run the whole batch again. A lost connection leaves COMMIT's outcome open, so the batch is run again
 * too: `run` must recognise what is already done (state tables and unique facts do). A database that keeps everybody waiting fails
 * the whole batch at once: its halves would wait as long again, one after the other.
 */
export async function runBatch<Item, Result>(
  items: readonly Item[],
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
): Promise<readonly (Result | Error)[]> {
  try {
    return await runAgainIfTransient(() => run(items));
  } catch (error) {
    if (isConnectionLost(error) || tookTooLong(error)) throw toAppError(error) ?? error;
    if (items.length === 1) return [error instanceof Error ? error : new Error(String(error))];
    const middle = items.length >> 1;
    return [...(await runBatch(items.slice(0, middle), run)), ...(await runBatch(items.slice(middle), run))];
  }
}

async function runAgainIfTransient<T>(run: () => Promise<T>): Promise<T> {
  for (let retry = 0; ; retry += 1) {
    try {
      return await run();
    } catch (error) {
      const isWorthIt = (isTransient(error) || isConnectionLost(error)) && !tookTooLong(error);
      if (retry >= BATCH_RETRIES || !isWorthIt) throw error;
      const pause = FIRST_PAUSE_MS * 2 ** retry;
      await delay(pause + Math.random() * pause);
    }
  }
}
