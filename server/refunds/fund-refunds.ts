import { columns, lanePool, pool, run, type Statement } from '#db';
import type { CurrencyCode } from '#kernel';
import { type AccountRef, workInBook } from '#ledger';

interface WaitingRefund {
  readonly id: string;
  readonly seller_id: string;
  readonly currency: CurrencyCode;
  readonly payment_order_id: string;
  /** The seller's part. */
  readonly share_minor: bigint;
  /** What is pending of its order, less what refunds on their way will take. */
  readonly pending_minor: bigint;
}

interface Funds {
  readonly seller_id: string;
  readonly currency: CurrencyCode;
  /** What the seller has available, less what refunds on their way will take. */
  readonly free_minor: bigint;
}

/**
 * Lets refunds go that wait until their seller has the money: the oldest first, none before an older one of the same seller and
 * currency; a seller without the money holds up nobody else. Takes up to `limit` and answers how many it let go. Decided under the
 * lock of the seller's accounts, so that no money is counted for two refunds.
 */
export async function fundRefunds(limit: number): Promise<number> {
  const ready = await run<Pick<WaitingRefund, 'id' | 'seller_id' | 'currency'>>(pool(), refundsInReach(limit));
  if (ready.length === 0) return 0;
  const accounts = ready.flatMap(({ seller_id: ownerId, currency }): AccountRef[] => [
    { kind: 'seller_pending', ownerId, currency },
    { kind: 'seller_available', ownerId, currency },
  ]);
  let funded: string[] = [];
  await workInBook(lanePool(), {
    accounts,
    reads: [fundsOf(ready.map((refund) => refund.seller_id)), stillWaiting(ready.map((refund) => refund.id))],
    decide: ([funds = [], still = []]) => {
      funded = chooseFunded(still as WaitingRefund[], funds as Funds[]);
      return letGo(funded);
    },
  });
  return funded.length;
}

/** Pure: which refunds there is money for, taken in their order: each of what is pending of its own order, then of what is available. */
export function chooseFunded(waiting: readonly WaitingRefund[], funds: readonly Funds[]): string[] {
  const free = new Map(funds.map((fund) => [`${fund.seller_id} ${fund.currency}`, fund.free_minor]));
  const pending = new Map(waiting.map((one) => [one.payment_order_id, one.pending_minor]));
  return waiting.flatMap(({ id, seller_id, currency, payment_order_id: order, share_minor: share }) => {
    const key = `${seller_id} ${currency}`;
    const waitedFor = pending.get(order) ?? 0n;
    const fromPending = share < waitedFor ? share : waitedFor;
    pending.set(order, waitedFor - fromPending);
    const left = (free.get(key) ?? 0n) - (share - fromPending);
    free.set(key, left);
    return left >= 0n ? [id] : [];
  });
}

/** What refunds that are on their way will take of the seller of each order. */
const ON_THEIR_WAY = `select payment_order_id, sum(amount_minor - commission_minor) as amount from refunds
  where finished_at is null and not waits_for_funds and payment_order_id is not null group by payment_order_id`;

/** The funds `f` of the order that a row names. The limit holds the plan to the key: all that was ever earned is never read through. */
const fundsOfOrder = (row: string) =>
  `cross join lateral (select seller_id, currency, pending_minor from order_funds where payment_order_id = ${row}.payment_order_id limit 1) f`;

/** What those refunds will take of what each seller has available. */
const TAKEN = `select f.seller_id, f.currency, sum(greatest(going.amount - f.pending_minor, 0)) as amount
  from (${ON_THEIR_WAY}) going ${fundsOfOrder('going')} group by f.seller_id, f.currency`;

/**
 * Waiting refunds of the sellers whose oldest one there is money for, in each currency. Who waits for money in vain is not among them,
 * so that the next ones get their turn however many those are.
 */
export function refundsInReach(limit: number): Statement {
  return {
    name: 'refunds-in-reach',
    text: `select reached.id, reached.seller_id, reached.currency from (
             with line as (
               select r.id, r.created_at, r.payment_order_id, f.seller_id, r.currency, r.amount_minor - r.commission_minor as share_minor, f.pending_minor,
                      row_number() over (partition by f.seller_id, r.currency order by r.created_at, r.id) as place
               from refunds r ${fundsOfOrder('r')} where r.waits_for_funds
             ), solvent as (
               select oldest.seller_id, oldest.currency from line oldest
               left join (${ON_THEIR_WAY}) going on going.payment_order_id = oldest.payment_order_id
               left join (${TAKEN}) taken on taken.seller_id = oldest.seller_id and taken.currency = oldest.currency
               left join lateral (
                 select balance from ledger_accounts where code = 'seller_available:' || oldest.seller_id || ':' || oldest.currency limit 1
               ) a on true
               where oldest.place = 1 and coalesce(-a.balance - coalesce(taken.amount, 0), 0)
                 >= greatest(oldest.share_minor - greatest(oldest.pending_minor - coalesce(going.amount, 0), 0), 0)
             )
             select line.* from line join solvent on solvent.seller_id = line.seller_id and solvent.currency = line.currency
             where line.place <= $1 order by line.created_at, line.id limit $1
           ) reached`,
    values: [limit],
  };
}

/** Those of them that wait still, once the accounts are held. */
function stillWaiting(ids: readonly string[]): Statement {
  return {
    name: 'waiting-refunds',
    text: `select r.id, r.payment_order_id, f.seller_id, r.currency, r.amount_minor - r.commission_minor as share_minor,
                  greatest(f.pending_minor - coalesce(going.amount, 0), 0)::bigint as pending_minor
           from refunds r ${fundsOfOrder('r')} left join (${ON_THEIR_WAY}) going on going.payment_order_id = r.payment_order_id
           where r.id = any($1::text[]) and r.waits_for_funds order by r.created_at, r.id`,
    values: [ids],
  };
}

/** What each of these sellers has available in each currency, less what refunds on their way will take of it. */
export function fundsOf(sellerIds: readonly string[]): Statement {
  return {
    name: 'funds-of-sellers',
    text: `select a.owner_id as seller_id, a.currency, -a.balance - coalesce(taken.amount, 0)::bigint as free_minor
           from ledger_accounts a left join (${TAKEN}) taken on taken.seller_id = a.owner_id and taken.currency = a.currency
           where a.owner_id = any($1::text[]) and a.kind = 'seller_available'`,
    values: [[...new Set(sellerIds)]],
  };
}

function letGo(ids: readonly string[]): Statement[] {
  if (ids.length === 0) return [];
  return [
    {
      name: 'let-refunds-go',
      text: `update refunds r set waits_for_funds = false, resolve_at = now() from unnest($1::text[]) n (id)
             where r.id = n.id and r.waits_for_funds`,
      values: columns(ids, (id) => id),
      expectRows: ids.length,
    },
  ];
}
