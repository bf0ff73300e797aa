import { createHash } from 'node:crypto';
import { pool, run } from '#db';
import { AppError } from '#kernel';

/** How long a key is held for a request that is running; longer than any request may take, so a live one is not overtaken. */
const LEASE_SECONDS = 60;
/** How long an answer is kept at least. */
const RETENTION_HOURS = 24;
/** Advice to a caller whose first request is still running. */
const IN_FLIGHT_RETRY_SECONDS = 1;

export interface KeyedRequest {
  /** Who asks: keys of two callers never meet. */
  readonly principal: string;
  /** Method and route, for example `POST /payments`. */
  readonly route: string;
  readonly key: string;
  /** What identifies the request's content: path values and the validated body. */
  readonly content: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Runs a request at most once per key and answers every repetition with the first answer, byte for byte.
 * The key is claimed by an insert before anything is done. Meanwhile a repetition gets `idempotency_in_flight` (409), another
 * content `idempotency_key_reused` (422). When `execute` rejects, nothing is remembered and the key is free again. A claim whose
 * process died is taken over after its lease by the next repetition, which runs `execute` again: it must be safe to repeat.
 */
export async function runOnce(
  request: KeyedRequest,
  execute: () => Promise<Answer>,
): Promise<Answer & { readonly replayed: boolean }> {
  const hash = createHash('sha256').update(request.content).digest();
  const lease = await claim(request, hash);
  if (lease === undefined) return { ...(await readFirst(request, hash)), replayed: true };
  let answer: Answer;
  try {
    answer = await execute();
  } catch (error) {
    await release(request, lease);
    throw error;
  }
  if (await finish(request, lease, answer)) return { ...answer, replayed: false };
  // The lease ran out and somebody else took over: both callers get the one answer that is kept.
  return { ...(await readFirst(request, hash)), replayed: true };
}

/** Takes the key: when it is new, expired, or abandoned by a request of the same content. Answers the lease, or undefined. */
async function claim({ principal, route, key }: KeyedRequest, hash: Buffer): Promise<string | undefined> {
  const rows = await run<{ lease: string }>(pool(), {
    name: 'idempotency-claim',
    text: `insert into idempotency_keys as k (principal, route, key, request_hash, locked_until, expires_at)
           values ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5), clock_timestamp() + make_interval(hours => $6))
           on conflict (principal, route, key) do update
             set request_hash = excluded.request_hash, recovery_point = 'started', status_code = null, response_headers = null,
                 response_body = null, locked_until = excluded.locked_until, expires_at = excluded.expires_at
             where k.expires_at < clock_timestamp()
                or (k.recovery_point <> 'finished' and k.locked_until < clock_timestamp() and k.request_hash = excluded.request_hash)
           returning locked_until::text as lease`,
    values: [principal, route, key, hash, LEASE_SECONDS, RETENTION_HOURS],
  });
  return rows[0]?.lease;
}

interface KeyRow {
  same_request: boolean;
  status_code: number | null;
  response_headers: Record<string, string> | null;
  response_body: string | null;
}

async function readFirst({ principal, route, key }: KeyedRequest, hash: Buffer): Promise<Answer> {
  const [row] = await run<KeyRow>(pool(), {
    name: 'idempotency-read',
    text: `select request_hash = $4 as same_request, status_code, response_headers, response_body
           from idempotency_keys where principal = $1 and route = $2 and key = $3`,
    values: [principal, route, key, hash],
  });
  if (row && !row.same_request) {
    throw new AppError(
      'idempotency_key_reused',
      'This key came with another request before. Use a new key for a new request.',
      {
        param: 'Idempotency-Key',
      },
    );
  }
  if (!row || row.status_code === null || row.response_headers === null || row.response_body === null) {
    throw new AppError(
      'idempotency_in_flight',
      'The first request with this key is still running; ask again shortly.',
      {
        param: 'Idempotency-Key',
        retryAfterSeconds: IN_FLIGHT_RETRY_SECONDS,
      },
    );
  }
  return { status: row.status_code, headers: row.response_headers, body: row.response_body };
}

/** Keeps the answer if the lease is still ours. */
async function finish({ principal, route, key }: KeyedRequest, lease: string, answer: Answer): Promise<boolean> {
  const rows = await run(pool(), {
    name: 'idempotency-finish',
    text: `update idempotency_keys set recovery_point = 'finished', status_code = $5, response_headers = $6, response_body = $7
           where principal = $1 and route = $2 and key = $3 and locked_until = $4::timestamptz and recovery_point <> 'finished'
           returning 1`,
    values: [principal, route, key, lease, answer.status, JSON.stringify(answer.headers), answer.body],
  });
  return rows.length === 1;
}

/** Forgets the claim. Should the database be gone too, the lease ends by itself. */
async function release({ principal, route, key }: KeyedRequest, lease: string): Promise<void> {
  await run(pool(), {
    name: 'idempotency-release',
    text: `delete from idempotency_keys
           where principal = $1 and route = $2 and key = $3 and locked_until = $4::timestamptz and recovery_point <> 'finished'`,
    values: [principal, route, key, lease],
  }).catch(() => undefined);
}
