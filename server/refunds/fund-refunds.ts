import { columns, lanePool, pool, run, type Statement } from '#db';
import type { CurrencyCode } from '#kernel';
import { type AccountRef, workInBook } from '#ledger';

interface WaitingRefund {
  readonly id: string;
  readonly seller_id: string;
  readonly currency: CurrencyCode;
  /** The seller's part. */
  readonly share_minor: bigint;
}

interface Funds {
  readonly seller_id: string;
  readonly currency: CurrencyCode;
  /** What the seller has, pending and available, less what refunds on their way will take. */
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

/** Pure: which refunds there is money for, taken in their order. */
export function chooseFunded(waiting: readonly WaitingRefund[], funds: readonly Funds[]): string[] {
  const free = new Map(funds.map((fund) => [`${fund.seller_id} ${fund.currency}`, fund.free_minor]));
  return waiting.flatMap(({ id, seller_id, currency, share_minor: share }) => {
    const key = `${seller_id} ${currency}`;
    const left = (free.get(key) ?? 0n) - share;
    free.set(key, left);
    return left >= 0n ? [id] : [];
  });
}

function waitingRefunds(limit: number): Statement {
  return {
    name: 'waiting-refunds',
    text: `select r.id, o.seller_id, r.currency, r.amount_minor - r.commission_minor as share_minor
           from refunds r join payment_orders o on o.payment_order_id = r.payment_order_id
           where r.waits_for_funds order by r.created_at, r.id limit $1`,
    values: [limit],
  };
}

function fundsOf(sellerIds: readonly string[]): Statement {
  return {
    name: 'funds-of-sellers',
    text: `select a.owner_id as seller_id, a.currency, -sum(a.balance)::bigint - coalesce(max(going.amount), 0)::bigint as free_minor
           from ledger_accounts a
           left join lateral (
             select sum(r.amount_minor - r.commission_minor) as amount
             from refunds r join payment_orders o on o.payment_order_id = r.payment_order_id
             where o.seller_id = a.owner_id and r.currency = a.currency and r.finished_at is null and not r.waits_for_funds
           ) going on true
           where a.owner_id = any($1::text[]) and a.kind in ('seller_pending', 'seller_available')
           group by a.owner_id, a.currency`,
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
