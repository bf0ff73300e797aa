import { createLane } from '#kernel';
import type { IdempotencyRow } from '../database/rows.ts';
import type { Store } from '../database/store.ts';
import type { Answer } from '../http/answer.ts';
import { StripeError } from '../http/stripe-error.ts';
import type { ApiRequest } from '../requests/request.ts';

/** Stripe keeps keys at least 24 hours. */
const KEEP_SECONDS = 24 * 3_600;
const MAX_LOOKUPS = 500;
const MAX_QUEUE = 5_000;

/** An answer given before under the same key, with the id of the request it belonged to. */
export interface Replay {
  readonly answer: Answer;
  readonly originalRequest: string;
}

export interface IdempotentCalls {
  /**
   * Runs `execute` unless the key has an answer, which is then replayed. The answer is stored by the commit of
   * `execute` itself, under the key's unique constraint. Throws 409 while the key is in use and 400 when the
   * parameters differ from the first call.
   */
  once(request: ApiRequest, execute: () => Promise<Answer>): Promise<Answer | Replay>;
  /** Forgets keys older than 24 hours. */
  purge(): Promise<void>;
}

export function createIdempotentCalls(store: Store): IdempotentCalls {
  const inFlight = new Set<string>();
  const lookups = createLane<string, IdempotencyRow | undefined>({
    run: (keys) => findStored(store, keys),
    maxBatch: MAX_LOOKUPS,
    maxQueue: MAX_QUEUE,
    concurrency: 2,
  });

  async function replayStored(request: ApiRequest, key: string): Promise<Replay | null> {
    const stored = await lookups.submit(key);
    return stored ? replay(stored, request) : null;
  }

  return {
    async once(request, execute) {
      const key = request.idempotencyKey;
      if (key === null) return execute();
      if (inFlight.has(key)) throw inUse(key);
      inFlight.add(key);
      try {
        return (await replayStored(request, key)) ?? (await execute());
      } catch (error) {
        if (!isKeyConflict(error)) throw error;
        const replayed = await replayStored(request, key);
        if (!replayed) throw inUse(key);
        return replayed;
      } finally {
        inFlight.delete(key);
      }
    },
    async purge() {
      const horizon = Math.floor(Date.now() / 1000) - KEEP_SECONDS;
      await store.rows('purge_keys', 'delete from idempotency_keys where created < $1', [horizon]);
    },
  };
}

async function findStored(store: Store, keys: readonly string[]): Promise<(IdempotencyRow | undefined)[]> {
  const text = 'select * from idempotency_keys where key = any($1)';
  const found = await store.rows<IdempotencyRow>('find_keys', text, [keys]);
  const byKey = new Map(found.map((row) => [row.key, row]));
  return keys.map((key) => byKey.get(key));
}

function replay(stored: IdempotencyRow, request: ApiRequest): Replay {
  if (stored.fingerprint !== request.fingerprint) {
    throw new StripeError(
      400,
      'idempotency_error',
      'Keys for idempotent requests can only be used with the same parameters they were first used with. ' +
        `Try using a key other than '${stored.key}' if you meant to execute a different request.`,
    );
  }
  return { answer: { status: stored.status, body: stored.body }, originalRequest: stored.request_id };
}

function inUse(key: string): StripeError {
  return new StripeError(
    409,
    'idempotency_error',
    `There is currently another in-progress request using this Idempotency-Key (${key}). Try again later.`,
    { code: 'idempotency_key_in_use' },
  );
}

/** The key was stored after our look-up: by another process, or by our own commit whose confirmation got lost. */
function isKeyConflict(error: unknown): boolean {
  return (error as { constraint?: string }).constraint === 'idempotency_keys_pkey';
}
