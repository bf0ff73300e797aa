import type pg from 'pg';
import { columns, type Statement } from '#db';
import type { CurrencyCode } from '#kernel';

/** What a seller earned by an order that was captured: all of it is pending at first. */
export interface EarnedFunds {
  readonly paymentOrderId: string;
  readonly sellerId: string;
  readonly currency: CurrencyCode;
  /** Gross amount less commission. */
  readonly earnedMinor: bigint;
}

/** Notes the pending part of each order, in the transaction that credits it to seller_pending. */
export function insertOrderFunds(earned: readonly EarnedFunds[]): Statement[] {
  if (earned.length === 0) return [];
  return [
    {
      name: 'insert-order-funds',
      text: `insert into order_funds (payment_order_id, seller_id, currency, earned_minor, pending_minor)
             select id, seller, currency, earned, earned
             from unnest($1::text[], $2::text[], $3::char(3)[], $4::bigint[]) n (id, seller, currency, earned)`,
      values: columns(
        earned,
        (row) => row.paymentOrderId,
        (row) => row.sellerId,
        (row) => row.currency,
        (row) => row.earnedMinor,
      ),
      expectRows: earned.length,
    },
  ];
}

/** What of an order's earnings is still pending, as it stands under lock. */
export interface OrderFunds {
  readonly paymentOrderId: string;
  readonly pendingMinor: bigint;
  /** The rest of them has become available. */
  readonly released: boolean;
}

/** Locks the funds of orders, after the orders themselves; {@link toOrderFunds} reads the rows. */
export function lockOrderFunds(paymentOrderIds: readonly string[]): Statement {
  return {
    name: 'lock-funds-of-orders',
    text: `select payment_order_id, pending_minor, released_at from order_funds
           where payment_order_id = any($1::text[]) order by payment_order_id for no key update`,
    values: [paymentOrderIds],
  };
}

export function toOrderFunds(rows: readonly pg.QueryResultRow[]): Map<string, OrderFunds> {
  return new Map(
    rows.map((row) => [
      row.payment_order_id,
      { paymentOrderId: row.payment_order_id, pendingMinor: row.pending_minor, released: row.released_at !== null },
    ]),
  );
}

/** Writes what is pending of orders from now on, under their locks, in the transaction that moves it on seller_pending. */
export function moveOrderFunds(pending: ReadonlyMap<string, bigint>): Statement[] {
  if (pending.size === 0) return [];
  return [
    {
      name: 'move-order-funds',
      text: `update order_funds f set pending_minor = n.pending from unnest($1::text[], $2::bigint[]) n (id, pending)
             where f.payment_order_id = n.id and f.released_at is null`,
      values: columns(
        [...pending],
        ([id]) => id,
        ([, minor]) => minor,
      ),
      expectRows: pending.size,
    },
  ];
}
