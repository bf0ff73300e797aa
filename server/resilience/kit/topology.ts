import { join } from 'node:path';
import pg from 'pg';
import { hashApiKey } from '#auth';
import { installJobs } from '#jobs';
import {
  createEmptyDatabase,
  createTestDatabase,
  freePort,
  openPspDesk,
  type PspDesk,
  type TestDatabase,
} from '#testing';
import { WEBHOOK_EVENTS } from '../../psp/webhook-events.ts';
import type { Cluster } from './cluster.ts';
import { type LogWatch, watchLogs } from './log-watch.ts';
import { startProxy, type TcpProxy } from './proxy.ts';
import { createUnit, type Unit } from './unit.ts';

/** The shops that pay; each has a key of its own. */
export const SHOPS = {
  north: 'sk_test_chaos_key_of_the_north_shop_01',
  south: 'sk_test_chaos_key_of_the_south_shop_02',
} as const;
export type Shop = keyof typeof SHOPS;

export const DOORS = ['door-1', 'door-2'] as const;
export const WORKERS = ['worker-1', 'worker-2'] as const;
const PROVIDER = 'psp';
export const UNITS = [...DOORS, ...WORKERS, PROVIDER] as const;
export type UnitName = (typeof UNITS)[number];
export type Door = (typeof DOORS)[number];

/** One line between each pair of processes that talk to each other, and one from the callers to each door. */
export const LINES = [
  ...UNITS.map((unit) => `${unit}>postgres` as const),
  ...[...DOORS, ...WORKERS].map((unit) => `${unit}>psp` as const),
  ...DOORS.map((door) => `callers>${door}` as const),
  'psp>doors',
] as const;
export type Line = (typeof LINES)[number];

/** What the provider and we share; the demo values are what the processes run with. */
export const PROVIDER_SECRETS = {
  key: 'sk_test_simulator_platform_secret_key',
  webhook: 'whsec_simulator_demo_signing_secret_000000',
} as const;

/** Must never be seen in any output. */
const SECRETS = [
  ...Object.values(SHOPS),
  ...Object.values(PROVIDER_SECRETS),
  'postgres:postgres@',
  'countinghouse-demo',
];

/** Short enough that silence is noticed within a run; all else is as delivered. */
const PACE = {
  PSP_TIMEOUT_MS: '1500',
  PAYMENT_WAIT_MS: '2000',
  RESOLVE_AFTER_MS: '2500',
  PSP_WEBHOOK_RETRY_BASE_MS: '200',
  PSP_PAYOUT_DELAY_MS: '1000',
};

export interface Topology {
  readonly units: Readonly<Record<UnitName, Unit>>;
  readonly lines: Readonly<Record<Line, TcpProxy>>;
  /** Where callers reach a door, through its line. */
  urlOf(door: Door): string;
  /** Where the harness reaches a door's health, past the line. */
  directUrlOf(door: Door): string;
  /** Superuser connections past the lines. */
  readonly owner: pg.Pool;
  readonly providerOwner: pg.Pool;
  readonly providerUrl: string;
  /** The provider past the lines, as the shopper's browser and the harness meet it. */
  readonly desk: PspDesk;
  readonly logs: LogWatch;
  stop(): Promise<void>;
}

export interface TopologyOptions {
  readonly cluster: Cluster;
  /** Takes the log files. */
  readonly folder: string;
  /** Jitter of the lines. */
  readonly random: () => number;
  /** The second door is the web process, from a production build in this folder. */
  readonly webBuild?: string | undefined;
}

