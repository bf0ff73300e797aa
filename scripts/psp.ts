import { once } from 'node:events';
import { join } from 'node:path';
import pg from 'pg';
import { type Config, parseConfig } from '#config';
import { EXAMPLE_PRINTS, example } from './psp/example.ts';
import { type Child, startChild } from './supervisor/child.ts';
import { freePort, requireFreePorts } from './supervisor/ports.ts';

/**
 * `npm run psp`: the PSP simulator alone, for any project. It keeps its books in PSP_DATABASE_URL, else in the PostgreSQL of a running
 * `npm start`, else in an embedded one of its own.
 */

const asked = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => asked.abort());
process.once('disconnect', () => asked.abort());
const started: Child[] = [];

try {
  const config = parseConfig(process.env);
  await requireFreePorts({ PSP_PORT: config.PSP_PORT });
  const PSP_DATABASE_URL = await chooseDatabase(config);
  const simulator = await startChild({
    name: 'psp',
    script: 'server/psp-simulator/main.ts',
    env: { PSP_DATABASE_URL },
    ready: { url: `http://127.0.0.1:${config.PSP_PORT}/health` },
    onLine: (line, stream) => stream === 'stderr' && console.error(line),
  });
  started.push(simulator);
  console.info(welcome(config));
  const ended = await Promise.race([once(asked.signal, 'abort').then(() => null), simulator.ended]);
  if (ended)
    throw new Error(`The simulator ended (${ended.signal ?? `exit code ${ended.code}`}):\n${simulator.output()}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
for (const child of started.toReversed()) await child.stop();
process.exit();

/** An address that was given and does not answer is an error: books kept elsewhere would be missed later. */
async function chooseDatabase(config: Config): Promise<string> {
  if (await answers(config.PSP_DATABASE_URL)) return config.PSP_DATABASE_URL;
  if (process.env.PSP_DATABASE_URL) throw new Error('No PostgreSQL answers at PSP_DATABASE_URL.');
  const port = await freePort();
  const data = join(config.DATA_DIR, 'psp-postgres');
  console.info(`No PostgreSQL is running: starting one of our own on ${data}.`);
  started.push(
    await startChild({
      name: 'postgres',
      script: 'scripts/postgres.ts',
      args: ['--data', data, '--port', String(port)],
      ready: { line: /^PostgreSQL is ready/ },
    }),
  );
  return `postgresql://postgres:postgres@127.0.0.1:${port}/psp`;
}

/** Whether a server answers there; the database itself is made by the simulator. */
async function answers(url: string): Promise<boolean> {
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  const client = new pg.Client({ connectionString: maintenance.toString(), connectionTimeoutMillis: 3_000 });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function welcome({ PSP_PORT, PSP_SECRET_KEY, PSP_PUBLISHABLE_KEY, PSP_WEBHOOK_SECRET }: Config): string {
  const webhooks = process.env.PSP_WEBHOOK_URL || 'http://localhost:3000/api/webhooks/psp';
  return [
    '',
    `The PSP simulator is up: http://localhost:${PSP_PORT}`,
    '',
    `  secret key       ${PSP_SECRET_KEY}`,
    `  publishable key  ${PSP_PUBLISHABLE_KEY}`,
    `  webhook secret   ${PSP_WEBHOOK_SECRET}`,
    `  webhooks go to   ${webhooks} (PSP_WEBHOOK_URL)`,
    '',
    `A payment with Stripe's own SDK; it prints "${EXAMPLE_PRINTS}":`,
    '',
    example({ port: PSP_PORT, secretKey: PSP_SECRET_KEY }),
    'What it can do, and what can be made to go wrong: docs/psp-simulator.md. Ctrl-C stops it.',
  ].join('\n');
}
