import { pool, run } from '#db';

/** Keys deleted by one statement, so that no lock is held for long. */
const BATCH = 5_000;

/** Deletes the keys whose time is over; answers how many. Run by the worker; safe to run anywhere at any time. */
export async function purgeIdempotencyKeys(): Promise<number> {
  let purged = 0;
  for (;;) {
    const rows = await run(pool(), {
      name: 'idempotency-purge',
      text: `delete from idempotency_keys where (principal, route, key) in (
               select principal, route, key from idempotency_keys where expires_at < clock_timestamp() limit $1 for update skip locked
             ) returning 1`,
      values: [BATCH],
    });
    purged += rows.length;
    if (rows.length < BATCH) return purged;
  }
}
