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
 * currency. Takes up to `limit` and answers how many it let go. Decided under the lock of the seller's accounts, so that no money is
 * counted for two refunds.
 */
export async function fundRefunds(limit: number): Promise<number> {
  const waiting = await run<WaitingRefund>(pool(), waitingRefunds(limit));
  if (waiting.length === 0) return 0;
  const accounts = waiting.flatMap(({ seller_id: ownerId, currency }): AccountRef[] => [
    { kind: 'seller_pending', ownerId, currency },
    { kind: 'seller_available', ownerId, currency },
  ]);
  let funded: string[] = [];
  await workInBook(lanePool(), {
    accounts,
    reads: [fundsOf(waiting.map((refund) => refund.seller_id)), waitingRefunds(limit)],
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

/** What refunds of the order `f` that are on their way will take of its seller. */
const ON_THEIR_WAY = `select sum(w.amount_minor - w.commission_minor) as amount from refunds w
  where w.payment_order_id = f.payment_order_id and w.finished_at is null and not w.waits_for_funds`;

function waitingRefunds(limit: number): Statement {
  return {
    name: 'waiting-refunds',
    text: `select r.id, r.payment_order_id, f.seller_id, r.currency, r.amount_minor - r.commission_minor as share_minor,
                  greatest(f.pending_minor - coalesce(going.amount, 0), 0)::bigint as pending_minor
           from refunds r join order_funds f on f.payment_order_id = r.payment_order_id
           left join lateral (${ON_THEIR_WAY}) going on true
           where r.waits_for_funds order by r.created_at, r.id limit $1`,
    values: [limit],
  };
}

function fundsOf(sellerIds: readonly string[]): Statement {
  return {
    name: 'funds-of-sellers',
    text: `select a.owner_id as seller_id, a.currency, -a.balance - coalesce(taken.amount, 0)::bigint as free_minor
           from ledger_accounts a
           left join (
             select f.seller_id, f.currency, sum(greatest(going.amount - f.pending_minor, 0)) as amount
             from order_funds f cross join lateral (${ON_THEIR_WAY}) going
             where f.seller_id = any($1::text[]) group by f.seller_id, f.currency
           ) taken on taken.seller_id = a.owner_id and taken.currency = a.currency
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
