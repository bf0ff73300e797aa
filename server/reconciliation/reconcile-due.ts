import { pool, run } from '#db';
import { log } from '#observability';
import { reconcileDay } from './reconcile-day.ts';

/** Most days that one round catches up with: a month and a day, should nobody have been here. */
const MOST_DAYS = 32;
/** Days for which a file that was missing or spoiled is asked for again, and what a rule can fix is tried again. */
const TRIED_AGAIN_DAYS = 7;

/**
 * Reconciles what is due: every day since the last one that is over on the provider's clock, and days of the last week of which a
 * file is missing or a rule has not done its work yet. Answers how many days were reconciled.
 */
export async function reconcileDue(): Promise<number> {
  const due = await run<{ day: string }>(pool(), {
    text: `with clock as (
             select (psp_time at time zone 'UTC')::date as today from psp_feeds where name = 'balance_transactions' and psp_time > 'epoch'
           ), began as (
             select coalesce((select max(day) + 1 from reconciliation_runs), today - 1) as day, today from clock
           )
           select to_char(day, 'YYYY-MM-DD') as day from (
             select generate_series(began.day, today - 1, interval '1 day')::date as day from began
             union
             select x.day from reconciliation_exceptions x, clock
             where x.closed_at is null and x.day >= today - $1::int
               and (x.class = 'fixed_by_rule' or x.type in ('file_missing', 'file_truncated', 'file_unreadable'))
           ) due order by day limit $2`,
    values: [TRIED_AGAIN_DAYS, MOST_DAYS],
  });
  for (const { day } of due)
    for (const { currency, differences, notTold } of await reconcileDay(day)) {
      const found = Object.fromEntries(differences.map((one) => [`${one.source} ${one.type}`, one.count]));
      log().info({ day, currency, notTold, differences: found }, 'reconciled a day');
    }
  return due.length;
}
