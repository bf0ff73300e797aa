import type pg from 'pg';
import { INVARIANTS } from '#audit';
import type { Topology } from '../kit/topology.ts';
import { MONEY_READS, type MoneyBooks } from './money-books.ts';

export interface OrderRow {
  readonly id: string;
  readonly checkout_id: string;
  readonly principal: string;
  readonly flow: 'direct' | 'hosted';
  /** Minor units. */
  readonly amount: string;
  readonly currency: string;
  readonly state: string;
}

export interface TransitionRow {
  readonly order_id: string;
  readonly from_state: string;
  readonly to_state: string;
  readonly actor: string;
}

export interface AttemptRow {
  readonly id: string;
  readonly state: string;
  readonly amount: string;
  readonly currency: string;
  readonly order_ids: readonly string[];
}

export interface RefundRow {
  readonly id: string;
  readonly attempt_id: string;
  /** The order it is of, and the request that asked for it; null for money that came too late. */
  readonly order_id: string | null;
  readonly request_id: string | null;
  readonly state: string;
  readonly amount: string;
  readonly currency: string;
}

/** Our side of the truth, read past everything, when nothing moves any more. */
export interface Books extends MoneyBooks {
  readonly orders: readonly OrderRow[];
  /** In the order in which they were made, per order. */
  readonly transitions: readonly TransitionRow[];
  readonly attempts: readonly AttemptRow[];
  readonly captures: readonly { readonly order_id: string; readonly amount: string; readonly currency: string }[];
  readonly outbox: readonly { readonly order_id: string; readonly state: string }[];
  readonly refunds: readonly RefundRow[];
  readonly refundTransitions: readonly { readonly refund_id: string; readonly to_state: string }[];
  /** What the system itself found broken that must hold at any moment. */
  readonly alerts: readonly { readonly subject: string; readonly detail: string }[];
  readonly deadLetters: readonly { readonly attempt_id: string; readonly cause: string; readonly open: boolean }[];
  /** Refunds that a person was told about and that wait for him. */
  readonly refundLetters: readonly { readonly refund_id: string }[];
}

const ALWAYS = INVARIANTS.filter((invariant) => invariant.timing === 'always');

const READS = {
  orders: `select o.payment_order_id as id, o.checkout_id, e.principal, e.flow, o.amount_minor::text as amount, o.currency, o.state
           from payment_orders o join payment_events e using (checkout_id) order by 1`,
  transitions:
    'select payment_order_id as order_id, from_state, to_state, actor from order_transitions order by payment_order_id, seq',
  attempts: `select a.id, a.state, a.amount_minor::text as amount, a.currency, array_agg(ao.payment_order_id) as order_ids
             from payment_attempts a join attempt_orders ao on ao.attempt_id = a.id group by a.id order by a.id`,
  captures: 'select payment_order_id as order_id, amount_minor::text as amount, currency from captures order by 1',
  outbox: `select key as order_id, payload ->> 'state' as state from outbox where topic = 'payment_order.updated' order by id`,
  refunds: `select id, attempt_id, payment_order_id as order_id, request_id, state, amount_minor::text as amount, currency
            from refunds order by id`,
  refundTransitions: 'select refund_id, to_state from refund_transitions order by refund_id, seq',
  alerts: `select subject, detail from alerts where kind = 'invariant' and subject in (${ALWAYS.map(({ id }) => `'${id}'`)}) order by id`,
  deadLetters: `select subject_id as attempt_id, cause, resolved_at is null as open from dead_letters where kind = 'attempt' order by id`,
  refundLetters: `select subject_id as refund_id from dead_letters where kind = 'refund' and resolved_at is null order by id`,
  ...MONEY_READS,
} as const satisfies Record<keyof Books, string>;

/** Reads these parts of it, or all, in one snapshot. */
export async function readBooks<Part extends keyof Books = keyof Books>(
  { owner }: Pick<Topology, 'owner'>,
  parts = Object.keys(READS) as Part[],
): Promise<Pick<Books, Part>> {
  return onSnapshot(owner, async (client) => {
    const books: Partial<Record<Part, unknown[]>> = {};
    for (const part of parts) books[part] = (await client.query(READS[part])).rows;
    return books as unknown as Pick<Books, Part>;
  });
}

/**
 * Checks the invariants of the audit on one snapshot, past the lines: those that hold at any moment, or, when nothing moves any
 * more, all of them. Answers a sentence for each that does not hold.
 */
export async function auditSnapshot(owner: pg.Pool, which: 'always' | 'all'): Promise<string[]> {
  return onSnapshot(owner, async (client) => {
    const broken: string[] = [];
    for (const { id, rule, violations } of which === 'all' ? INVARIANTS : ALWAYS) {
      const { rows } = await client.query<{ subject: string }>(`select * from (${violations}) v limit 3`);
      if (rows.length > 0) broken.push(`${id} "${rule}": ${rows.map((row) => row.subject).join(', ')}`);
    }
    return broken;
  });
}

async function onSnapshot<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    return await work(client);
  } finally {
    await client.query('rollback').catch(() => undefined);
    client.release();
  }
}
