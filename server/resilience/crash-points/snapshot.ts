import type pg from 'pg';
import type { Stage } from './stage.ts';

/** An end state as sorted lines, free of ids that differ from run to run. Equal lines mean equal states. */
export type Snapshot = readonly string[];

export interface Edge {
  readonly order: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Each query answers lines; `$1` begins the ids of the flow. A webhook's verdict is left out: whether it or the worker's question
 * brought the news first may differ, what the news did may not; how often a card was declined before depends on who asked again.
 * Of the outbox the way over UNKNOWN is left out, as in the history.
 */
const PARTS: readonly string[] = [
  `select concat_ws(' ', 'order', payment_order_id, state, amount_minor, currency, commission_minor) as line
   from payment_orders where starts_with(payment_order_id, $1)`,
  `select concat_ws(' ', 'attempt', checkout_id, attempt_no, kind, state, amount_minor, currency, decline_code) as line
   from payment_attempts where starts_with(checkout_id, $1)`,
  `select concat_ws(' ', 'capture', payment_order_id, amount_minor, currency) as line
   from captures where starts_with(payment_order_id, $1)`,
  `select concat_ws(' ', 'entry', t.kind, a.code, e.amount_minor) as line
   from ledger_transactions t join ledger_entries e on e.transaction_id = t.id join ledger_accounts a on a.id = e.account_id
   where starts_with(t.source_id, $1) or t.source_id in (select id from payment_attempts where starts_with(checkout_id, $1))`,
  `select distinct concat_ws(' ', 'inbox', type, state) as line from webhook_inbox where position($1 in payload) > 0`,
  `select concat_ws(' ', 'outbox', topic, key, payload ->> 'state') as line
   from outbox where starts_with(key, $1) and payload ->> 'state' <> 'UNKNOWN'`,
  `select concat_ws(' ', 'key', route, key, recovery_point, status_code) as line from idempotency_keys where starts_with(key, $1)`,
  `select concat_ws(' ', 'dead letter', d.kind, d.cause, coalesce(d.resolution, 'open')) as line from dead_letters d
   where d.subject_id in (select id from payment_attempts where starts_with(checkout_id, $1))
      or d.subject_id in (select id::text from webhook_inbox where position($1 in payload) > 0)
      or d.subject_id in (select id from payouts where starts_with(seller_id, $1))`,
  `select concat_ws(' ', 'payout', seller_id, state, amount_minor, currency, approved_by) as line from payouts where starts_with(seller_id, $1)`,
  `select concat_ws(' ', 'payout history', p.seller_id, t.to_state) as line
   from payout_transitions t join payouts p on p.id = t.payout_id where starts_with(p.seller_id, $1) and t.to_state <> 'UNKNOWN'`,
  `select concat_ws(' ', 'entry', t.kind, a.code, e.amount_minor) as line
   from payouts p join ledger_transactions t on t.source_id = p.id
   join ledger_entries e on e.transaction_id = t.id join ledger_accounts a on a.id = e.account_id where starts_with(p.seller_id, $1)`,
  `select concat_ws(' ', 'outbox', o.topic, p.seller_id, o.payload ->> 'state') as line
   from outbox o join payouts p on p.id = o.key where starts_with(p.seller_id, $1) and o.payload ->> 'state' <> 'UNKNOWN'`,
];

/** Reads everything that a flow has left behind, at home and with the provider. */
export async function readSnapshot({ id, owner, desk }: Stage): Promise<Snapshot> {
  const prefix = `${id}.`;
  const { lines, edges } = await readBooks(owner, prefix);
  lines.push(...withoutDetours(edges).map(showEdge));
  const { rows: orders } = await owner.query<{ id: string }>(
    'select payment_order_id as id from payment_orders where starts_with(payment_order_id, $1)',
    [prefix],
  );
  for (const order of orders)
    lines.push(...(await desk.charges(order.id)).map((one) => `charge ${order.id} ${one.amount} ${one.currency}`));
  const { rows: payouts } = await owner.query<{ id: string; seller: string; account: string }>(
    `select p.id, p.seller_id as seller, a.psp_account_id as account from payouts p join payout_accounts a using (seller_id)
     where starts_with(p.seller_id, $1)`,
    [prefix],
  );
  for (const { id: payoutId, seller, account } of payouts)
    lines.push(...(await desk.payouts(payoutId, account)).map((one) => `sent ${seller} ${one.object} ${one.amount}`));
  return canonical(lines, prefix);
}

/** Everything that stands in our own books under ids that begin with `prefix`; the history edge by edge. */
export async function readExactSnapshot(owner: pg.Pool, prefix: string): Promise<Snapshot> {
  const { lines, edges } = await readBooks(owner, prefix);
  return canonical([...lines, ...edges.map(showEdge)], prefix);
}

async function readBooks(owner: pg.Pool, prefix: string): Promise<{ lines: string[]; edges: Edge[] }> {
  const { rows } = await owner.query<{ line: string }>(PARTS.join(' union all '), [prefix]);
  const { rows: edges } = await owner.query<Edge>(
    `select payment_order_id as "order", from_state as "from", to_state as "to" from order_transitions
     where starts_with(payment_order_id, $1) order by payment_order_id, seq`,
    [prefix],
  );
  return { lines: rows.map((row) => row.line), edges };
}

function showEdge({ order, from, to }: Edge): string {
  return `history ${order} ${from} > ${to}`;
}

function canonical(lines: readonly string[], prefix: string): Snapshot {
  return lines.map((line) => line.replaceAll(prefix, '~')).sort();
}

/** A history without its ways over UNKNOWN: not to know for a while is what a crash may cost, and all it may cost. */
export function withoutDetours(edges: readonly Edge[]): Edge[] {
  const direct: Edge[] = [];
  for (const edge of edges) {
    const before = direct.at(-1);
    if (before?.order === edge.order && before.to === 'UNKNOWN' && edge.to !== 'MANUAL_REVIEW')
      direct[direct.length - 1] = { ...before, to: edge.to };
    else direct.push(edge);
  }
  return direct;
}

/** What one state has and the other has not, line by line; nothing when they are equal. */
export function differences(expected: Snapshot, actual: Snapshot): string[] {
  return [
    ...without(expected, actual).map((line) => `missing: ${line}`),
    ...without(actual, expected).map((line) => `unexpected: ${line}`),
  ];
}

function without(lines: Snapshot, others: Snapshot): string[] {
  const left = [...lines];
  for (const other of others) {
    const place = left.indexOf(other);
    if (place >= 0) left.splice(place, 1);
  }
  return left;
}
