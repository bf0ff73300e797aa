import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { INVARIANTS } from '#audit';
import type { BenchSystem } from './system.ts';

/** Longest wait for what was still under way when a load ended: the worker asks about silence after 15 s. */
const SETTLE_DEADLINE_MS = 90_000;
/** Looks cost the database something too: few of them. */
const LOOK_MS = 200;

/** Payments still under way, webhooks not yet delivered, webhooks not yet handled. */
const UNDER_WAY = {
  own: `select (select count(*) from payment_attempts where finished_at is null)
             + (select count(*) from webhook_inbox where state = 'received') as count`,
  provider: `select count(*) from webhook_deliveries where state = 'pending'`,
};

/** Charge by charge, each a line of attempt, amount and currency; as a count, a sum and a digest of all lines in order. */
const CHARGES = {
  own: `select count(*) as count, coalesce(sum(amount_minor), 0) as sum,
               md5(string_agg(attempt_id || ' ' || amount_minor || ' ' || currency, ',' order by attempt_id collate "C")) as digest from captures`,
  provider: `select count(*) as count, coalesce(sum(amount), 0) as sum,
                    md5(string_agg(attempt_id || ' ' || amount || ' ' || upper(currency), ',' order by attempt_id collate "C")) as digest
             from charges where status = 'succeeded'`,
};

/** The naive way has no triggers that refuse changes, and no history to hold them against. */
const NOT_OF_NAIVE = new Set(['I5']);

/** Waits until nothing is under way any more, so that one measurement does not pay for the one before it. */
export function untilQuiet(system: BenchSystem): Promise<void> {
  const deadline = performance.now() + SETTLE_DEADLINE_MS;
  return withClients(system, async (own, provider) => {
    for (;;) {
      const [here, there] = [await count(own, UNDER_WAY.own), await count(provider, UNDER_WAY.provider)];
      if (here === 0 && there === 0) return;
      if (performance.now() > deadline)
        throw new Error(`${system.kind}: ${here} payments or webhooks and ${there} deliveries never came to an end`);
      await delay(LOOK_MS);
    }
  });
}

/** Adds the books up by every invariant of the audit that holds at any moment, payments under way or not. Throws when one is broken. */
export function requireInvariants(system: BenchSystem): Promise<void> {
  return withClients(system, async (own) => {
    for (const { id, rule, violations, timing } of INVARIANTS) {
      if (timing !== 'always') continue;
      if (system.kind === 'naive' && NOT_OF_NAIVE.has(id)) continue;
      const { rows } = await own.query(`select * from (${violations}) v limit 3`);
      if (rows.length > 0) throw new Error(`${system.kind}: ${id} "${rule}" is broken: ${JSON.stringify(rows)}`);
    }
  });
}

export interface Agreement {
  readonly captures: number;
  readonly webhooks: number;
}

/** Holds our captures against the provider's own charges, one by one; throws when any differs. */
export function requireAgreement(system: BenchSystem): Promise<Agreement> {
  return withClients(system, async (own, provider) => {
    const [ours, theirs] = [await charges(own, CHARGES.own), await charges(provider, CHARGES.provider)];
    if (ours.count !== theirs.count || ours.sum !== theirs.sum || ours.digest !== theirs.digest)
      throw new Error(
        `${system.kind}: the provider took ${theirs.sum} in ${theirs.count} charges, we hold ${ours.sum} in ${ours.count}, or they differ in detail`,
      );
    const delivered = `select count(*) from webhook_deliveries where state = 'delivered'`;
    return { captures: Number(ours.count), webhooks: await count(provider, delivered) };
  });
}

/** Those of the acknowledged payments that are not in the database, captured and successful. */
export function findLost(system: BenchSystem, checkoutIds: readonly string[]): Promise<string[]> {
  return withClients(system, async (own) => {
    const { rows } = await own.query<{ id: string }>(
      `select id from unnest($1::text[]) acknowledged (id)
       left join payment_orders o on o.checkout_id = id and o.state = 'SUCCESS'
       left join captures c using (payment_order_id) where c.payment_order_id is null`,
      [checkoutIds],
    );
    return rows.map((row) => row.id);
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

async function charges(on: pg.Client, sql: string): Promise<{ count: string; sum: string; digest: string | null }> {
  const { rows } = await on.query<{ count: string; sum: string; digest: string | null }>(sql);
  return rows[0] ?? { count: '0', sum: '0', digest: null };
}