/** Two doors, two workers and the provider as processes of their own, on fresh databases, with a line between each pair. */
export async function startTopology({ cluster, folder, random, webBuild }: TopologyOptions): Promise<Topology> {
  process.env.TEST_POSTGRES_URL = cluster.url;
  const [database, books] = [await createTestDatabase('chaos'), await createEmptyDatabase('chaos_psp')];
  const owner = createOwnerPool(database);
  const providerOwner = createOwnerPool(books);
  await installJobs(database.url);
  for (const [id, key] of Object.entries(SHOPS))
    await owner.query('insert into api_keys (id, name, prefix, key_hash) values ($1, $1, $2, $3)', [
      id,
      'sk_test_',
      hashApiKey(key),
    ]);

  const ports = Object.fromEntries(await Promise.all(UNITS.map(async (unit) => [unit, await freePort()]))) as Record<
    UnitName,
    number
  >;
  const operationsPorts = { 'door-1': await freePort(), 'door-2': await freePort() };
  const lines = await startLines(ports, cluster.port, random);
  const logs = watchLogs(join(folder, 'logs'), SECRETS);
  cluster.listen((line) => logs.take('postgres', line));
  const places = { database, books, ports, operationsPorts, lines, webBuild };
  const units = Object.fromEntries(UNITS.map((name) => [name, describeUnit(name, places, logs)])) as Record<
    UnitName,
    Unit
  >;
  await units.psp.start();
  await Promise.all(UNITS.map((name) => units[name].start()));
  const providerUrl = `http://127.0.0.1:${ports.psp}`;
  return {
    units,
    lines,
    urlOf: (door) => `http://127.0.0.1:${lines[`callers>${door}`].port}`,
    directUrlOf: (door) => `http://127.0.0.1:${ports[door]}`,
    owner,
    providerOwner,
    providerUrl,
    desk: openPspDesk({ url: providerUrl }),
    logs,
    stop: async () => {
      await Promise.all(UNITS.map((name) => units[name].stop()));
      await Promise.all(Object.values(lines).map((line) => line.stop()));
      await Promise.all([owner.end(), providerOwner.end()]);
      cluster.listen(() => undefined);
      await logs.close();
      await Promise.all([database.drop(), books.drop()]);
    },
  };
}

function createOwnerPool({ url }: TestDatabase): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: 3,
    application_name: 'chaos',
    connectionTimeoutMillis: 2_000,
  });
  // The harness kills the database itself.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

async function startLines(
  ports: Record<UnitName, number>,
  postgres: number,
  random: () => number,
): Promise<Record<Line, TcpProxy>> {
  const targetsOf = (line: Line): number[] => {
    if (line === 'psp>doors') return DOORS.map((door) => ports[door]);
    const [, to = ''] = line.split('>');
    return [to === 'postgres' ? postgres : ports[to as UnitName]];
  };
  const open = async (line: Line) =>
    [line, await startProxy({ name: line, targets: targetsOf(line), random })] as const;
  return Object.fromEntries(await Promise.all(LINES.map(open))) as Record<Line, TcpProxy>;
}

interface Places {
  readonly database: TestDatabase;
  readonly books: TestDatabase;
  readonly ports: Record<UnitName, number>;
  readonly operationsPorts: Record<Door, number>;
  readonly lines: Record<Line, TcpProxy>;
  readonly webBuild: string | undefined;
}

function describeUnit(
  name: UnitName,
  { database, books, ports, operationsPorts, lines, webBuild }: Places,
  logs: LogWatch,
): Unit {
  const url = `http://127.0.0.1:${ports[name]}`;
  const through = (target: string, line: Line) => {
    const there = new URL(target);
    there.port = String(lines[line].port);
    return there.toString();
  };
  const common = { ...PACE, LOG_LEVEL: 'info', APP_ENV: 'demo', NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
  const onLine = (line: string) => logs.take(name, line);
  if (name === PROVIDER) {
    const env = {
      ...common,
      PSP_PORT: String(ports.psp),
      PSP_DATABASE_URL: through(books.url, 'psp>postgres'),
      PSP_WEBHOOK_URL: `http://127.0.0.1:${lines['psp>doors'].port}/api/webhooks/psp`,
      PSP_WEBHOOK_EVENTS: WEBHOOK_EVENTS.join(','),
    };
    return createUnit({ name, script: 'server/psp-simulator/main.ts', env, ready: { url: `${url}/health` }, onLine });
  }
  const env = {
    ...common,
    DATABASE_URL: through(database.url, `${name}>postgres`),
    PSP_BASE_URL: `http://127.0.0.1:${lines[`${name}>psp`].port}`,
    PUBLIC_URL: `http://127.0.0.1:${ports['door-1']}`,
    API_PORT: String(ports[name]),
    METRICS_PORT: String(ports[name]),
    API_METRICS_PORT: String(operationsPorts['door-1']),
    WEB_METRICS_PORT: String(operationsPorts['door-2']),
  };
  if (name === 'worker-1' || name === 'worker-2')
    return createUnit({ name, script: 'server/worker/main.ts', env, ready: { url: `${url}/health` }, onLine });
  const ready = { url: `${url}/api/health/live` };
  if (name === 'door-2' && webBuild)
    return createUnit({
      name,
      script: 'node_modules/next/dist/bin/next',
      args: ['start', '--port', String(ports[name])],
      env: { ...env, NEXT_DIST_DIR: webBuild },
      ready,
      onLine,
    });
  const door = { ...env, API_METRICS_PORT: String(operationsPorts[name]) };
  return createUnit({ name, script: 'server/api/main.ts', env: door, ready, onLine });
}
