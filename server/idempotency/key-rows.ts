import { pool, run } from '#db';
import { uuidv7 } from '#kernel';

/** How long a key is held for a request that is running; longer than any request may take, so a live one is not overtaken. */
const LEASE_SECONDS = 60;
/** How long an answer is kept at least. */
const RETENTION_HOURS = 24;

interface KeyId {
  readonly principal: string;
  readonly route: string;
  readonly key: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A key held by this process. Whatever is written under it asks for the lease, so nothing is once somebody else has taken over. */
export interface Claim extends KeyId {
  readonly lease: string;
  /** Stays the same whoever takes over: what the ids made for this request follow from. */
  readonly runId: string;
  readonly subjectId: string | null;
}

export interface ClaimRow {
  readonly lease: string;
  readonly run_id: string;
  readonly subject_id: string | null;
}

export const CLAIM_COLUMNS = 'k.locked_until::text as lease, k.run_id, k.subject_id';

export function claimOf({ principal, route, key }: KeyId, row: ClaimRow): Claim {
  return { principal, route, key, lease: row.lease, runId: row.run_id, subjectId: row.subject_id };
}

/** Takes a key that nobody has; undefined when somebody does. `call` is how to run the request again. */
export async function insertKey(id: KeyId, hash: Buffer, call: unknown): Promise<Claim | undefined> {
  const [row] = await run<ClaimRow>(pool(), {
    name: 'idempotency-insert',
    text: `insert into idempotency_keys as k (principal, route, key, request_hash, run_id, call, locked_until, expires_at)
           values ($1, $2, $3, $4, $5, $6, clock_timestamp() + make_interval(secs => $7), clock_timestamp() + make_interval(hours => $8))
           on conflict do nothing
           returning ${CLAIM_COLUMNS}`,
    values: [
      id.principal,
      id.route,
      id.key,
      hash,
      uuidv7(),
      call === undefined ? null : JSON.stringify(call),
      LEASE_SECONDS,
      RETENTION_HOURS,
    ],
  });
  return row && claimOf(id, row);
}

export interface KeyRow {
  readonly request_hash: Buffer;
  readonly expired: boolean;
  readonly abandoned: boolean;
  readonly lease: string;
  readonly status_code: number | null;
  readonly response_headers: Record<string, string> | null;
  readonly response_body: string | null;
}

export async function readKey({ principal, route, key }: KeyId): Promise<KeyRow | undefined> {
  const [row] = await run<KeyRow>(pool(), {
    name: 'idempotency-read',
    text: `select request_hash, expires_at < clock_timestamp() as expired, locked_until < clock_timestamp() as abandoned,
                  locked_until::text as lease, status_code, response_headers, response_body
           from idempotency_keys where principal = $1 and route = $2 and key = $3`,
    values: [principal, route, key],
  });
  return row;
}

/** The answer that is kept under a key, if there is one. */
export function answerIn({ status_code: status, response_headers: headers, response_body: body }: KeyRow) {
  return status === null || headers === null || body === null ? undefined : { status, headers, body };
}

/** Takes over the key of a request whose lease, as it was read, has run out; undefined when somebody else was faster. */
export async function takeOver(id: KeyId, lease: string): Promise<Claim | undefined> {
  const [row] = await run<ClaimRow>(pool(), {
    name: 'idempotency-take-over',
    text: `update idempotency_keys k set locked_until = clock_timestamp() + make_interval(secs => $5)
           where principal = $1 and route = $2 and key = $3 and locked_until = $4::timestamptz and recovery_point <> 'finished'
           returning ${CLAIM_COLUMNS}`,
    values: [id.principal, id.route, id.key, lease, LEASE_SECONDS],
  });
  return row && claimOf(id, row);
}

/** Makes a key whose time is over free for a new request. */
export async function deleteExpired({ principal, route, key }: KeyId): Promise<void> {
  await run(pool(), {
    name: 'idempotency-expire',
    text: `delete from idempotency_keys where principal = $1 and route = $2 and key = $3 and expires_at < clock_timestamp()`,
    values: [principal, route, key],
  });
}

/** Keeps the answer if the lease is still ours. How to run the request again is forgotten: nobody will. */
export async function finish({ principal, route, key, lease }: Claim, answer: Answer): Promise<boolean> {
  const rows = await run(pool(), {
    name: 'idempotency-finish',
    text: `update idempotency_keys set recovery_point = 'finished', status_code = $5, response_headers = $6, response_body = $7, call = null
           where principal = $1 and route = $2 and key = $3 and locked_until = $4::timestamptz and recovery_point <> 'finished'
           returning 1`,
    values: [principal, route, key, lease, answer.status, JSON.stringify(answer.headers), answer.body],
  });
  return rows.length === 1;
}

/**
 * Lets go of a request that could not be answered. What has had an effect stays, with its ids, for whoever goes on; what has not
 * is forgotten, unless it is to be `kept` for the next try. Answers whether the lease was still ours.
 */
export async function letGo({ principal, route, key, lease }: Claim, kept: boolean): Promise<boolean> {
  const rows = await run(pool(), {
    name: 'idempotency-let-go',
    text: `with forgotten as (
             delete from idempotency_keys
             where principal = $1 and route = $2 and key = $3 and locked_until = $4::timestamptz and recovery_point = 'started' and not $5
             returning 1
           ), put_back as (
             update idempotency_keys set locked_until = clock_timestamp()
             where principal = $1 and route = $2 and key = $3 and locked_until = $4::timestamptz
               and (recovery_point = 'accepted' or recovery_point = 'started' and $5)
             returning 1
           )
           select 1 from forgotten union all select 1 from put_back`,
    values: [principal, route, key, lease, kept],
  });
  return rows.length === 1;
}

export interface AbandonedRow extends KeyId, ClaimRow {
  readonly call: unknown;
  readonly worker_tries: number;
}

/**
 * Takes over up to `limit` requests, of those that came in by `door`, which nobody has brought to an end. After each try the pause
 * doubles. Workers at work side by side pass over each other's rows.
 */
export async function takeOverAbandoned(door: string, limit: number): Promise<AbandonedRow[]> {
  return run<AbandonedRow>(pool(), {
    name: 'idempotency-take-over-abandoned',
    text: `update idempotency_keys k
           set locked_until = clock_timestamp() + make_interval(secs => $3), worker_tries = k.worker_tries + 1
           from (
             select principal, route, key from idempotency_keys
             where recovery_point <> 'finished' and locked_until < clock_timestamp()
               and locked_until + make_interval(secs => power(2, worker_tries)) < clock_timestamp()
               and expires_at > clock_timestamp() and call ->> 'door' = $1
             order by locked_until limit $2 for update skip locked
           ) due
           where k.principal = due.principal and k.route = due.route and k.key = due.key
           returning k.principal, k.route, k.key, k.call, k.worker_tries, ${CLAIM_COLUMNS}`,
    values: [door, limit, LEASE_SECONDS],
  });
}
