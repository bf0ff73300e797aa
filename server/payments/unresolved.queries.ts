import { pool, run } from '#db';

/** Attempts the PSP has not given its last word about, counted by age. Every age is named, also when nothing is of it. */
export async function unresolvedByAge(): Promise<[age: string, count: number][]> {
  const [row] = await run<Record<string, number>>(pool(), {
    name: 'unresolved-by-age',
    text: `select count(*) filter (where created_at > now() - interval '1 minute')::int as "under 1 minute",
                  count(*) filter (where created_at <= now() - interval '1 minute' and created_at > now() - interval '1 hour')::int as "under 1 hour",
                  count(*) filter (where created_at <= now() - interval '1 hour' and created_at > now() - interval '1 day')::int as "under 1 day",
                  count(*) filter (where created_at <= now() - interval '1 day')::int as "older"
           from payment_attempts where finished_at is null`,
  });
  return Object.entries(row ?? {});
}
