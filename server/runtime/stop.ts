import { setTimeout as delay } from 'node:timers/promises';
import { singleton } from '#kernel';
import { log } from '#observability';

/** Longest time from the request to stop until the process has left, in milliseconds. */
const STOP_DEADLINE_MS = 10_000;

function stopRequest(): AbortController {
  return singleton('runtime.stop', () => new AbortController());
}

/** Aborted once this process was asked to stop: it reports itself not ready, and answers that would go on for long end. */
export function stopping(): AbortSignal {
  return stopRequest().signal;
}

/**
 * Stops in order on SIGTERM and SIGINT: runs `stop`, then leaves with 0; with 1 when ten seconds were not enough. Whatever is cut
 * short then is as after kill -9: in the database, and picked up by the next process.
 */
export function stopOnSignal(stop: () => Promise<unknown>): void {
  const begin = (signal: string) => {
    if (stopping().aborted) return;
    log().info({ signal }, 'stopping');
    stopRequest().abort();
    void leave(stop);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, begin);
}

async function leave(stop: () => Promise<unknown>): Promise<never> {
  const clean = await Promise.race([
    stop().then(
      () => true,
      (error: unknown) => {
        log().error({ err: error }, 'could not stop in order');
        return false;
      },
    ),
    delay(STOP_DEADLINE_MS, false),
  ]);
  log().info({ clean }, 'stopped');
  process.exit(clean ? 0 : 1);
}
