import type pg from 'pg';
import type { Stage } from './stage.ts';

/** An end state as sorted lines, free of ids that differ from run to run. Equal lines mean equal states. */
export type Snapshot = readonly string[];

export interface Edge {
  /** The order or the refund that moved, and how a line calls it. */
  readonly of: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** Which attempts, refunds and webhooks belong to a flow; `$1` begins its ids, and a webhook about a refund names the attempt alone. */
export const ATTEMPTS_OF_FLOW = 'select id from payment_attempts where starts_with(checkout_id, $1)';
const REFUNDS_OF_FLOW = `select id from refunds where attempt_id in (${ATTEMPTS_OF_FLOW})`;
export const DISPUTES_OF_FLOW = `select id from disputes where attempt_id in (${ATTEMPTS_OF_FLOW})`;
export const IN_WEBHOOK = `(position($1 in payload) > 0
  or payload like any (array(select '%' || id || '%' from payment_attempts where starts_with(checkout_id, $1)))
  or payload like any (array(select '%' || psp_payment_id || '%' from payment_attempts where starts_with(checkout_id, $1) and psp_payment_id is not null)))`;

/** The provider's balance transactions that are about the flow. */
export const SETTLED_OF_FLOW = `select id from psp_balance_transactions where starts_with(id, $1) or subject_id in (${ATTEMPTS_OF_FLOW})`;

/**
 * Each query answers lines; `$1` begins the ids of the flow. A webhook's verdict is left out: whether it or the worker's question
 * brought the news first may differ, what the news did may not; how often a card was declined before depends on who asked again.
 * Nor does it matter how many of the webhooks about a refund came, once they are handled. Of the outbox the way over UNKNOWN is left out, as in the history. A refund goes by its checkout: its own id is drawn.
 */
const PARTS: readonly string[] = [
  `select concat_ws(' ', 'order', payment_order_id, state, amount_minor, currency, commission_minor,
                    'refunded ' || nullif(refunded_minor, 0), 'disputed ' || nullif(disputed_minor, 0)) as line
   from payment_orders where starts_with(payment_order_id, $1)`,
  `select concat_ws(' ', 'attempt', checkout_id, attempt_no, kind, state, amount_minor, currency, decline_code,
                    'held ' || held_minor, 'given back ' || nullif(refunded_minor, 0), case when refund_due then 'to be given back' end) as line
   from payment_attempts where starts_with(checkout_id, $1)`,
  `select concat_ws(' ', 'dispute', a.checkout_id, d.state, d.withdrawn_minor, d.fee_minor, d.reinstated_minor, d.currency) as line
   from disputes d join payment_attempts a on a.id = d.attempt_id where starts_with(a.checkout_id, $1)`,
  `select concat_ws(' ', 'response', a.checkout_id, r.stage, r.kind, case when r.sent_at is null then 'not sent' else 'sent' end) as line
   from dispute_responses r join disputes d on d.id = r.dispute_id join payment_attempts a on a.id = d.attempt_id
   where starts_with(a.checkout_id, $1)`,
  `select concat_ws(' ', 'refund', a.checkout_id, r.payment_order_id, r.commission_minor, r.pending_minor, r.state, r.amount_minor, r.currency, r.error) as line
   from refunds r join payment_attempts a on a.id = r.attempt_id where starts_with(a.checkout_id, $1)`,
  `select concat_ws(' ', 'capture', payment_order_id, amount_minor, currency) as line
   from captures where starts_with(payment_order_id, $1)`,
  `select concat_ws(' ', 'entry', t.kind, a.code, e.amount_minor) as line
   from ledger_transactions t join ledger_entries e on e.transaction_id = t.id join ledger_accounts a on a.id = e.account_id
   where starts_with(t.source_id, $1) or t.source_id in (${ATTEMPTS_OF_FLOW}) or t.source_id in (${REFUNDS_OF_FLOW})
      or t.source_id in (${SETTLED_OF_FLOW}) or t.source_id in (${DISPUTES_OF_FLOW})`,
  // What waits at the provider may have been read or not.
  `select concat_ws(' ', 'settled', type, amount_minor, fee_minor, currency, state, cause) as line
   from psp_balance_transactions where id in (${SETTLED_OF_FLOW}) and state <> 'waiting'`,
  `select concat_ws(' ', 'funds', payment_order_id, earned_minor, pending_minor, case when released_at is not null then 'released' end) as line
   from order_funds where starts_with(payment_order_id, $1)`,
  // Files have a day, and the flow a payout that arrived on it.
  `select concat_ws(' ', 'file', f.source, f.state, 'version ' || f.version, f.rows) as line
   from reconciliation_files f join psp_bank_payouts p on p.arrives_on = f.day and p.currency = f.currency where starts_with(p.id, $1)`,
  `select concat_ws(' ', 'reconciled', r.expected_rows, r.expected_net_minor, r.matched_rows) as line
   from reconciliation_runs r join psp_bank_payouts p on p.arrives_on = r.day and p.currency = r.currency where starts_with(p.id, $1)`,
  `select concat_ws(' ', 'difference', x.source, x.type, x.subject, x.expected_minor, x.found_minor, coalesce(x.resolution, 'open')) as line
   from reconciliation_exceptions x join psp_bank_payouts p on p.arrives_on = x.day and p.currency = x.currency
   where starts_with(p.id, $1)`,
  `select distinct concat_ws(' ', 'inbox', type, state) as line from webhook_inbox
   where ${IN_WEBHOOK} and (state <> 'handled' or not (starts_with(type, 'refund.') or starts_with(type, 'charge.dispute.')))`,
  `select concat_ws(' ', 'outbox', topic, coalesce(a.checkout_id, key), payload ->> 'state') as line
   from outbox left join payment_attempts a on a.id = payload ->> 'attempt_id'
   where (starts_with(key, $1) or key in (${REFUNDS_OF_FLOW})) and payload ->> 'state' not in ('UNKNOWN', 'SUBMITTED')`,
  `select concat_ws(' ', 'key', route, key, recovery_point, status_code) as line from idempotency_keys where starts_with(key, $1)`,
  `select concat_ws(' ', 'dead letter', d.kind, d.cause, coalesce(d.resolution, 'open')) as line from dead_letters d
   where d.subject_id in (${ATTEMPTS_OF_FLOW}) or d.subject_id in (${REFUNDS_OF_FLOW}) or d.subject_id in (${SETTLED_OF_FLOW})
      or d.subject_id in (${DISPUTES_OF_FLOW})
      or d.subject_id in (select id::text from webhook_inbox where ${IN_WEBHOOK})
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

/** The steps of orders, refunds and disputes, one after the other; what a line calls them is `name`. */
const EDGES = `
  select payment_order_id as "of", payment_order_id as name, from_state as "from", to_state as "to", seq from order_transitions
  where starts_with(payment_order_id, $1)
  union all
  select t.refund_id, 'refund of ' || a.checkout_id, t.from_state, t.to_state, t.seq
  from refund_transitions t join refunds r on r.id = t.refund_id join payment_attempts a on a.id = r.attempt_id
  where starts_with(a.checkout_id, $1)
  union all
  select t.dispute_id, 'dispute of ' || a.checkout_id, t.from_state, t.to_state, t.seq
  from dispute_transitions t join disputes d on d.id = t.dispute_id join payment_attempts a on a.id = d.attempt_id
  where starts_with(a.checkout_id, $1) order by "of", seq`;

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
  const { rows: attempts } = await owner.query<{ id: string }>(`${ATTEMPTS_OF_FLOW} and refunded_minor > 0`, [prefix]);
  for (const attempt of attempts)
    lines.push(
      ...(await desk.refunds(attempt.id)).map((one) => `given back ${one.amount} ${one.currency} ${one.status}`),
    );
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
  const { rows: edges } = await owner.query<Edge>(EDGES, [prefix]);
  return { lines: rows.map((row) => row.line), edges };
}

function showEdge({ name, from, to }: Edge): string {
  return `history ${name} ${from} > ${to}`;
}

function canonical(lines: readonly string[], prefix: string): Snapshot {
  return lines.map((line) => line.replaceAll(prefix, '~')).sort();
}

/** A history without its ways over UNKNOWN: not to know for a while is what a crash may cost, and all it may cost. */
export function withoutDetours(edges: readonly Edge[]): Edge[] {
  const direct: Edge[] = [];
  for (const edge of edges) {
    const before = direct.at(-1);
    const goesOn = before?.of === edge.of && before.to === 'UNKNOWN' && edge.to !== 'MANUAL_REVIEW';
    if (goesOn) direct.pop();
    const way = goesOn ? { ...before, to: edge.to } : edge;
    // There and back again: the provider works on a refund of which nothing was known for a while.
    if (way.from !== way.to) direct.push(way);
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
