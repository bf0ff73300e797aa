import type pg from 'pg';
import { columns, type Queryable, run, type Statement } from '#db';
import type { CurrencyCode } from '#kernel';
import type { OrderState } from './order-state.ts';

/** A paid order as far as its refunds go. Amounts are minor units of its currency. */
export interface RefundableOrder {
  readonly paymentOrderId: string;
  readonly attemptId: string;
  readonly sellerId: string;
  readonly state: OrderState;
  readonly amountMinor: bigint;
  readonly commissionMinor: bigint;
  readonly currency: CurrencyCode;
  /** All its refunds that did not fail, and the platform's part of them. */
  readonly refundedMinor: bigint;
  readonly commissionReturnedMinor: bigint;
  /** Withdrawn by a dispute that is open or lost. */
  readonly disputedMinor: bigint;
}

/** What a refund takes of an order, or gives back to it when it fails. */
export interface OrderRefund {
  readonly paymentOrderId: string;
  readonly amountMinor: bigint;
  readonly commissionMinor: bigint;
}

interface Row {
  payment_order_id: string;
  attempt_id: string;
  seller_id: string;
  state: OrderState;
  amount_minor: bigint;
  commission_minor: bigint;
  currency: CurrencyCode;
  refunded_minor: bigint;
  commission_returned_minor: bigint;
  disputed_minor: bigint;
}

const ORDER_COLUMNS = `o.payment_order_id, c.attempt_id, o.seller_id, o.state, o.amount_minor, o.commission_minor, o.currency,
                       o.refunded_minor, o.commission_returned_minor, o.disputed_minor`;

/** Locks attempts and all their orders, in the order in which every writer does, so that two batches never wait in a circle. */
export function lockAttempts(attemptIds: readonly string[]): Statement {
  return {
    name: 'lock-attempts-and-orders',
    text: `select a.id from payment_attempts a join attempt_orders ao on ao.attempt_id = a.id
           join payment_orders o on o.payment_order_id = ao.payment_order_id
           where a.id = any($1::text[]) order by o.payment_order_id, a.id for no key update of o, a`,
    values: [attemptIds],
  };
}

/** The captured orders among these, as they stand; in the order of their checkout. Locks nothing: {@link lockAttempts} comes first. */
export async function readRefundable(on: Queryable, paymentOrderIds: readonly string[]): Promise<RefundableOrder[]> {
  const rows = await run<Row>(on, {
    name: 'refundable-orders',
    text: `select ${ORDER_COLUMNS} from payment_orders o join captures c on c.payment_order_id = o.payment_order_id
           where o.payment_order_id = any($1::text[]) order by o.checkout_id, o.line_no`,
    values: [paymentOrderIds],
  });
  return toRefundable(rows);
}

/** The same for all that these attempts captured, as a statement of a transaction; {@link toRefundable} reads its rows. */
export function refundableOf(attemptIds: readonly string[]): Statement {
  return {
    name: 'refundable-orders-of-attempts',
    text: `select ${ORDER_COLUMNS} from captures c join payment_orders o on o.payment_order_id = c.payment_order_id
           where c.attempt_id = any($1::text[]) order by o.checkout_id, o.line_no`,
    values: [attemptIds],
  };
}

export function toRefundable(rows: readonly pg.QueryResultRow[]): RefundableOrder[] {
  return (rows as readonly Row[]).map((row) => ({
    paymentOrderId: row.payment_order_id,
    attemptId: row.attempt_id,
    sellerId: row.seller_id,
    state: row.state,
    amountMinor: row.amount_minor,
    commissionMinor: row.commission_minor,
    currency: row.currency,
    refundedMinor: row.refunded_minor,
    commissionReturnedMinor: row.commission_returned_minor,
    disputedMinor: row.disputed_minor,
  }));
}

/**
 * Counts refunds at their orders and attempts, in the transaction that writes them: the database refuses more than was taken
 * (`payment_orders_refunded_within_amount`, `payment_attempts_refunded_within_amount`), whoever else refunds at the same time.
 */
export function countOrderRefunds(refunds: readonly (OrderRefund & { readonly attemptId: string })[]): Statement[] {
  return [...moveOrders(refunds, 1n), ...moveAttempts(refunds)];
}

/** Gives back to orders what failed refunds had taken of them; in the transaction that fails the refunds. */
export function restoreOrderRefunds(failed: readonly OrderRefund[]): Statement[] {
  return moveOrders(failed, -1n);
}

function moveOrders(refunds: readonly OrderRefund[], sign: 1n | -1n): Statement[] {
  if (refunds.length === 0) return [];
  const sums = [...Map.groupBy(refunds, (refund) => refund.paymentOrderId)].map(([id, all]) => ({
    id,
    amount: sign * all.reduce((sum, one) => sum + one.amountMinor, 0n),
    commission: sign * all.reduce((sum, one) => sum + one.commissionMinor, 0n),
  }));
  return [
    {
      name: 'count-order-refunds',
      text: `update payment_orders o set refunded_minor = o.refunded_minor + n.amount,
                                         commission_returned_minor = o.commission_returned_minor + n.commission
             from unnest($1::text[], $2::bigint[], $3::bigint[]) n (id, amount, commission) where o.payment_order_id = n.id`,
      values: columns(
        sums,
        (row) => row.id,
        (row) => row.amount,
        (row) => row.commission,
      ),
      expectRows: sums.length,
    },
  ];
}

function moveAttempts(refunds: readonly { readonly attemptId: string; readonly amountMinor: bigint }[]): Statement[] {
  if (refunds.length === 0) return [];
  const sums = [...Map.groupBy(refunds, (refund) => refund.attemptId)].map(([id, all]) => ({
    id,
    amount: all.reduce((sum, one) => sum + one.amountMinor, 0n),
  }));
  return [
    {
      name: 'count-attempt-refunds',
      text: `update payment_attempts a set refunded_minor = a.refunded_minor + n.amount
             from unnest($1::text[], $2::bigint[]) n (id, amount) where a.id = n.id`,
      values: columns(
        sums,
        (row) => row.id,
        (row) => row.amount,
      ),
      expectRows: sums.length,
    },
  ];
}
