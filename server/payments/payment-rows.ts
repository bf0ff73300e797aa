import { columns, type Statement } from '#db';
import type { CurrencyCode } from '#kernel';
import type { AttemptFacts, OrderFacts } from './facts.ts';
import type { FeePlan } from './fee-plans.ts';
import type { CheckoutRequest } from './request.ts';

/** A new checkout. */
export interface EventRow {
  readonly principal: string;
  readonly flow: 'direct' | 'hosted';
  readonly hash: Buffer;
  readonly request: CheckoutRequest;
  readonly createdAt: Date;
}

/** A new order; with an attempt it starts EXECUTING, without one it waits NOT_STARTED. */
export interface OrderRow {
  readonly checkoutId: string;
  readonly lineNo: number;
  readonly order: OrderFacts;
  /** What the order's commission was worked out from, frozen beside it. */
  readonly plan: FeePlan;
  readonly attemptId: string | null;
}

/**
 * An attempt about to be written, with the orders it covers. `resolveAt`: when the worker steps in if nobody else has. `sends`: 1 when
 * whoever writes it sends it next, 0 when that is left to the worker.
 */
export interface NewAttempt extends Omit<AttemptFacts, 'orders'> {
  readonly orderIds: readonly string[];
  readonly resolveAt: Date;
  readonly sends: 0 | 1;
}

export interface CaptureRow {
  readonly paymentOrderId: string;
  readonly attemptId: string;
  readonly chargeId: string;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
}

export interface OutboxRow {
  readonly topic: string;
  readonly key: string;
  readonly payload: Record<string, unknown>;
}

export interface DeadLetterRow {
  readonly attemptId: string;
  readonly cause: string;
  readonly tries: number;
  readonly error: string | null;
}

/** An open dead letter about an attempt, with this cause, whose question has its answer. */
export interface AnsweredLetters {
  readonly attemptId: string;
  readonly cause: string;
  readonly resolution: string;
}

/** One insert of many rows, one array per column; nothing for no rows. */
function insertRows<Row>(
  name: string,
  text: string,
  rows: readonly Row[],
  ...pick: ((row: Row) => unknown)[]
): Statement[] {
  return rows.length === 0 ? [] : [{ name, text, values: columns(rows, ...pick), expectRows: rows.length }];
}

/** Opens sellers that were never seen before, unverified; ids in order, so that two batches can never wait for each other. */
export function openSellers(ids: readonly string[]): Statement[] {
  if (ids.length === 0) return [];
  return [
    {
      name: 'open-sellers',
      text: 'insert into sellers (id, display_name) select id, id from unnest($1::text[]) s (id) on conflict (id) do nothing',
      values: [ids.toSorted()],
    },
  ];
}

export function insertEvents(events: readonly EventRow[]): Statement[] {
  return insertRows(
    'insert-events',
    `insert into payment_events (checkout_id, principal, flow, request_hash, buyer_user_id, buyer_email, buyer_name, created_at)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])`,
    events,
    (row) => row.request.checkoutId,
    (row) => row.principal,
    (row) => row.flow,
    (row) => row.hash,
    (row) => row.request.buyer.userId,
    (row) => row.request.buyer.email,
    (row) => row.request.buyer.name,
    (row) => row.createdAt,
  );
}

/** Inserts orders; the first transition of those that start at once is written by the same statement. */
export function insertOrders(orders: readonly OrderRow[]): Statement[] {
  return insertRows(
    'insert-orders',
    `with orders (payment_order_id, checkout_id, line_no, seller_id, description, amount_minor, currency, commission_minor, attempt_id,
                  fee_plan_id, commission_bps, commission_fixed_minor) as (
       select * from unnest($1::text[], $2::text[], $3::smallint[], $4::text[], $5::text[], $6::bigint[], $7::char(3)[], $8::bigint[], $9::text[],
                            $10::bigint[], $11::int[], $12::bigint[])
     ), history as (
       insert into order_transitions (payment_order_id, seq, from_state, to_state, reason, attempt_id, actor)
       select payment_order_id, 1, 'NOT_STARTED', 'EXECUTING', 'payment started', attempt_id, 'api' from orders where attempt_id is not null
     )
     insert into payment_orders (payment_order_id, checkout_id, line_no, seller_id, description, amount_minor, currency, commission_minor,
                                 fee_plan_id, commission_bps, commission_fixed_minor, state, state_seq)
     select payment_order_id, checkout_id, line_no, seller_id, description, amount_minor, currency, commission_minor,
            fee_plan_id, commission_bps, commission_fixed_minor, case when attempt_id is null then 'NOT_STARTED' else 'EXECUTING' end, case when attempt_id is null then 0 else 1 end
     from orders`,
    orders,
    (row) => row.order.paymentOrderId,
    (row) => row.checkoutId,
    (row) => row.lineNo,
    (row) => row.order.sellerId,
    (row) => row.order.description,
    (row) => row.order.amountMinor,
    (row) => row.order.currency,
    (row) => row.order.commissionMinor,
    (row) => row.attemptId,
    (row) => row.plan.id,
    (row) => row.plan.bps,
    (row) => row.plan.fixedMinor,
  );
}

