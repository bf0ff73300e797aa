import { pool, run } from '#db';
import { log } from '#observability';
import { reconcileDay } from './reconcile-day.ts';
import { settledCurrencies } from './settled-currencies.ts';

/** How many days back a day that was never compared is looked for: a month and a day, should nobody have been here. */
const MOST_DAYS = 32;
/** Days for which a file that was missing or spoiled is asked for again, and what a rule can fix is tried again. */
const TRIED_AGAIN_DAYS = 7;

/**
 * Reconciles what is due: every day that is over on the provider's clock and was not compared yet in a currency that was settled by
 * then, because nobody was here, the provider did not tell or the night was not brought to its end; and days of the last week of which
 * a file is missing or a rule has not done its work yet. Answers how many days were reconciled.
 */
export async function reconcileDue(): Promise<number> {
  const settled = await settledCurrencies();
  const due = await run<{ day: string; currencies: string[] }>(pool(), {
    text: `with clock as (
             select (psp_time at time zone 'UTC')::date as today from psp_feeds where name = 'balance_transactions' and psp_time > 'epoch'
           ), over as (
             select generate_series(today - $2::int, today - 1, interval '1 day')::date as day from clock
           )
           select to_char(day, 'YYYY-MM-DD') as day, array_agg(currency::text order by currency) as currencies from (
             select over.day, s.currency from over join unnest($3::bpchar[], $4::timestamptz[]) s (currency, since)
               on (s.since at time zone 'UTC')::date <= over.day
             where not exists (select from reconciliation_runs r where r.day = over.day and r.currency = s.currency)
             union
             select x.day, x.currency from reconciliation_exceptions x, clock
             where x.closed_at is null and x.day >= today - $1::int
               and (x.class = 'fixed_by_rule' or x.type in ('file_missing', 'file_truncated', 'file_unreadable'))
           ) due group by day order by day`,
    values: [TRIED_AGAIN_DAYS, MOST_DAYS, settled.map((one) => one.currency), settled.map((one) => one.since)],
  });
  for (const { day, currencies } of due)
    for (const { currency, differences, notTold } of await reconcileDay(day, currencies)) {
      const found = Object.fromEntries(differences.map((one) => [`${one.source} ${one.type}`, one.count]));
      log().info({ day, currency, notTold, differences: found }, 'reconciled a day');
    }
  return due.length;
}
