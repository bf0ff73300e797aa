import { setTimeout as delay } from 'node:timers/promises';
import { DOORS, type Topology } from '../kit/topology.ts';
import { CONVERGE_WITHIN_MS, ENDINGS, MOST_CONNECTIONS } from './expectations.ts';
import {
  LISTED_AT_PROVIDER,
  LISTED_HERE,
  MONEY_OUT_WORK,
  SETTLEMENT_AT_PROVIDER,
  SETTLEMENT_WORK,
} from './money-out-work.ts';
import { DUE_AT_PROVIDER } from './provider-time.ts';

const LOOK_MS = 250;
/** Longest wait for transactions and locks of the last requests to be gone, in milliseconds. */
const LEAK_PATIENCE_MS = 5_000;

interface WaitingOrder {
  readonly id: string;
  readonly state: keyof typeof ENDINGS;
  readonly flow: string;
  readonly told: boolean;
  readonly refunded: boolean;
  readonly psp_ids: readonly string[];
  /** It was begun so lately that it need not have come to its end. */
  readonly young: boolean;
}

const ORDERS = `
  select o.payment_order_id as id, o.state, e.flow, e.created_at > now() - make_interval(secs => $1) as young,
         coalesce(bool_or(d.id is not null), false) as told, coalesce(bool_or(r.state = 'SUCCEEDED'), false) as refunded,
         array_remove(array_agg(coalesce(a.psp_session_id, a.psp_payment_id)) filter (where a.state = 'REQUIRES_ACTION'), null) as psp_ids
  from payment_orders o join payment_events e using (checkout_id)
  left join attempt_orders ao on ao.payment_order_id = o.payment_order_id
  left join payment_attempts a on a.id = ao.attempt_id
  left join refunds r on r.attempt_id = a.id
  left join dead_letters d on (d.kind, d.subject_id) in (('attempt', a.id), ('refund', r.id)) and d.resolved_at is null
  where o.state not in ('SUCCESS', 'FAILED', 'EXPIRED', 'CANCELLED')
  group by o.payment_order_id, e.flow, e.created_at`;
const WORK = `
  select 'attempt ' || id || ' is due and nobody takes it' as line from payment_attempts
  where finished_at is null and resolve_at < now() - interval '2 s'
  union all select 'refund ' || id || ' is due and nobody takes it' from refunds
  where finished_at is null and resolve_at < now() - interval '2 s'
  union all select 'attempt ' || id || ' holds money that nobody gives back' from payment_attempts where refund_due
  union all select 'webhook ' || event_id || ' waits in the inbox' from webhook_inbox where state = 'received'
  union all select 'the request of key ' || key || ' has no answer' from idempotency_keys where recovery_point <> 'finished'`;
/** Requests whose process died are taken up when their lease ends, not before. */
const YOUNG_KEYS = `
  select from idempotency_keys where recovery_point <> 'finished' and locked_until > now() - make_interval(secs => $1)`;
const OPEN_AT_PROVIDER = `
  select id from checkout_sessions where status = 'open'
  union all select id from payment_intents where status = 'requires_action' and checkout_session is null`;

/**
 * Waits until nothing moves that should come to an end by itself; answers how long it took and what never did. A payment that was begun
 * later, when the worker took up a request whose process had died, has as long from then, and such a request from the end of its lease.
 * Once days have passed (`settled`), all money has to be settled and every bank to have decided as well.
 */
export async function converge(
  topology: Topology,
  { settled = false }: { readonly settled?: boolean } = {},
): Promise<{ ms: number; left: string[] }> {
  const started = performance.now();
  for (;;) {
    const { left: moving, isYoung } = await whatMoves(topology);
    const left = [...moving, ...(settled ? await whatIsNotSettled(topology) : [])];
    const ms = Math.round(performance.now() - started);
    if (left.length === 0 || (ms > CONVERGE_WITHIN_MS && !isYoung)) return { ms, left };
    await delay(LOOK_MS);
  }
}

