import { columns, type Statement } from '#db';
import type { CurrencyCode } from '#kernel';
import type { DisputeMovement } from '#psp';
import type { DisputeState } from './dispute-state.ts';
import type { DisputedOrder } from './share-dispute.ts';

export interface NewDispute {
  readonly id: string;
  readonly pspDisputeId: string;
  readonly attemptId: string;
  readonly reason: string;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  readonly openedAt: Date;
}

/** A dispute with what may change about it. */
export interface DisputeRow {
  readonly id: string;
  readonly state: DisputeState;
  readonly seq: number;
  /** As it was read: the fence of the update. */
  readonly seqRead: number;
  readonly dueBy: Date | null;
  readonly withdrawn: DisputeMovement | null;
  readonly reinstated: DisputeMovement | null;
  readonly tries: number;
  readonly resolveAt: Date | null;
  readonly finishedAt: Date | null;
}

export interface DisputeTransition {
  readonly disputeId: string;
  readonly seq: number;
  readonly from: DisputeState;
  readonly to: DisputeState;
  readonly reason: string;
  readonly actor: string;
}

/** Inserts disputes where each of them starts. */
export function insertDisputes(disputes: readonly NewDispute[]): Statement[] {
  if (disputes.length === 0) return [];
  return [
    {
      name: 'insert-disputes',
      text: `insert into disputes (id, psp_dispute_id, attempt_id, reason, amount_minor, currency, opened_at)
             select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::char(3)[], $7::timestamptz[])`,
      values: columns(
        disputes,
        (row) => row.id,
        (row) => row.pspDisputeId,
        (row) => row.attemptId,
        (row) => row.reason,
        (row) => row.amountMinor,
        (row) => row.currency,
        (row) => row.openedAt,
      ),
      expectRows: disputes.length,
    },
  ];
}

/** Writes disputes as they stand now and the steps that led there, in one statement, as the database demands. */
export function moveDisputes(changed: readonly DisputeRow[], steps: readonly DisputeTransition[]): Statement[] {
  if (changed.length === 0) return [];
  return [
    {
      name: 'move-disputes',
      text: `with history as (
               insert into dispute_transitions (dispute_id, seq, from_state, to_state, reason, actor)
               select * from unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::text[], $6::text[])
             )
             update disputes d set state = n.state, state_seq = n.seq, due_by = n.due_by, withdrawn_minor = n.withdrawn, fee_minor = n.fee,
               reinstated_minor = n.reinstated, fee_returned_minor = n.fee_returned, tries = n.tries, resolve_at = n.resolve_at,
               finished_at = n.finished_at, warned_at = case when n.state = 'OPEN' and d.state <> 'OPEN' then null else d.warned_at end
             from unnest($7::text[], $8::smallint[], $9::text[], $10::smallint[], $11::timestamptz[], $12::bigint[], $13::bigint[],
                         $14::bigint[], $15::bigint[], $16::smallint[], $17::timestamptz[], $18::timestamptz[])
               n (id, seq_read, state, seq, due_by, withdrawn, fee, reinstated, fee_returned, tries, resolve_at, finished_at)
             where d.id = n.id and d.state_seq = n.seq_read`,
      values: [
        ...columns(
          steps,
          (row) => row.disputeId,
          (row) => row.seq,
          (row) => row.from,
          (row) => row.to,
          (row) => row.reason,
          (row) => row.actor,
        ),
        ...columns(
          changed,
          (row) => row.id,
          (row) => row.seqRead,
          (row) => row.state,
          (row) => row.seq,
          (row) => row.dueBy,
          (row) => row.withdrawn?.amountMinor ?? null,
          (row) => row.withdrawn?.feeMinor ?? null,
          (row) => row.reinstated?.amountMinor ?? null,
          (row) => row.reinstated?.feeMinor ?? null,
          (row) => row.tries,
          (row) => row.resolveAt,
          (row) => row.finishedAt,
        ),
      ],
      expectRows: changed.length,
    },
  ];
}

/** Has balance transactions looked at again that waited until these disputes had booked their money. */
export function lookAtMovements(disputeIds: readonly string[]): Statement[] {
  if (disputeIds.length === 0) return [];
  return [
    {
      name: 'look-at-movements-of-disputes',
      text: `update psp_balance_transactions t set look_at = now() from disputes d
             where d.id = any($1::text[]) and t.source_id = d.psp_dispute_id and t.type = 'adjustment'
               and t.state = 'waiting' and t.look_at > now()`,
      values: [disputeIds],
    },
  ];
}

type OrderOfDispute = DisputedOrder & { readonly disputeId: string };

/** Notes what of each order is disputed, and counts it there: nothing of it can be refunded as long as it is. */
export function insertDisputedOrders(orders: readonly OrderOfDispute[]): Statement[] {
  if (orders.length === 0) return [];
  return [
    {
      name: 'insert-dispute-orders',
      text: `insert into dispute_orders (dispute_id, payment_order_id, disputed_minor, share_minor)
             select * from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[])`,
      values: columns(
        orders,
        (row) => row.disputeId,
        (row) => row.paymentOrderId,
        (row) => row.disputedMinor,
        (row) => row.shareMinor,
      ),
      expectRows: orders.length,
    },
    ...countDisputed(orders, 1n),
  ];
}

/** Moves what is disputed of orders: up when money is withdrawn, down when it comes back. */
export function countDisputed(
  orders: readonly Pick<OrderOfDispute, 'paymentOrderId' | 'disputedMinor'>[],
  sign: 1n | -1n,
): Statement[] {
  if (orders.length === 0) return [];
  const sums = [...Map.groupBy(orders, (order) => order.paymentOrderId)].map(([id, all]) => ({
    id,
    amount: sign * all.reduce((sum, one) => sum + one.disputedMinor, 0n),
  }));
  return [
    {
      name: 'count-disputed',
      text: `update payment_orders o set disputed_minor = o.disputed_minor + n.amount
             from unnest($1::text[], $2::bigint[]) n (id, amount) where o.payment_order_id = n.id`,
      values: columns(
        sums,
        (row) => row.id,
        (row) => row.amount,
      ),
      expectRows: sums.length,
    },
  ];
}
