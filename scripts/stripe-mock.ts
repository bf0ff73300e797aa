import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './supervisor/ports.ts';

/**
 * `node scripts/stripe-mock.ts COMMAND [ARGUMENTS]` runs a command with STRIPE_MOCK_URL leading to Stripe's own stripe-mock, which is
 * built with Go into `var`. Where that cannot be had it says why, in one line, and runs the command without.
 */
const MODULE = 'github.com/stripe/stripe-mock@v0.203.0';
const FOLDER = resolve('var', 'stripe-mock');
const BINARY = join(FOLDER, process.platform === 'win32' ? 'stripe-mock.exe' : 'stripe-mock');
const INSTALL_DEADLINE_MS = 240_000;
const READY_DEADLINE_MS = 20_000;

const [command, ...args] = process.argv.slice(2);
if (!command) throw new Error('Usage: node scripts/stripe-mock.ts COMMAND [ARGUMENTS]');

const mock = await start().catch((error: Error) => {
  console.info(`stripe-mock is not here, so its part of the conformance suite is skipped: ${error.message}`);
  return null;
});
const env = { ...process.env, ...(mock && { STRIPE_MOCK_URL: mock.url }) };
const child = spawn(command, args, { stdio: 'inherit', env });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
const [code] = (await once(child, 'close')) as [number | null];
mock?.process.kill();
process.exit(code ?? 1);

async function start(): Promise<{ url: string; process: ChildProcess }> {
  if (!existsSync(BINARY)) await install();
  const [port, unused] = await Promise.all([freePort(), freePort()]);
  const addresses = ['-http-addr', `127.0.0.1:${port}`, '-https-addr', `127.0.0.1:${unused}`];
  const running = spawn(BINARY, addresses, { stdio: 'ignore' });
  const failed = once(running, 'error').then(([error]) => Promise.reject(error as Error));
  failed.catch(() => undefined);
  const url = `http://127.0.0.1:${port}`;
  await Promise.race([untilItAnswers(url), failed]);
  console.info(`stripe-mock answers at ${url}.`);
  return { url, process: running };
}

async function install(): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const options = { env: { ...process.env, GOBIN: FOLDER }, timeout: INSTALL_DEADLINE_MS };
  await promisify(execFile)('go', ['install', MODULE], options).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new Error('Go is not installed.');
    throw new Error(`go install ${MODULE} failed: ${lastLine(error)}`);
  });
}

function lastLine(error: Error & { stderr?: string }): string {
  return (error.stderr || error.message).trim().split('\n').at(-1) ?? '';
}

/** Any answer will do; without a key it is a 401. */
async function untilItAnswers(url: string): Promise<void> {
  for (const deadline = performance.now() + READY_DEADLINE_MS; ; await wait(50)) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return;
    if (performance.now() > deadline) throw new Error(`it did not answer in ${READY_DEADLINE_MS / 1_000} s.`);
  }
}
