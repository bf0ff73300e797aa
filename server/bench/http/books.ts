import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { INVARIANTS } from '#audit';
import type { BenchSystem } from './system.ts';

/** Longest wait for what was still under way when a load ended: silence is asked about after 15 s. */
const SETTLE_DEADLINE_MS = 90_000;
const LOOK_MS = 100;

/** The one invariant that is about the database's own checks, which the naive way goes without. */
const ABOUT_CHECKS = 'I5';

/** Payments still under way, webhooks not yet delivered, webhooks not yet handled. */
const UNDER_WAY = {
  own: `select (select count(*) from payment_orders where state in ('EXECUTING', 'UNKNOWN'))
             + (select count(*) from webhook_inbox where state = 'received') as count`,
  provider: `select count(*) from webhook_deliveries where state = 'pending'`,
};

/** Waits until nothing is under way any more, so that one measurement does not pay for the one before it. */
export async function untilQuiet(system: BenchSystem): Promise<void> {
  const deadline = performance.now() + SETTLE_DEADLINE_MS;
  await withClients(system, async (own, provider) => {
    for (;;) {
      const [here, there] = [await count(own, UNDER_WAY.own), await count(provider, UNDER_WAY.provider)];
      if (here === 0 && there === 0) return;
      if (performance.now() > deadline)
        throw new Error(`${system.name}: ${here} payments or webhooks and ${there} deliveries never came to an end`);
      await delay(LOOK_MS);
    }
  });
}

/**
 * Adds the books up: every invariant of the audit, and as many charges in the provider's books, of the same sum, as captures
 * in ours. Throws when anything is off; answers the number of captures.
 */
export async function readdBooks(system: BenchSystem): Promise<number> {
  return withClients(system, async (own, provider) => {
    for (const { id, rule, violations } of INVARIANTS) {
      if (id === ABOUT_CHECKS && system.name === 'naive') continue;
      const broken = await own.query(`select * from (${violations}) v limit 3`);
      if (broken.rows.length > 0)
        throw new Error(`${system.name}: ${id} "${rule}" is broken: ${JSON.stringify(broken.rows)}`);
    }
    const ours = await total(own, 'select count(*) as count, coalesce(sum(amount_minor), 0) as sum from captures');
    const theirs = await total(
      provider,
      `select count(*) as count, coalesce(sum(amount), 0) as sum from charges where status = 'succeeded'`,
    );
    if (ours.count !== theirs.count || ours.sum !== theirs.sum)
      throw new Error(
        `${system.name}: the provider charged ${theirs.sum} in ${theirs.count} charges, we hold ${ours.sum} in ${ours.count}`,
      );
    return Number(ours.count);
  });
}

/** The acknowledged orders (id → state answered) that are not in the database as they were acknowledged. */
export async function lostOrders(system: BenchSystem, acknowledged: ReadonlyMap<string, string>): Promise<string[]> {
  return withClients(system, async (own) => {
    const { rows } = await own.query<{ payment_order_id: string; state: string }>(
      'select payment_order_id, state from payment_orders where payment_order_id = any($1::text[])',
      [[...acknowledged.keys()]],
    );
    const states = new Map(rows.map((row) => [row.payment_order_id, row.state]));
    return [...acknowledged].flatMap(([id, answered]) => {
      const state = states.get(id);
      return state === undefined || (answered === 'SUCCESS' && state !== 'SUCCESS') ? [id] : [];
    });
  });
}

async function withClients<T>(
  system: BenchSystem,
  work: (own: pg.Client, provider: pg.Client) => Promise<T>,
): Promise<T> {
  const own = new pg.Client({ connectionString: system.database.url });
  const provider = new pg.Client({ connectionString: system.providerDatabase.url });
  await Promise.all([own.connect(), provider.connect()]);
  try {
    return await work(own, provider);
  } finally {
    await Promise.all([own.end(), provider.end()]);
  }
}

async function count(on: pg.Client, sql: string): Promise<number> {
  const { rows } = await on.query<{ count: string }>(sql);
  return Number(rows[0]?.count);
}

async function total(on: pg.Client, sql: string): Promise<{ count: string; sum: string }> {
  const { rows } = await on.query<{ count: string; sum: string }>(sql);
  return rows[0] ?? { count: '0', sum: '0' };
}