/** Inserts attempts and what they cover. */
export function insertAttempts(attempts: readonly NewAttempt[]): Statement[] {
  const links = attempts.flatMap(({ attemptId, orderIds }) => orderIds.map((orderId) => ({ attemptId, orderId })));
  return [
    ...insertRows(
      'insert-attempts',
      `insert into payment_attempts (id, checkout_id, attempt_no, kind, amount_minor, currency, payment_method, card_last4, resolve_at, sends)
       select * from unnest($1::text[], $2::text[], $3::smallint[], $4::text[], $5::bigint[], $6::char(3)[], $7::text[], $8::text[], $9::timestamptz[],
                            $10::smallint[])`,
      attempts,
      (row) => row.attemptId,
      (row) => row.checkoutId,
      (row) => row.attemptNo,
      (row) => row.kind,
      (row) => row.amountMinor,
      (row) => row.currency,
      (row) => row.paymentMethod,
      (row) => row.cardLast4,
      (row) => row.resolveAt,
      (row) => row.sends,
    ),
    ...insertRows(
      'insert-attempt-orders',
      'insert into attempt_orders (attempt_id, payment_order_id) select * from unnest($1::text[], $2::text[])',
      links,
      (link) => link.attemptId,
      (link) => link.orderId,
    ),
  ];
}

export function insertCaptures(captures: readonly CaptureRow[]): Statement[] {
  return insertRows(
    'insert-captures',
    `insert into captures (payment_order_id, attempt_id, psp_charge_id, amount_minor, currency)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::char(3)[])`,
    captures,
    (row) => row.paymentOrderId,
    (row) => row.attemptId,
    (row) => row.chargeId,
    (row) => row.amountMinor,
    (row) => row.currency,
  );
}

export function insertOutbox(rows: readonly OutboxRow[]): Statement[] {
  return insertRows(
    'insert-outbox',
    'insert into outbox (topic, key, payload) select * from unnest($1::text[], $2::text[], $3::jsonb[])',
    rows,
    (row) => row.topic,
    (row) => row.key,
    (row) => JSON.stringify(row.payload),
  );
}

/** Closes the open dead letters that name one of these causes; those of another cause stay. */
export function closeAnsweredLetters(answered: readonly AnsweredLetters[]): Statement[] {
  if (answered.length === 0) return [];
  return [
    {
      name: 'close-answered-letters',
      text: `update dead_letters d set resolved_at = now(), resolution = n.resolution
             from unnest($1::text[], $2::text[], $3::text[]) n (subject_id, cause, resolution)
             where d.kind = 'attempt' and d.subject_id = n.subject_id and d.cause = n.cause and d.resolved_at is null`,
      values: columns(
        answered,
        (row) => row.attemptId,
        (row) => row.cause,
        (row) => row.resolution,
      ),
    },
  ];
}

/**
 * A subject has one open dead letter at most: the same cause again only renews it, and another cause takes the place of the one
 * that waited, so that money which came late is never hidden behind an older question. That nobody answers hides nothing.
 */
export function insertDeadLetters(rows: readonly DeadLetterRow[]): Statement[] {
  if (rows.length === 0) return [];
  const latest = [...new Map(rows.map((row) => [row.attemptId, row])).values()];
  const [subjects, causes, tries, errors] = columns(
    latest,
    (row) => row.attemptId,
    (row) => row.cause,
    (row) => row.tries,
    (row) => row.error,
  );
  return [
    {
      name: 'replace-dead-letters',
      text: `update dead_letters d set resolved_at = now(), resolution = 'replaced by ' || n.cause
             from unnest($1::text[], $2::text[]) n (subject_id, cause)
             where d.kind = 'attempt' and d.subject_id = n.subject_id and d.resolved_at is null and d.cause <> n.cause
               and n.cause <> 'outcome_unknown'`,
      values: [subjects, causes],
    },
    {
      name: 'insert-dead-letters',
      text: `insert into dead_letters as d (kind, subject_id, cause, tries, last_error)
             select 'attempt', * from unnest($1::text[], $2::text[], $3::int[], $4::text[])
             on conflict (kind, subject_id) where resolved_at is null
             do update set tries = excluded.tries, last_error = excluded.last_error, last_at = now()`,
      values: [subjects, causes, tries, errors],
    },
  ];
}
