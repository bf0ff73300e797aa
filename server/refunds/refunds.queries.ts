import { decodePlace, encodePlace, pool, run } from '#db';
import { AppError, type CurrencyCode, formatMinor } from '#kernel';
import type { Page } from '#payments';
import type { RefundReason, RefundState } from './refund-state.ts';
import type { RefundScope } from './request-refund.ts';

/** One step in the life of a refund. */
export interface RefundStep {
  readonly seq: number;
  readonly from: RefundState;
  readonly to: RefundState;
  readonly reason: string;
  readonly actor: string;
  readonly at: Date;
}

/** Money on its way back to the buyer. Amounts are decimal strings. */
export interface RefundView {
  readonly id: string;
  readonly attemptId: string;
  readonly checkoutId: string;
  /** Null for money that came too late, which belongs to no order. */
  readonly paymentOrderId: string | null;
  readonly requestId: string | null;
  readonly requestedBy: string | null;
  readonly reason: RefundReason;
  readonly note: string | null;
  readonly amount: string;
  /** What the platform gives up of its commission, and what the seller bears. */
  readonly commission: string;
  readonly sellerShare: string;
  readonly currency: CurrencyCode;
  readonly state: RefundState;
  /** It is sent once the seller has the money. */
  readonly waitsForFunds: boolean;
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
  checkout_id: string;
  payment_order_id: string | null;
  request_id: string | null;
  requested_by: string | null;
  reason: RefundReason;
  note: string | null;
  amount_minor: bigint;
  commission_minor: bigint;
  currency: CurrencyCode;
  state: RefundState;
  waits_for_funds: boolean;
  psp_refund_id: string | null;
  tries: number;
  error: string | null;
  resolve_at: Date | null;
  created_at: Date;
  place: string;
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

/** Which refunds a list shows. */
export interface RefundFilter extends RefundScope {
  readonly states?: readonly RefundState[] | undefined;
  /** Of one order, checkout, attempt or request. */
  readonly of?: string | undefined;
  readonly cursor?: string | undefined;
  /** Most rows on a page. */
  readonly limit?: number | undefined;
}

/** Rows on a page unless the caller says otherwise: what fits two screens. */
const PAGE = 25;

const SELECT = `select r.id, r.attempt_id, a.checkout_id, r.payment_order_id, r.request_id, r.requested_by, r.reason, r.note, r.amount_minor,
                       r.commission_minor, r.currency, r.state, r.waits_for_funds, r.psp_refund_id, r.tries, r.error, r.resolve_at, r.created_at,
                       (r.created_at at time zone 'UTC')::text as place, r.finished_at
                from refunds r join payment_attempts a on a.id = r.attempt_id`;

/** The refunds of these attempts with their history, oldest first. */
export async function listRefundsOf(attemptIds: readonly string[]): Promise<RefundView[]> {
  const rows = await run<Row>(pool(), {
    name: 'refunds-of-attempts',
    text: `${SELECT} where r.attempt_id = any($1::text[]) order by r.created_at, r.id`,
    values: [attemptIds],
  });
  return withSteps(rows);
}

/** Refunds with their history, newest first, a page at a time. */
export async function listRefunds(filter: RefundFilter): Promise<Page<RefundView>> {
  const { principal, sellerId, states, of, cursor, limit = PAGE } = filter;
  const place = decodePlace(cursor);
  const rows = await run<Row>(pool(), {
    name: 'list-refunds',
    text: `${SELECT} join payment_events e on e.checkout_id = a.checkout_id
           left join payment_orders o on o.payment_order_id = r.payment_order_id
           where ($1::text is null or e.principal = $1) and ($2::text is null or o.seller_id = $2)
             and ($3::text[] is null or r.state = any($3)) and ($4::text is null or $4 in (r.payment_order_id, a.checkout_id, r.attempt_id, r.request_id))
             and ($5::text is null or (r.created_at, r.id) < ($5::timestamp at time zone 'UTC', $6))
           order by r.created_at desc, r.id desc limit $7`,
    values: [
      principal ?? null,
      sellerId ?? null,
      states ?? null,
      of ?? null,
      place?.at ?? null,
      place?.id ?? null,
      limit + 1,
    ],
  });
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    rows: await withSteps(rows.slice(0, limit)),
    nextCursor: last ? encodePlace({ at: last.place, id: last.id }) : null,
  };
}

/** One refund with its history. Throws `not_found`, also for one out of scope. */
export async function getRefund(refundId: string, { principal, sellerId }: RefundScope): Promise<RefundView> {
  const rows = await run<Row>(pool(), {
    name: 'get-refund',
    text: `${SELECT} join payment_events e on e.checkout_id = a.checkout_id
           left join payment_orders o on o.payment_order_id = r.payment_order_id
           where r.id = $1 and ($2::text is null or e.principal = $2) and ($3::text is null or o.seller_id = $3)`,
    values: [refundId, principal ?? null, sellerId ?? null],
  });
  const [refund] = await withSteps(rows);
  if (!refund) throw new AppError('not_found', 'There is no refund with this id.');
  return refund;
}

async function withSteps(rows: readonly Row[]): Promise<RefundView[]> {
  if (rows.length === 0) return [];
  const steps = await run<StepRow>(pool(), {
    name: 'steps-of-refunds',
    text: `select refund_id, seq, from_state, to_state, reason, actor, at from refund_transitions
           where refund_id = any($1::text[]) order by refund_id, seq`,
    values: [rows.map((row) => row.id)],
  });
  const byRefund = Map.groupBy(steps, (step) => step.refund_id);
  return rows.map((row) => toView(row, byRefund.get(row.id) ?? []));
}

function toView(row: Row, steps: readonly StepRow[]): RefundView {
  return {
    id: row.id,
    attemptId: row.attempt_id,
    checkoutId: row.checkout_id,
    paymentOrderId: row.payment_order_id,
    requestId: row.request_id,
    requestedBy: row.requested_by,
    reason: row.reason,
    note: row.note,
    amount: formatMinor(row.amount_minor, row.currency),
    commission: formatMinor(row.commission_minor, row.currency),
    sellerShare: formatMinor(row.payment_order_id ? row.amount_minor - row.commission_minor : 0n, row.currency),
    currency: row.currency,
    state: row.state,
    waitsForFunds: row.waits_for_funds,
    pspRefundId: row.psp_refund_id,
    tries: row.tries,
    error: row.error,
    resolveAt: row.resolve_at,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    steps: steps.map(toStep),
  };
}

function toStep({ seq, from_state: from, to_state: to, reason, actor, at }: StepRow): RefundStep {
  return { seq, from, to, reason, actor, at };
}
