import { pool, run } from '#db';
import { singleton } from '#kernel';
import { ANSWERED, psp } from '#psp';
import { LEASE_SECONDS } from './due-attempts.ts';
import { DRAIN_PER_SECOND } from './resolve-attempts.ts';

/** How often it is looked whether the PSP is back, in milliseconds, and most attempts pulled forward each time: what is drained until the next. */
export const AFTER_OUTAGE_MS = 5_000;
const BATCH = (DRAIN_PER_SECOND * AFTER_OUTAGE_MS) / 1_000;

/** What an attempt waits for although the PSP can be reached: it answered, or asked for a pause. */
const NO_SILENCE = [...ANSWERED, 'rate_limited'];

/**
 * The PSP is back: attempts that wait for minutes or hours because it did not answer are looked at within seconds, at the rate at
 * which a backlog is drained, those whose time comes first before the others. Each once per return: what has been looked at since the
 * breaker of this process closed waits for its next step. A process that has seen no outage pulls nothing. Answers how many were
 * pulled forward.
 *
 * What waits no longer than a lease is left alone: its time comes soon, or somebody is looking at it now.
 */
export async function lookAfterOutage(): Promise<number> {
  const { breaker, since } = psp().health();
  const atFirst = singleton('payments.psp-since', () => since);
  if (breaker !== 'closed' || since.getTime() === atFirst.getTime()) return 0;
  const pulled = await run(pool(), {
    name: 'look-after-outage',
    text: `with waiting as (
             select id, resolve_at from payment_attempts
             where finished_at is null and resolve_at > now() + make_interval(secs => $1)
               and state in ('PENDING', 'UNKNOWN') and error <> all($2::text[]) and coalesce(asked_at, created_at) < $3
             order by resolve_at limit $4 for update skip locked
           ), placed as (select id, row_number() over (order by resolve_at) - random() as place from waiting)
           update payment_attempts a set resolve_at = now() + make_interval(secs => p.place / $5)
           from placed p where a.id = p.id returning 1`,
    values: [LEASE_SECONDS, NO_SILENCE, since, BATCH, DRAIN_PER_SECOND],
  });
  return pulled.length;
}
