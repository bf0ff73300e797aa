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
