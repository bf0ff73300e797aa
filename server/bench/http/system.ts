import { resolve } from 'node:path';
import pg from 'pg';
import { hashApiKey } from '#auth';
import { installJobs } from '#jobs';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '#testing';
import { type Child, type ChildSpec, startChild } from '../../../scripts/supervisor/child.ts';
import { freePort } from '../../../scripts/supervisor/ports.ts';
import { WEBHOOK_EVENTS } from '../../psp/webhook-events.ts';

export const API_KEY = 'sk_test_bench_key_that_opens_nothing_else';

export type DoorKind = 'api' | 'next' | 'naive';

/** What a process is for. `door` takes the payments, and the provider's webhooks as well. */
export type Role = 'door' | 'provider' | 'worker';

/** One way of taking payments: processes of its own, a provider of its own, databases of their own on the shared server. */
export interface BenchSystem {
  readonly kind: DoorKind;
  readonly url: string;
  readonly database: TestDatabase;
  readonly providerDatabase: TestDatabase;
  readonly processes: ReadonlyMap<Role, Child>;
  /** kill -9 of the door. */
  killDoor(): Promise<void>;
  startDoor(): Promise<void>;
  stop(): Promise<void>;
}

export interface SystemOptions {
  /** Where the production build of the web application lies. */
  readonly distDir: string;
  readonly webhooks: boolean;
  readonly profile: string | undefined;
}

export async function startSystem(kind: DoorKind, options: SystemOptions): Promise<BenchSystem> {
  const [database, providerDatabase] = [await createTestDatabase(kind), await createEmptyDatabase(`${kind}_psp`)];
  await prepare(database, kind);
  const [doorPort, pspPort, metricsPort, doorMetricsPort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const url = `http://127.0.0.1:${doorPort}`;
  const env = environment(
    { url, database, providerDatabase, doorPort, pspPort, metricsPort, doorMetricsPort },
    options,
  );
  const processes = new Map<Role, Child>();
  const start = async (role: Role, spec: ChildSpec) => {
    processes.set(role, await startChild({ ...spec, env: { ...env, ...profiled(kind, role, options), ...spec.env } }));
  };
  const startDoor = () => start('door', doorOf(kind, url));

  await start('provider', {
    name: 'psp',
    script: 'server/psp-simulator/main.ts',
    ready: { url: `${env.PSP_BASE_URL}/health` },
  });
  if (kind !== 'naive') {
    const ready = { url: `http://127.0.0.1:${metricsPort}/health` };
    await start('worker', { name: 'worker', script: 'server/worker/main.ts', ready });
  }
  await startDoor();
  return {
    kind,
    url,
    database,
    providerDatabase,
    processes,
    startDoor,
    killDoor: async () => {
      const door = processes.get('door');
      door?.signal('SIGKILL');
      await door?.ended;
    },
    stop: async () => {
      for (const child of [...processes.values()].reverse()) await child.stop();
      await Promise.all([database.drop(), providerDatabase.drop()]);
    },
  };
}

interface Places {
  readonly url: string;
  readonly database: TestDatabase;
  readonly providerDatabase: TestDatabase;
  readonly doorPort: number;
  readonly pspPort: number;
  readonly metricsPort: number;
  readonly doorMetricsPort: number;
}

/** Settings as they are delivered; only names, ports and addresses are the bench's own. */
function environment(places: Places, { distDir, webhooks }: SystemOptions) {
  const { url, doorPort, pspPort } = places;
  return {
    DATABASE_URL: places.database.url,
    PSP_DATABASE_URL: places.providerDatabase.url,
    PSP_PORT: String(pspPort),
    PSP_BASE_URL: `http://127.0.0.1:${pspPort}`,
    PSP_WEBHOOK_URL: webhooks ? `${url}/api/webhooks/psp` : 'none',
    PSP_WEBHOOK_EVENTS: WEBHOOK_EVENTS.join(','),
    PUBLIC_URL: url,
    API_PORT: String(doorPort),
    PORT: String(doorPort),
    METRICS_PORT: String(places.metricsPort),
    API_METRICS_PORT: String(places.doorMetricsPort),
    WEB_METRICS_PORT: String(places.doorMetricsPort),
    NEXT_DIST_DIR: distDir,
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
  };
}

function profiled(kind: DoorKind, role: Role, { profile }: SystemOptions): { NODE_OPTIONS?: string } {
  if (!profile) return {};
  return { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${resolve(profile, `${kind}-${role}`)}` };
}

function doorOf(kind: DoorKind, url: string): ChildSpec {
  const ready = { url: `${url}/api/health/ready` };
  if (kind === 'naive') return { name: 'naive', script: 'server/bench/naive/main.ts', ready };
  if (kind === 'api') return { name: 'api', script: 'server/api/main.ts', ready };
  return {
    name: 'web',
    script: 'node_modules/next/dist/bin/next',
    args: ['start', '--port', new URL(url).port],
    ready,
  };
}

/** Opens the key. The naive way gets its accounts as well, and goes without the checks of the database, which slow it down. */
async function prepare(database: TestDatabase, kind: DoorKind): Promise<void> {
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  await owner.query(`insert into api_keys (id, name, prefix, key_hash) values ('bench', 'Bench', 'sk_test_benc', $1)`, [
    hashApiKey(API_KEY),
  ]);
  if (kind === 'naive') await owner.query(NAIVE_START);
  await owner.end();
  if (kind !== 'naive') await installJobs(database.url);
}

const NAIVE_START = `
  insert into sellers (id, display_name) select 'seller_' || n, 'seller_' || n from generate_series(1, 1000) n;
  insert into ledger_accounts (code, kind, owner_id, currency, balance_rule)
    select kind || ':' || owner || ':USD', kind, owner, 'USD', rule from (
      select 'buyer' as kind, 'buyer_' || n as owner, 'either' as rule from generate_series(1, 10000) n
      union all select 'seller_pending', 'seller_' || n, 'credit' from generate_series(1, 1000) n
      union all select 'platform_fees', 'platform', 'either'
    ) accounts;
  do $$ declare name text; begin
    foreach name in array array['ledger_accounts', 'ledger_transactions', 'ledger_entries', 'payment_orders', 'payment_attempts',
                                'attempt_orders', 'order_transitions', 'captures'] loop
      execute format('alter table %I disable trigger user', name);
    end loop;
  end $$;
  analyze;`;
