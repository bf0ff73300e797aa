import { newId } from '#kernel';
import { findDestination } from '../accounts/find-destination.ts';
import { lockBalance } from '../books/balance.ts';
import { bookingWrites } from '../books/book.ts';
import { postNetworkSettlement, postValueDate } from '../books/post-day.ts';
import { isBusinessDay, midnightAfter } from '../books/settlement.ts';
import type { Store, Tx } from '../database/store.ts';
import { joinWrites, type Writes } from '../database/writes.ts';
import type { EventDraft } from '../events/event-draft.ts';
import { completeWrites } from '../requests/complete-writes.ts';
import { nowSeconds } from '../requests/request.ts';
import type { Simulator } from '../simulator.ts';
import { newPayout } from './new-payout.ts';

/** Name of the row that says when the next day begins, in Unix seconds. */
const NEXT_DAY = 'next_payout_day';
export const NEXT_PAYOUT_DAY = `select value * 1000 from simulator_state where name = '${NEXT_DAY}'`;

const FIRST = 'insert into simulator_state (name, value) values ($1, $2) on conflict do nothing';
const LOCK = 'select value from simulator_state where name = $1 and value <= $2 for update';
const MOVE_ON = 'update simulator_state set value = $2 where name = $1';

/** What the network owes for days that have settled, and what is still booked as pending of them. */
const SETTLED = `
  select e.currency, e.account, sum(e.amount)::text as amount
  from book_entries e join book_transactions t on t.id = e.transaction
  where e.account in ('card_network', 'merchant_pending') and t.available_on <= $1
  group by e.currency, e.account having sum(e.amount) <> 0 order by e.currency, e.account`;

const CURRENCIES = 'select distinct currency from book_transactions where owner is null order by currency';

/** Takes everything of a currency that is available and was never paid out, if it comes to more than nothing. */
const TAKE = `
  with free as (
    select t.id, t.net from book_transactions t
    where t.owner is null and t.currency = $2 and t.available_on <= $3
      and not exists (select from payout_items i where i.transaction = t.id)
  ), total as (
    select coalesce(sum(net), 0) as amount from free
  ), taken as (
    insert into payout_items (transaction, payout) select free.id, $1 from free, total where total.amount > 0
  )
  select amount::text from total`;

/** Lets the first day of a new database begin at the next midnight UTC. */
export async function planFirstDay(store: Store): Promise<void> {
  await store.rows('plan_first_day', FIRST, [NEXT_DAY, midnightAfter(nowSeconds())]);
}

/**
 * Begins a day: the card network pays for what has settled, settled money becomes available, and on business days everything
 * available is paid out to the platform's bank, one payout per currency, unless payouts are manual. One transaction.
 */
export async function beginDay(simulator: Simulator): Promise<number> {
  const now = nowSeconds();
  const done = await simulator.store.transact(async (tx) => {
    const [due] = await tx.rows('lock_day', LOCK, [NEXT_DAY, now]);
    if (!due) return { count: 0, writes: {} };
    await tx.rows('next_day', MOVE_ON, [NEXT_DAY, midnightAfter(now)]);
    const settled = { writes: bookingWrites(await settle(tx, now)), events: [] };
    const daily = simulator.config.PSP_PAYOUT_SCHEDULE === 'daily' && isBusinessDay(now);
    const swept = daily ? await sweep(tx, simulator, now) : [];
    const decisions = [settled, ...swept].map((decision) =>
      completeWrites(simulator, { ...decision, answer: { status: 200, body: '' } }),
    );
    return { count: 1, writes: decisions.reduce(joinWrites) };
  });
  simulator.sender.wake();
  return done.count;
}

async function settle(tx: Tx, now: number) {
  const rows = await tx.rows<{ currency: string; account: string; amount: string }>('settled', SETTLED, [now]);
  return rows.map(({ currency, account, amount }) =>
    account === 'card_network'
      ? postNetworkSettlement(currency, Number(amount), now)
      : postValueDate(currency, Number(amount), now),
  );
}

async function sweep(tx: Tx, simulator: Simulator, now: number) {
  await lockBalance(tx, null);
  const made: { writes: Writes; events: readonly EventDraft[] }[] = [];
  for (const { currency } of await tx.rows<{ currency: string }>('swept_currencies', CURRENCIES, [])) {
    const id = newId('po');
    const [taken] = await tx.rows<{ amount: string }>('take_items', TAKE, [id, currency, now]);
    const amount = Number(taken?.amount ?? 0);
    if (amount <= 0) continue;
    const destination = await findDestination(tx, simulator.config, { owner: null, currency });
    const { payout, writes, events } = newPayout(simulator, {
      id,
      owner: null,
      amount,
      currency,
      automatic: true,
      destination,
      description: 'STRIPE PAYOUT',
    });
    const itself = { transaction: payout.balance_transaction, payout: id };
    made.push({ writes: { ...writes, payout_items: [itself] }, events });
  }
  return made;
}
