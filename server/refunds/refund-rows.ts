import { columns, type Statement } from '#db';
import type { CurrencyCode } from '#kernel';
import { insertOutbox } from '#payments';
import type { RefundReason, RefundState } from './refund-state.ts';

export interface NewRefund {
  readonly id: string;
  readonly attemptId: string;
  readonly reason: RefundReason;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
}

/** A refund of a paid order, asked for by somebody. */
export interface NewOrderRefund extends NewRefund {
  readonly paymentOrderId: string;
  readonly requestId: string;
  readonly requestedBy: string;
  readonly note: string | null;
  /** The platform's part of the amount. */
  readonly commissionMinor: bigint;
  readonly waitsForFunds: boolean;
}

/** A refund with what may change about it. */
export interface RefundRow {
  readonly id: string;
  readonly state: RefundState;
  readonly seq: number;
  /** As it was read: the fence of the update. */
  readonly seqRead: number;
  readonly pspRefundId: string | null;
  readonly tries: number;
  readonly error: string | null;
  readonly resolveAt: Date | null;
  readonly finishedAt: Date | null;
  readonly pendingMinor: bigint | null;
}

export interface RefundTransition {
  readonly refundId: string;
  readonly seq: number;
  readonly from: RefundState;
  readonly to: RefundState;
  readonly reason: string;
  readonly actor: string;
}

/** Inserts refunds, REQUESTED and due at once. */
export function insertRefunds(refunds: readonly NewRefund[]): Statement[] {
  if (refunds.length === 0) return [];
  return [
    {
      name: 'insert-refunds',
      text: `insert into refunds (id, attempt_id, reason, amount_minor, currency)
             select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::char(3)[])`,
      values: columns(
        refunds,
        (row) => row.id,
        (row) => row.attemptId,
        (row) => row.reason,
        (row) => row.amountMinor,
        (row) => row.currency,
      ),
      expectRows: refunds.length,
    },
  ];
}

/** Inserts refunds of paid orders, REQUESTED and due at once; those that wait for the seller's funds are not sent before. */
export function insertOrderRefunds(refunds: readonly NewOrderRefund[]): Statement[] {
  if (refunds.length === 0) return [];
  return [
    {
      name: 'insert-order-refunds',
      text: `insert into refunds (id, attempt_id, reason, amount_minor, currency, payment_order_id, request_id, requested_by, note, commission_minor, waits_for_funds)
             select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::char(3)[], $6::text[], $7::text[], $8::text[], $9::text[],
                                  $10::bigint[], $11::boolean[])`,
      values: columns(
        refunds,
        (row) => row.id,
        (row) => row.attemptId,
        (row) => row.reason,
        (row) => row.amountMinor,
        (row) => row.currency,
        (row) => row.paymentOrderId,
        (row) => row.requestId,
        (row) => row.requestedBy,
        (row) => row.note,
        (row) => row.commissionMinor,
        (row) => row.waitsForFunds,
      ),
      expectRows: refunds.length,
    },
    ...insertOutbox(
      refunds.map((refund) => ({
        topic: 'refund.created',
        key: refund.id,
        payload: {
          refund_id: refund.id,
          attempt_id: refund.attemptId,
          payment_order_id: refund.paymentOrderId,
          state: 'REQUESTED',
        },
      })),
    ),
  ];
}

/**
 * Has disputes looked at again whose withdrawal waited for a refund of these attempts: it has its answer now, so what is left for the
 * bank to take is known, and the pause between two looks may be hours long.
 */
export function lookAtDisputesOf(attemptIds: readonly string[]): Statement[] {
  if (attemptIds.length === 0) return [];
  return [
    {
      name: 'look-at-disputes-of-attempts',
      text: `update disputes set resolve_at = now()
             where attempt_id = any($1::text[]) and withdrawn_minor is null and resolve_at > now()`,
      values: [[...new Set(attemptIds)]],
    },
  ];
}

/** Has balance transactions looked at again that waited until the end of these refunds was known. */
export function lookAtMovementsOf(refundIds: readonly string[]): Statement[] {
  if (refundIds.length === 0) return [];
  return [
    {
      name: 'look-at-movements-of-refunds',
      text: `update psp_balance_transactions set look_at = now()
             where subject_id = any($1::text[]) and state = 'waiting' and look_at > now()`,
      values: [refundIds],
    },
  ];
}

/** Writes refunds as they stand now and the steps that led there, in one statement, as the database demands. */
export function moveRefunds(changed: readonly RefundRow[], steps: readonly RefundTransition[]): Statement[] {
  if (changed.length === 0) return [];
  return [
    {
      name: 'move-refunds',
      text: `with history as (
               insert into refund_transitions (refund_id, seq, from_state, to_state, reason, actor)
               select * from unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::text[], $6::text[])
             )
             update refunds r set state = n.state, state_seq = n.seq, psp_refund_id = n.psp_refund_id, tries = n.tries, error = n.error,
                                  resolve_at = n.resolve_at, finished_at = n.finished_at, pending_minor = n.pending_minor
             from unnest($7::text[], $8::smallint[], $9::text[], $10::smallint[], $11::text[], $12::smallint[], $13::text[], $14::timestamptz[],
                         $15::timestamptz[], $16::bigint[]) n (id, seq_read, state, seq, psp_refund_id, tries, error, resolve_at, finished_at, pending_minor)
             where r.id = n.id and r.state_seq = n.seq_read`,
      values: [
        ...columns(
          steps,
          (row) => row.refundId,
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
          (row) => row.pspRefundId,
          (row) => row.tries,
          (row) => row.error,
          (row) => row.resolveAt,
          (row) => row.finishedAt,
          (row) => row.pendingMinor,
        ),
      ],
      expectRows: changed.length,
    },
  ];
}
