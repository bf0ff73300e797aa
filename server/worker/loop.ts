import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '#kernel';
import { underRequestId } from '#observability';

export interface LoopOptions {
  /** Does a share of the work and answers how much there was; more than nothing is followed up at once. */
  readonly run: () => Promise<number>;
  /** Pause after an empty round, in milliseconds. */
  readonly idleMs: number;
  /** Pause after a round with work, in milliseconds, so that what comes meanwhile shares the next one. Default none. */
  readonly breathMs?: number;
  readonly onError: (error: unknown) => void;
}

export interface Loop {
  /** Ends the pause: there is something to do. */
  readonly wake: () => void;
  /** Milliseconds since a round last ended well; since the start, if none did. */
  readonly silence: () => number;
  /** Resolves when the round under way has ended. */
  readonly stop: () => Promise<void>;
}

/** Pause after an error, in milliseconds: a database that is away must not be hammered. */
const ERROR_PAUSE_MS = 1_000;

/** Runs rounds of work one after the other until stopped; an error never ends it. Each round has an id, on all its log lines. */
export function startLoop({ run, idleMs, breathMs, onError }: LoopOptions): Loop {
  let running = true;
  let bell = new AbortController();
  let endedWellAt = performance.now();

  async function pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: bell.signal }).catch(() => undefined);
    bell = new AbortController();
  }

  async function rounds(): Promise<void> {
    while (running) {
      try {
        const done = await underRequestId(newId('round'), run);
        endedWellAt = performance.now();
        if (done === 0 && running) await pause(idleMs);
        else if (breathMs !== undefined && running) await delay(breathMs);
      } catch (error) {
        onError(error);
        if (running) await pause(ERROR_PAUSE_MS);
      }
    }
  }

  const done = rounds();
  return {
    wake: () => bell.abort(),
    silence: () => performance.now() - endedWellAt,
    stop: () => {
      running = false;
      bell.abort();
      return done;
    },
  };
}