async function whatMoves({ owner, providerOwner }: Topology): Promise<{ left: string[]; isYoung: boolean }> {
  const { rows: work } = await owner.query<{ line: string }>(`${WORK} union all ${MONEY_OUT_WORK}`);
  const { rows: keys } = await owner.query(YOUNG_KEYS, [CONVERGE_WITHIN_MS / 1_000]);
  const { rows: orders } = await owner.query<WaitingOrder>(ORDERS, [CONVERGE_WITHIN_MS / 1_000]);
  const { rows: open } = await providerOwner.query<{ id: string }>(OPEN_AT_PROVIDER);
  const { rows: due } = await providerOwner.query<{ line: string }>(DUE_AT_PROVIDER);
  const pages = new Set(open.map((row) => row.id));
  const moving = orders.filter((order) => !isExplained(order, pages));
  const lines = [...work, ...due].map((row) => row.line);
  const underWay = moving.map(({ id, state, flow }) => `order ${id} (${flow}) is ${state}`);
  return { left: [...lines, ...underWay], isYoung: keys.length > 0 || moving.some((order) => order.young) };
}

async function whatIsNotSettled({ owner, providerOwner }: Topology): Promise<string[]> {
  const { rows: work } = await owner.query<{ line: string }>(SETTLEMENT_WORK);
  const { rows: due } = await providerOwner.query<{ line: string }>(SETTLEMENT_AT_PROVIDER);
  const [{ lines: theirs } = { lines: 0 }] = (await providerOwner.query<{ lines: number }>(LISTED_AT_PROVIDER)).rows;
  const [{ lines: ours } = { lines: 0 }] = (await owner.query<{ lines: number }>(LISTED_HERE)).rows;
  const unread = theirs === ours ? [] : [`of ${theirs} balance transactions ${ours} are here`];
  return [...[...work, ...due].map((row) => row.line), ...unread];
}

function isExplained({ state, flow, told, refunded, psp_ids }: WaitingOrder, pages: ReadonlySet<string>): boolean {
  switch (ENDINGS[state]) {
    case 'settled':
      return true;
    case 'told':
      return told;
    case 'shopper':
      return (psp_ids ?? []).some((id) => pages.has(id));
    case 'unopened':
      return flow === 'hosted';
    case 'refunded':
      return refunded || told;
    case 'under way':
      return false;
  }
}

/** Sentences about doors that would not take a payment although everything is well: their breakers must have closed. */
export async function whatIsNotReady(topology: Topology): Promise<string[]> {
  const looks = DOORS.map(async (door) => {
    const response = await fetch(`${topology.directUrlOf(door)}/api/health/ready`);
    return response.ok ? [] : [`${door} is not ready: ${await response.text()}`];
  });
  return (await Promise.all(looks)).flat();
}

/** Sentences about what the system holds on to although nobody asks it for anything. */
export async function whatLeaks({ owner, providerOwner }: Topology): Promise<string[]> {
  const started = performance.now();
  for (;;) {
    const found = (await Promise.all([owner, providerOwner].map(leaksIn))).flat();
    if (found.length === 0 || performance.now() - started > LEAK_PATIENCE_MS) return found;
    await delay(LOOK_MS);
  }
}

async function leaksIn(pool: Topology['owner']): Promise<string[]> {
  const others = `datname = current_database() and application_name <> 'chaos'`;
  const { rows } = await pool.query<{ line: string }>(`
    select application_name || ' holds a transaction open: ' || left(query, 80) as line from pg_stat_activity
      where ${others} and state like 'idle in transaction%'
    union all select 'a session waits for a lock: ' || left(query, 80) from pg_stat_activity where ${others} and wait_event_type = 'Lock'
    union all select 'an advisory lock is held' from pg_locks
      where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
    union all select count(*) || ' connections are open' from pg_stat_activity where ${others} having count(*) > ${MOST_CONNECTIONS}`);
  return rows.map((row) => row.line);
}
