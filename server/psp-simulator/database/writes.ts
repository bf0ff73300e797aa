import type pg from 'pg';
import type * as rows from './rows.ts';

/** The rows one request adds or changes. They are committed together or not at all. */
export interface Writes {
  readonly payment_methods?: readonly rows.PaymentMethodRow[];
  readonly tokens?: readonly rows.TokenRow[];
  readonly payment_intents?: readonly rows.IntentRow[];
  readonly charges?: readonly rows.ChargeRow[];
  readonly refunds?: readonly rows.RefundRow[];
  readonly disputes?: readonly rows.DisputeRow[];
  readonly checkout_sessions?: readonly rows.SessionRow[];
  readonly book_transactions?: readonly rows.BookTransactionRow[];
  readonly book_entries?: readonly rows.BookEntryRow[];
  readonly events?: readonly rows.EventRow[];
  readonly webhook_endpoints?: readonly rows.EndpointRow[];
  readonly webhook_deliveries?: readonly rows.DeliveryRow[];
  readonly faults?: readonly rows.FaultRow[];
  readonly fault_journal?: readonly rows.FaultJournalRow[];
  readonly idempotency_keys?: readonly rows.IdempotencyRow[];
}

type Table = keyof Writes;

/** Columns that may change after the insert; tables without any are only added to. Order is the order of writing. */
const CHANGEABLE: Record<Table, readonly string[]> = {
  idempotency_keys: [],
  payment_methods: [],
  tokens: ['used'],
  payment_intents: [
    ...['amount_received', 'status', 'checkout_session', 'payment_method', 'latest_charge', 'last_payment_error'],
    ...['next_action', 'cancellation_reason', 'canceled_at', 'receipt_email', 'return_url', 'metadata'],
  ],
  charges: ['amount_refunded', 'disputed', 'next', 'next_at'],
  refunds: ['status', 'failure_balance_transaction', 'failure_reason', 'next_status', 'next_at'],
  disputes: [
    ...[
      'status',
      'evidence',
      'submission_count',
      'due_by',
      'withdrawal',
      'reinstatement',
      'next',
      'next_at',
      'metadata',
    ],
  ],
  checkout_sessions: ['status', 'payment_status', 'expires_at', 'customer_email'],
  book_transactions: [],
  book_entries: [],
  events: [],
  webhook_endpoints: ['url', 'secret', 'enabled_events', 'status', 'description', 'metadata'],
  webhook_deliveries: [],
  faults: ['cleared'],
  fault_journal: [],
};

const STATEMENTS = Object.entries(CHANGEABLE).map(([table, columns]) => {
  const insert = `insert into ${table} select * from json_populate_recordset(null::${table}, $1)`;
  const update = columns.map((column) => `${column} = excluded.${column}`).join(', ');
  const text = columns.length === 0 ? insert : `${insert} on conflict (id) do update set ${update}`;
  return { table: table as Table, name: `write_${table}`, text };
});

/**
 * Sends one statement per table for all rows of all the given writes, without waiting in between (the connection
 * pipelines). Must run inside a transaction, whose commit tells whether it worked; answers the promises of the statements.
 */
export function sendWrites(client: pg.ClientBase, units: readonly Writes[]): Promise<pg.QueryResult>[] {
  const sent: Promise<pg.QueryResult>[] = [];
  for (const { table, name, text } of STATEMENTS) {
    const all = units.flatMap<object>((unit) => unit[table] ?? []);
    if (all.length > 0) sent.push(client.query({ name, text, values: [JSON.stringify(all)] }));
  }
  return sent;
}

/** Joins two sets of writes of the same request; rows keep their order. */
export function joinWrites(first: Writes, second: Writes): Writes {
  const joined: Partial<Record<Table, readonly unknown[]>> = { ...first };
  for (const [table, added] of Object.entries(second) as [Table, readonly unknown[]][]) {
    joined[table] = [...(first[table] ?? []), ...added];
  }
  return joined as Writes;
}
