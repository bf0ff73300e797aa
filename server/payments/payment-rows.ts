import { columns, type Statement } from '#db';
import type { AttemptFacts } from './facts.ts';

/** An attempt about to be written, with the orders it covers. `resolveAt`: when the worker steps in if nobody else has. */
export interface NewAttempt extends Omit<AttemptFacts, 'orders'> {
  readonly orderIds: readonly string[];
  readonly resolveAt: Date;
}

export interface OutboxRow {
  readonly topic: string;
  readonly key: string;
  readonly payload: Record<string, unknown>;
}

/** Inserts attempts and what they cover. Empty when there are none. */
export function insertAttempts(attempts: readonly NewAttempt[]): Statement[] {
  if (attempts.length === 0) return [];
  const links = attempts.flatMap((attempt) =>
    attempt.orderIds.map((orderId) => ({ attemptId: attempt.attemptId, orderId })),
  );
  return [
    {
      name: 'insert-attempts',
      text: `insert into payment_attempts (id, checkout_id, attempt_no, kind, amount_minor, currency, payment_method, card_last4, resolve_at)
             select * from unnest($1::text[], $2::text[], $3::smallint[], $4::text[], $5::bigint[], $6::char(3)[], $7::text[], $8::text[], $9::timestamptz[])`,
      values: columns(
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
      ),
      expectRows: attempts.length,
    },
    {
      name: 'insert-attempt-orders',
      text: 'insert into attempt_orders (attempt_id, payment_order_id) select * from unnest($1::text[], $2::text[])',
      values: columns(
        links,
        (link) => link.attemptId,
        (link) => link.orderId,
      ),
      expectRows: links.length,
    },
  ];
}

/** Writes outbox rows in the transaction that caused them. Empty when there are none. */
export function outboxStatement(rows: readonly OutboxRow[]): Statement[] {
  if (rows.length === 0) return [];
  return [
    {
      name: 'insert-outbox',
      text: 'insert into outbox (topic, key, payload) select * from unnest($1::text[], $2::text[], $3::jsonb[])',
      values: columns(
        rows,
        (row) => row.topic,
        (row) => row.key,
        (row) => JSON.stringify(row.payload),
      ),
      expectRows: rows.length,
    },
  ];
}
