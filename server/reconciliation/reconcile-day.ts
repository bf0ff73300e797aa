import { pool, run } from '#db';
import { AppError } from '#kernel';
import { readFeed, readSooner } from '#settlement';
import { SOURCES, type Source } from './difference-types.ts';
import { fetchFile } from './fetch-file.ts';
import { bookWhatIsDue, fixByRule } from './fix-by-rule.ts';
import { importFile } from './import-file.ts';
import { keepPayouts } from './keep-payouts.ts';
import { matchDay } from './match-day.ts';
import { type DayReport, reportDay } from './report-day.ts';
import { settledCurrencies } from './settled-currencies.ts';

/** Most pages of the provider's list that are read before a comparison; the worker reads it all the time anyway. */
const MOST_PAGES = 1_000;

/**
 * Reconciles a day of the provider's clock (`2026-06-18`; default yesterday) in these currencies, or in every one that it settles: fetches
 * the files, keeps them, compares them with our books, puts right what a rule can and compares again. Doing it again changes nothing
 * unless something has changed.
 *
 * @throws AppError `validation_failed` for what is no day, or a day that is not over on the provider's clock.
 */
export async function reconcileDay(asked?: string, currencies?: readonly string[]): Promise<DayReport[]> {
  await readOn();
  const today = await pspToday();
  const day = asked ?? dayBefore(today);
  assertOver(day, today);
  const payoutsNotTold = await keepPayouts(day);
  const reports: DayReport[] = [];
  for (const currency of currencies ?? (await settledCurrencies()).map((one) => one.currency))
    reports.push(
      payoutsNotTold === null ? await reconcile(day, currency) : await reportDay(day, currency, payoutsNotTold),
    );
  return reports;
}

async function reconcile(day: string, currency: string): Promise<DayReport> {
  const absent: Source[] = [];
  for (const source of SOURCES) {
    const fetched = await fetchFile({ source, day, currency });
    if (fetched.kind === 'not_told') return reportDay(day, currency, `${source}: ${fetched.reason}`);
    if (fetched.kind === 'absent') absent.push(source);
    else await importFile({ source, day, currency }, fetched).finally(fetched.discard);
  }
  await matchDay({ day, currency, absent, unknown: [] });
  const report = await reportDay(day, currency);
  if (!report.differences.some((one) => one.class === 'fixed_by_rule')) return report;
  const { unknown } = await fixByRule(day, currency);
  await matchDay({ day, currency, absent, unknown });
  return reportDay(day, currency);
}

/** The books shall know what the provider tells before they are compared with its files. */
async function readOn(): Promise<void> {
  await readSooner();
  for (let page = 0; page < MOST_PAGES && (await readFeed()) > 0; page += 1);
  await bookWhatIsDue();
}

/** Today on the provider's clock, as `2026-06-18`. */
async function pspToday(): Promise<string> {
  const [feed] = await run<{ today: string }>(pool(), {
    text: `select to_char(psp_time at time zone 'UTC', 'YYYY-MM-DD') as today from psp_feeds where name = 'balance_transactions'`,
  });
  return feed?.today ?? '1970-01-01';
}

function dayBefore(day: string): string {
  return new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
}

function assertOver(day: string, today: string): void {
  const known = /^\d{4}-\d\d-\d\d$/.test(day) && new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day);
  if (known && day < today) return;
  throw new AppError('validation_failed', `A day can be reconciled when it is over; the provider has ${today}.`, {
    param: 'date',
  });
}
