import { pool, run } from '#db';
import { type CurrencyCode, formatMinor } from '#kernel';
import type { RefundReason, RefundState } from './refund-state.ts';

/** One step in the life of a refund. */
export interface RefundStep {
  readonly seq: number;
  readonly from: RefundState;
  readonly to: RefundState;
  readonly reason: string;
  readonly actor: string;
  readonly at: Date;
}

/** Money on its way back to the buyer. The amount is a decimal string. */
export interface RefundView {
  readonly id: string;
  readonly attemptId: string;
  readonly reason: RefundReason;
  readonly amount: string;
  readonly currency: CurrencyCode;
  readonly state: RefundState;
  readonly pspRefundId: string | null;
  readonly tries: number;
  readonly error: string | null;
  /** When the worker looks again, if it still has to. */
  readonly resolveAt: Date | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly steps: readonly RefundStep[];
}

interface Row {
  id: string;
  attempt_id: string;
  reason: RefundReason;
  amount_minor: bigint;
  currency: CurrencyCode;
  state: RefundState;
  psp_refund_id: string | null;
  tries: number;
  error: string | null;
  resolve_at: Date | null;
  created_at: Date;
  finished_at: Date | null;
}

interface StepRow {
  refund_id: string;
  seq: number;
  from_state: RefundState;
  to_state: RefundState;
  reason: string;
  actor: string;
  at: Date;
}

/** The refunds of these attempts with their history, oldest first. */
export async function listRefundsOf(attemptIds: readonly string[]): Promise<RefundView[]> {
  const rows = await run<Row>(pool(), {
    name: 'refunds-of-attempts',
    text: `select id, attempt_id, reason, amount_minor, currency, state, psp_refund_id, tries, error, resolve_at, created_at, finished_at
           from refunds where attempt_id = any($1::text[]) order by created_at, id`,
    values: [attemptIds],
  });
  if (rows.length === 0) return [];
  const steps = await run<StepRow>(pool(), {
    name: 'steps-of-refunds',
    text: `select refund_id, seq, from_state, to_state, reason, actor, at from refund_transitions
           where refund_id = any($1::text[]) order by refund_id, seq`,
    values: [rows.map((row) => row.id)],
  });
  const byRefund = Map.groupBy(steps, (step) => step.refund_id);
  return rows.map((row) => ({
    id: row.id,
    attemptId: row.attempt_id,
    reason: row.reason,
    amount: formatMinor(row.amount_minor, row.currency),
    currency: row.currency,
    state: row.state,
    pspRefundId: row.psp_refund_id,
    tries: row.tries,
    error: row.error,
    resolveAt: row.resolve_at,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    steps: (byRefund.get(row.id) ?? []).map(toStep),
  }));
}

function toStep({ seq, from_state: from, to_state: to, reason, actor, at }: StepRow): RefundStep {
  return { seq, from, to, reason, actor, at };
}
