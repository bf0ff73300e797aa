import { Counter } from 'prom-client';
import { config } from '#config';
import { AppError, singleton } from '#kernel';
import { gaugeBy, metrics } from '#observability';

/**
 * What a request is for, and how full the process may be for it, as a share of MAX_REQUESTS_IN_FLIGHT. When it gets full reads are
 * turned away first, new payments later. Webhooks have places of their own: they carry what became of payments under way, and
 * whoever sends bodies slowly without being asked for a key must not keep callers out. Health is never turned away.
 */
const PLACES = {
  read: { pool: 'requests', share: 0.75 },
  write: { pool: 'requests', share: 1 },
  webhook: { pool: 'webhooks', share: 0.25 },
} as const;

export type Work = keyof typeof PLACES;

/** Advice to those turned away, in seconds. */
const RETRY_AFTER_SECONDS = 1;

interface Admission {
  readonly taken: { requests: number; webhooks: number };
  readonly turnedAway: Counter<'work'>;
}

function admission(): Admission {
  return singleton('runtime.admission', () => {
    const taken = { requests: 0, webhooks: 0 };
    gaugeBy('pool', 'requests_in_flight', 'Requests under way, by the places they take', () => Object.entries(taken));
    const turnedAway = new Counter({
      name: 'requests_turned_away_total',
      help: 'Requests answered 503 before anything was done, because too many were under way',
      labelNames: ['work'],
      registers: [metrics()],
    });
    return { taken, turnedAway };
  });
}

/**
 * Does the work of one request if the process has a place for it. Throws `overloaded`, before anything is done, when there is none:
 * a process that takes more than it can finish ends up finishing nothing in time.
 */
export async function admit<T>(work: Work, run: () => Promise<T>): Promise<T> {
  const { taken, turnedAway } = admission();
  const { pool, share } = PLACES[work];
  if (taken[pool] >= Math.ceil(config().MAX_REQUESTS_IN_FLIGHT * share)) {
    turnedAway.inc({ work });
    throw new AppError('overloaded', 'Too many requests are under way; nothing was done.', {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
  taken[pool] += 1;
  try {
    return await run();
  } finally {
    taken[pool] -= 1;
  }
}
