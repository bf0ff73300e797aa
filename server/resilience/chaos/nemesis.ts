import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../kit/cluster.ts';
import type { Topology, UnitName } from '../kit/topology.ts';
import type { History } from './history.ts';
import type { Nemesis, Strike } from './plan-nemeses.ts';
import type { Progress } from './progress.ts';
import { callProvider } from './provider.ts';

/** Operations measure how long a strike lasts; should all of them hang, it ends after this, in milliseconds. */
const LONGEST_STRIKE_MS = 8_000;
const LOOK_TIMEOUT_MS = 1_000;

export interface Battlefield {
  readonly cluster: Cluster;
  readonly topology: Topology;
  readonly history: History;
  readonly progress: Progress;
  readonly tally: Tally;
}

/** What was done to the system. */
export interface Tally {
  kills: number;
  readonly faults: Record<string, number>;
  /** How often a kind of nemesis struck while some order was in a state, by `family × state`. */
  readonly struckWhile: Record<string, number>;
}

/** Undoes a strike; undefined when there was nothing to strike. */
type Heal = (() => Promise<void>) | undefined;

/** Strikes as planned until the operations are over; resolves when every strike has been undone. */
export async function runNemeses(nemeses: readonly Nemesis[], field: Battlefield): Promise<void> {
  await Promise.all(nemeses.map((nemesis) => runOne(nemesis, field)));
}

async function runOne({ family, at, lasts, strike }: Nemesis, field: Battlefield): Promise<void> {
  const { progress, history, tally } = field;
  if (!(await progress.reaches(at))) return;
  const states = await statesNow(field);
  const heal = await strikeNow(strike, field).catch(() => undefined);
  history.note('nemesis', heal ? family : `${family} missed`, strike);
  if (!heal) return;
  tally.faults[family] = (tally.faults[family] ?? 0) + 1;
  for (const state of states)
    tally.struckWhile[`${family} × ${state}`] = (tally.struckWhile[`${family} × ${state}`] ?? 0) + 1;
  await Promise.race([progress.reaches(at + lasts), delay(LONGEST_STRIKE_MS, undefined, { ref: false })]);
  await heal();
  history.note('nemesis', `${family} over`, strike);
}

/** Money on its way out, as it is told beside the states of orders. */
export const MONEY_ON_ITS_WAY = ['a refund under way', 'an open dispute', 'a payout under way'] as const;
const [REFUND, DISPUTE, PAYOUT] = MONEY_ON_ITS_WAY;
const STATES = `
  select state from payment_orders
  union select '${REFUND}' from refunds where finished_at is null
  union select '${DISPUTE}' from disputes where finished_at is null
  union select '${PAYOUT}' from payouts where finished_at is null`;

async function strikeNow(strike: Strike, field: Battlefield): Promise<Heal> {
  const { topology, cluster, tally } = field;
  switch (strike.kind) {
    case 'kill':
      return onUnit(topology, strike.unit, (unit) => {
        tally.kills += 1;
        return unit.kill();
      });
    case 'terminate':
      return onUnit(topology, strike.unit, async (unit) => void (await unit.terminate()));
    case 'pause': {
      const unit = topology.units[strike.unit];
      if (unit.state() !== 'up') return undefined;
      unit.pause();
      return async () => unit.resume();
    }
    case 'postgres_kill': {
      if (cluster.unit.state() !== 'up') return undefined;
      tally.kills += 1;
      await cluster.kill();
      return () => cluster.start();
    }
    case 'postgres_terminate':
      await endConnections(topology, strike.share);
      return async () => undefined;
    case 'toxic': {
      const { direction, toxic } = strike;
      const line = topology.lines[strike.line];
      await line.set(toxic, direction);
      return () => line.remove(toxic.kind, direction);
    }
    case 'provider_fault': {
      const { status, body } = await callProvider(topology.providerUrl, 'POST', 'test_helpers/faults', strike.fault);
      if (status !== 200) throw new Error(`the provider does not take this fault: ${JSON.stringify(body)}`);
      // Should the provider be away when it ends, everything is cleared at the end of all faults.
      const clear = () => callProvider(topology.providerUrl, 'DELETE', `test_helpers/faults/${body.id}`);
      return async () => void (await clear().catch(() => undefined));
    }
  }
}

async function onUnit(
  topology: Topology,
  name: UnitName,
  end: (unit: Topology['units'][UnitName]) => Promise<void>,
): Promise<Heal> {
  const unit = topology.units[name];
  if (unit.state() !== 'up') return undefined;
  await end(unit);
  return () => unit.start();
}

async function endConnections({ owner, providerOwner }: Topology, share: number): Promise<void> {
  for (const pool of [owner, providerOwner]) {
    const { rows } = await pool.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and application_name <> 'chaos' order by pid`,
    );
    const chosen = rows.slice(0, Math.ceil(rows.length * share)).map((row) => row.pid);
    await pool.query('select pg_terminate_backend(pid) from unnest($1::int[]) pid', [chosen]);
  }
}

/** States that some order is in, and money that is on its way out; none when the database is away. */
async function statesNow({ topology, cluster }: Battlefield): Promise<string[]> {
  if (cluster.unit.state() !== 'up') return [];
  const look = topology.owner.query<{ state: string }>(STATES).then(({ rows }) => rows.map((row) => row.state));
  return Promise.race([look.catch(() => []), delay(LOOK_TIMEOUT_MS, [], { ref: false })]);
}

/** Takes every fault away and brings everything back up. Throws when a process does not come back. */
export async function healAll({ topology, cluster }: Pick<Battlefield, 'topology' | 'cluster'>): Promise<void> {
  await Promise.all(Object.values(topology.lines).map((line) => line.heal()));
  await cluster.start();
  for (const unit of Object.values(topology.units)) unit.resume();
  await Promise.all(Object.values(topology.units).map((unit) => unit.start()));
  await callProvider(topology.providerUrl, 'DELETE', 'test_helpers/faults');
}
