import { pool, run, runInTransaction } from '#db';
import { type KeyedRun, UNKEYED } from '#idempotency';
import { AppError, type CurrencyCode } from '#kernel';
import { nextPayoutDay, type PayoutSchedule } from './payout-schedule.ts';
import { SCHEDULE } from './payout-state.ts';
import { requestPayout } from './request-payout.ts';

/** Sets how often a seller is paid, from the next such day on. Throws `not_found` for an unknown seller. */
export async function setPayoutSchedule(
  sellerId: string,
  schedule: PayoutSchedule,
  actor: string,
  keyed: KeyedRun = UNKEYED,
): Promise<void> {
  if (keyed.subjectId) return;
  await runInTransaction(async (tx) => {
    const [seller] = await run<{ today: string }>(tx, {
      text: `select (now() at time zone 'UTC')::date::text as today from sellers where id = $1 for no key update`,
      values: [sellerId],
    });
    if (!seller) throw new AppError('not_found', `There is no seller ${sellerId}.`);
    await run(tx, {
      text: `insert into payout_schedules (seller_id, every, on_day, next_on, changed_by) values ($1, $2, $3, $4::date, $5)
             on conflict (seller_id) do update set every = excluded.every, on_day = excluded.on_day, next_on = excluded.next_on,
               changed_by = excluded.changed_by, changed_at = now()`,
      values: [sellerId, schedule.every, schedule.onDay, nextPayoutDay(schedule, seller.today), actor],
    });
    for (const statement of keyed.reach(sellerId)) await run(tx, statement);
  });
}

interface DueSchedule {
  readonly seller_id: string;
  readonly every: PayoutSchedule['every'];
  readonly on_day: number | null;
  readonly next_on: string;
  readonly today: string;
  readonly currencies: readonly CurrencyCode[];
}

/**
 * Requests what up to `limit` schedules ask for: all that is available, in each currency. A seller that cannot be paid now, or has too
 * little, is looked at again on its next day. Answers how many schedules were due. Harmless to repeat: a day has one payout per
 * currency, so a worker that dies half way leaves the rest to the next one.
 */
export async function payOutScheduled(limit: number): Promise<number> {
  const due = await run<DueSchedule>(pool(), {
    name: 'due-payout-schedules',
    text: `select s.seller_id, s.every, s.on_day, s.next_on::text, (now() at time zone 'UTC')::date::text as today,
             array(select a.currency::text from ledger_accounts a
                   where a.owner_id = s.seller_id and a.kind = 'seller_available' and a.balance < 0 order by 1) as currencies
           from payout_schedules s where s.next_on <= (now() at time zone 'UTC')::date order by s.next_on, s.seller_id limit $1`,
    values: [limit],
  });
  for (const schedule of due) await payOutDue(schedule);
  return due.length;
}

async function payOutDue(schedule: DueSchedule): Promise<void> {
  const { seller_id: sellerId, next_on: day, every, on_day: onDay, today } = schedule;
  for (const currency of schedule.currencies) {
    await requestPayout({ sellerId, currency, amountMinor: null, requestedBy: SCHEDULE, scheduledFor: day }).catch(
      (error) => {
        if (!(error instanceof AppError) || error.retryable) throw error;
      },
    );
  }
  const next = nextPayoutDay({ every, onDay } as PayoutSchedule, today);
  await run(pool(), {
    name: 'plan-next-payout',
    text: 'update payout_schedules set next_on = $3::date where seller_id = $1 and next_on = $2::date',
    values: [sellerId, day, next],
  });
}
