import { join, resolve } from 'node:path';
import { type Config, parseConfig } from '#config';
import { WEBHOOK_EVENTS } from '../../server/psp/webhook-events.ts';
import { buildWeb } from './build.ts';
import { type ChildSpec, runToEnd } from './child.ts';
import { ensureDatabase } from './databases.ts';
import { childLog } from './logs.ts';
import { requireFreePorts } from './ports.ts';
import { stopLeftover } from './postgres.ts';
import { keepRunning, type Service } from './service.ts';

const NEXT = 'node_modules/next/dist/bin/next';

export interface SystemOptions {
  /** The environment to configure from; without DATABASE_URL an embedded PostgreSQL is started. */
  readonly env: Record<string, string | undefined>;
  /** Reload on change instead of a build. */
  readonly dev?: boolean;
  readonly say: (text: string) => void;
  /** Gives up starting, and stops what has started, when aborted. */
  readonly signal?: AbortSignal;
}

export interface System {
  readonly config: Config;
  /** The environment that its processes have, for a command that is to work on the same system. */
  readonly env: Record<string, string>;
  stop(): Promise<void>;
}

/**
 * Brings the whole system up in order, each process once the ones it needs answer: PostgreSQL, databases and migrations, seed,
 * PSP simulator, worker, web. Stops what it has started, in the opposite order, when any of it fails.
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  const config = parseConfig(options.env);
  const started: Service[] = [];
  const stop = async () => {
    for (const service of started.splice(0).reverse()) await service.stop();
  };
  try {
    const env = await Promise.race([start(config, options, started), givenUp(options.signal)]);
    return { config, env, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function givenUp(signal?: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
}

async function start(config: Config, options: SystemOptions, started: Service[]): Promise<Record<string, string>> {
  const { dev = false, say } = options;
  const isEmbedded = !options.env.DATABASE_URL;
  const distDir = options.env.NEXT_DIST_DIR ?? '.next';
  const env = { ...environmentOf(config), NEXT_DIST_DIR: distDir };
  const log = (name: string) => childLog(config.DATA_DIR, name, say);
  const keep = async (spec: ChildSpec) => {
    options.signal?.throwIfAborted();
    const withLog = { ...spec, env: { ...env, ...spec.env }, onLine: log(spec.name) };
    started.push(await keepRunning(withLog, say));
  };
  const run = (name: string, script: string) => runToEnd({ name, script, env, onLine: log(name) });

  // A server that a killed supervisor left behind still holds its port; one that somebody uses is reported by its port.
  if (isEmbedded) await stopLeftover(resolve(config.DATA_DIR, 'postgres')).catch(() => undefined);
  await requireFreePorts(portsOf(config, isEmbedded));
  const built = dev ? undefined : buildWeb({ distDir, onLine: log('build'), say });
  // Awaited below; a failure before that must not count as unhandled.
  built?.catch(() => undefined);

  if (isEmbedded) await keep(postgres(config));
  await ensureDatabase(config.DATABASE_URL);
  await run('migrate', 'scripts/migrate.ts');
  if (config.APP_ENV === 'demo') await run('seed', 'prisma/seed.ts');
  if (config.PSP_MODE === 'simulator') {
    await ensureDatabase(config.PSP_DATABASE_URL);
    await keep(simulator(config, dev));
  }
  await keep(worker(config, dev));
  await built;
  await keep(web(config, dev));
  return env;
}

function postgres(config: Config): ChildSpec {
  return {
    name: 'postgres',
    script: 'scripts/postgres.ts',
    args: ['--data', join(config.DATA_DIR, 'postgres'), '--port', String(config.POSTGRES_PORT)],
    ready: { line: /^PostgreSQL is ready/ },
  };
}

function simulator(config: Config, dev: boolean): ChildSpec {
  return {
    name: 'psp',
    ...serverScript('server/psp-simulator/main.ts', dev),
    env: {
      PSP_WEBHOOK_URL: `${config.PUBLIC_URL}/api/webhooks/psp`,
      PSP_WEBHOOK_EVENTS: WEBHOOK_EVENTS.join(','),
      PSP_HOSTED_PAGE_URL: `${config.PUBLIC_URL}/pay`,
      PSP_PUBLIC_URL: config.PSP_BASE_URL,
    },
    ready: { url: `http://127.0.0.1:${config.PSP_PORT}/health` },
  };
}

function worker(config: Config, dev: boolean): ChildSpec {
  return {
    name: 'worker',
    ...serverScript('server/worker/main.ts', dev),
    ready: { url: `http://127.0.0.1:${config.METRICS_PORT}/health` },
  };
}

function serverScript(script: string, dev: boolean): { script: string; args?: string[] } {
  return dev ? { script: 'scripts/supervisor/watch.ts', args: [script] } : { script };
}

function web(config: Config, dev: boolean): ChildSpec {
  return {
    name: 'web',
    script: NEXT,
    args: [dev ? 'dev' : 'start', '--port', String(config.PORT)],
    env: { NODE_ENV: dev ? 'development' : 'production', NEXT_TELEMETRY_DISABLED: '1' },
    ready: { url: `http://127.0.0.1:${config.PORT}/api/health/ready` },
    readyDeadlineMs: 120_000,
  };
}

/** Every process gets the resolved configuration, so that none of them (Next reads .env) decides for itself. */
function environmentOf(config: Config): Record<string, string> {
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [name, String(value ?? '')]));
}

function portsOf(config: Config, isEmbedded: boolean): Record<string, number> {
  const { PORT, METRICS_PORT, WEB_METRICS_PORT, PSP_PORT, POSTGRES_PORT } = config;
  return {
    PORT,
    METRICS_PORT,
    WEB_METRICS_PORT,
    ...(config.PSP_MODE === 'simulator' && { PSP_PORT }),
    ...(isEmbedded && { POSTGRES_PORT }),
  };
}
