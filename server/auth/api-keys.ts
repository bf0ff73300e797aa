import { createHash } from 'node:crypto';
import { pool, run } from '#db';
import { AppError, createLane, singleton } from '#kernel';

/** Whoever calls the API: money and ids are scoped to `principal`. */
export interface ApiCaller {
  readonly keyId: string;
  readonly name: string;
  readonly principal: string;
}

/** SHA-256 of an API key: all that is stored of it. The keys are random and long, so no salt or stretching is needed. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** The scheme, in any case (RFC 9110), and a secret key. */
const BEARER = /^bearer +(sk_(?:test|live)_\w{12,200})$/i;

/**
 * Answers who the `Authorization` header speaks for. Throws `unauthenticated` when it is missing, malformed, unknown or revoked.
 * The database is asked every time, so a revoked key is refused at its next call; concurrent look-ups share one query.
 */
export async function authenticateApiKey(authorization: string | null | undefined): Promise<ApiCaller> {
  const key = BEARER.exec(authorization ?? '')?.[1];
  const caller = key && (await lookupLane().submit(hashApiKey(key)));
  if (!caller) throw new AppError('unauthenticated', 'Send a valid key as "Authorization: Bearer sk_test_…".');
  return caller;
}

/** Most look-ups in one query, and most waiting. */
const MAX_BATCH_LOOKUPS = 200;
const MAX_WAITING_LOOKUPS = 5_000;

function lookupLane() {
  return singleton('auth.api-key-lane', () =>
    createLane<Buffer, ApiCaller | null>({
      name: 'api-keys',
      run: lookUp,
      maxBatch: MAX_BATCH_LOOKUPS,
      maxQueue: MAX_WAITING_LOOKUPS,
      concurrency: 2,
    }),
  );
}

async function lookUp(hashes: readonly Buffer[]): Promise<(ApiCaller | null)[]> {
  const distinct = [...new Map(hashes.map((hash) => [hash.toString('hex'), hash])).values()];
  const rows = await run<{ id: string; name: string; key_hash: Buffer }>(pool(), {
    name: 'api-keys-by-hash',
    text: 'select id, name, key_hash from api_keys where key_hash = any($1::bytea[]) and revoked_at is null',
    values: [distinct],
  });
  const callers = new Map(
    rows.map((row) => [row.key_hash.toString('hex'), { keyId: row.id, name: row.name, principal: `key:${row.id}` }]),
  );
  return hashes.map((hash) => callers.get(hash.toString('hex')) ?? null);
}
