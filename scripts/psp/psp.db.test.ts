import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { freePort, startProcess } from '#testing';
import { scratchDir } from '../supervisor/scratch.ts';
import { EXAMPLE_PRINTS, example } from './example.ts';

/** Neither a database nor a port of somebody else's. */
async function machine(): Promise<Record<string, string>> {
  return {
    DATA_DIR: await scratchDir(),
    PSP_PORT: String(await freePort()),
    POSTGRES_PORT: String(await freePort()),
    ...{ PSP_DATABASE_URL: '', DATABASE_URL: '', PSP_WEBHOOK_URL: 'none', PSP_SECRET_KEY: '', PSP_WEBHOOK_SECRET: '' },
  };
}

const start = (env: Record<string, string>) =>
  startProcess({ name: 'npm run psp', script: 'scripts/psp.ts', env, ready: { line: /Ctrl-C stops it/ } });

test('alone on a fresh machine it brings its own database, tells its keys, and its example runs as printed', async () => {
  const env = await machine();
  const psp = await start(env);
  const printed = psp.output();
  expect(printed).toContain('starting one of our own');
  expect(printed).toContain('sk_test_simulator_platform_secret_key');
  expect(printed).toContain('whsec_simulator_demo_signing_secret_000000');
  const [, code = ''] = /(import Stripe[\s\S]+?)\n\n?What it can do/.exec(printed) ?? [];
  expect(code.trim().split('\n').length).toBeLessThanOrEqual(10);
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code]);
  expect(stdout.trim()).toBe(EXAMPLE_PRINTS);
  await psp.stop();
  expect((await psp.ended).code).toBe(0);
  await rm(env.DATA_DIR ?? '', { recursive: true, force: true });
});

const STORY = [
  'a webhook with a wrong signature is refused',
  'a card without money is declined: insufficient_funds; nothing was taken',
  'a card pays 100.00 USD: fee 3.20 USD, 96.80 USD pending for two business days',
  'it is available, and in a payout to the bank whose items come to its amount',
  'that payout is paid, as a signed webhook says',
  'a payout by hand of 48.25 USD is paid, as a signed webhook says',
  'a seller is paid 40.00 USD to its own bank, as a signed webhook says',
];

test('from a card to a paid payout with the official SDK alone, as often as one likes; what is not as it says ends with an error', async () => {
  const env = await machine();
  const psp = await start(env);
  const [url = ''] = /http:\/\/localhost:\d+/.exec(psp.output()) ?? [];
  const [key = ''] = /sk_test_\w+/.exec(psp.output()) ?? [];
  const run = (...args: string[]) => promisify(execFile)(process.execPath, ['scripts/psp/card-to-payout.mjs', ...args]);
  for (const _ of ['first', 'again']) expect((await run(url, key)).stdout.trim().split('\n')).toEqual(STORY);
  await expect(run(url, 'sk_test_of_somebody_else')).rejects.toMatchObject({ code: 1, stdout: '' });

  await psp.stop();
  await rm(env.DATA_DIR ?? '', { recursive: true, force: true });
});

test('a database that was named and does not answer is an error, in one sentence', async () => {
  const env = await machine();
  const url = `postgresql://postgres:postgres@127.0.0.1:${env.POSTGRES_PORT}/psp`;
  await expect(start({ ...env, PSP_DATABASE_URL: url })).rejects.toThrow('No PostgreSQL answers at PSP_DATABASE_URL.');
  await rm(env.DATA_DIR ?? '', { recursive: true, force: true });
});

test('the page prints the same example', async () => {
  const page = await readFile(new URL('../../docs/psp-simulator.md', import.meta.url), 'utf8');
  expect(page).toContain(
    `\`\`\`js\n${example({ port: 4010, secretKey: 'sk_test_simulator_platform_secret_key' })}\`\`\``,
  );
  expect(page).toContain(`It prints \`${EXAMPLE_PRINTS}\``);
});
