import pg from 'pg';
import { hashApiKey } from '#auth';
import { installJobs } from '#jobs';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '#testing';
import { type Child, type ChildSpec, startChild } from '../../../scripts/supervisor/child.ts';
import { freePort } from '../../../scripts/supervisor/ports.ts';

export const API_KEY = 'sk_test_bench_key_that_opens_nothing_else';
/** Triggers of these tables are what the naive way goes without. */
const CHECKED_TABLES = [
  'ledger_accounts',
  'ledger_transactions',
  'ledger_entries',
  'payment_orders',
  'payment_attempts',
  'attempt_orders',
  'order_transitions',
  'captures',
];

/** One way of taking payments: processes of its own, a provider of its own, databases of their own. */
export interface BenchSystem {
  readonly name: string;
  /** Origin of the door that takes payments; the provider's webhooks arrive at it too, as in production. */
  readonly url: string;
  readonly database: TestDatabase;
  readonly providerDatabase: TestDatabase;
  readonly processes: ReadonlyMap<string, Child>;
  /** Ends the door by kill -9 and starts it again. */
  killDoor(): Promise<void>;
  stop(): Promise<void>;
}

export type DoorKind = 'api' | 'next' | 'naive';

interface Ports {
  readonly door: number;
  readonly psp: number;
  readonly metrics: number;
}

export async function startSystem(kind: DoorKind, distDir: string): Promise<BenchSystem> {
  const [database, providerDatabase] = [await createTestDatabase(kind), await createEmptyDatabase(`${kind}_psp`)];
  await prepare(database, kind === 'naive');
  if (kind !== 'naive') await installJobs(database.url);
  const ports: Ports = { door: await freePort(), psp: await freePort(), metrics: await freePort() };
  const url = `http://127.0.0.1:${ports.door}`;
  const env = {
    DATABASE_URL: database.url,
    PSP_DATABASE_URL: providerDatabase.url,
    PSP_PORT: String(ports.psp),
    PSP_BASE_URL: `http://127.0.0.1:${ports.psp}`,
    PSP_WEBHOOK_URL: `${url}/api/webhooks/psp`,
    PUBLIC_URL: url,
    API_PORT: String(ports.door),
    PORT: String(ports.door),
    METRICS_PORT: String(ports.metrics),
    NEXT_DIST_DIR: distDir,
  };
  const processes = new Map<string, Child>();
  const start = async (spec: ChildSpec) =>
    void processes.set(spec.name, await startChild({ ...spec, env: { ...env, ...spec.env } }));
  const door = doorOf(kind, ports);
  await start({ name: 'psp', script: 'server/psp-simulator/main.ts', ready: { url: `${env.PSP_BASE_URL}/health` } });
  if (kind !== 'naive') await start(workerOf(ports));
  await start(door);
  return {
    name: kind,
    url,
    database,
    providerDatabase,
    processes,
    killDoor: async () => {
      const running = processes.get(door.name);
      running?.signal('SIGKILL');
      await running?.ended;
      await start(door);
    },
    stop: async () => {
      for (const child of [...processes.values()].reverse()) await child.stop();
      await Promise.all([database.drop(), providerDatabase.drop()]);
    },
  };
}

function doorOf(kind: DoorKind, { door }: Ports): ChildSpec {
  const url = `http://127.0.0.1:${door}`;
  if (kind === 'naive') return { name: 'naive', script: 'server/bench/naive/main.ts', ready: { url: `${url}/health` } };
  if (kind === 'api') return { name: 'api', script: 'server/api/main.ts', ready: { url: `${url}/api/health/ready` } };
  return {
    name: 'web',
    script: 'node_modules/next/dist/bin/next',
    args: ['start', '--port', String(door)],
    env: { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    ready: { url: `${url}/api/health/ready` },
  };
}

function workerOf({ metrics }: Ports): ChildSpec {
  return { name: 'worker', script: 'server/worker/main.ts', ready: { url: `http://127.0.0.1:${metrics}/health` } };
}

async function prepare(database: TestDatabase, withoutChecks: boolean): Promise<void> {
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  await owner.query(`insert into api_keys (id, name, prefix, key_hash) values ('bench', 'Bench', 'sk_test_benc', $1)`, [
    hashApiKey(API_KEY),
  ]);
  if (withoutChecks) for (const table of CHECKED_TABLES) await owner.query(`alter table ${table} disable trigger user`);
  await owner.end();
}
