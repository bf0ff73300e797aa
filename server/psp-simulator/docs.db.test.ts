import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startSimulator } from '#testing';
import { TEST_BANK_ACCOUNTS } from './accounts/test-bank-accounts.ts';
import { TEST_CARDS } from './cards/test-cards.ts';
import { TEST_METHODS } from './cards/test-methods.ts';
import { TEST_IBANS } from './debits/test-ibans.ts';
import { FAULT_KINDS } from './faults/fault-kinds.ts';
import { STORIES } from './faults/stories.ts';
import { ROUTES } from './routes.ts';

const PAGE = await readFile(new URL('../../docs/psp-simulator.md', import.meta.url), 'utf8');

test.each([
  ['route', ROUTES.map(([method, path]) => `\`${method} ${path}\``)],
  ['card', TEST_CARDS.map((card) => `| ${card.number} | ${card.note} |`)],
  ['account', TEST_IBANS.map(({ iban, note }) => `| ${iban} | ${note} |`)],
  ['token', TEST_METHODS.flatMap((method) => method.names.map((name) => `\`${name}\``))],
  [
    'bank account',
    TEST_BANK_ACCOUNTS.map(({ number, note, token }) => `| ${number} | ${note} | ${token ? `\`${token}\` ` : ''}|`),
  ],
  ['story', Object.entries(STORIES).map(([name, { tells }]) => `| \`${name}\` | ${tells} |`)],
  ['fault', Object.entries(FAULT_KINDS).map(([kind, { does }]) => `| \`${kind}\` | ${does} |`)],
])('the page names every %s', (_, wanted) => {
  expect(wanted.filter((text) => !PAGE.includes(text))).toEqual([]);
});

test('the page names every setting', async () => {
  const source = await readFile(new URL('config.ts', import.meta.url), 'utf8');
  const settings = [...source.matchAll(/^ {2}(PSP_\w+):/gm)].map((match) => `\`${match[1]}\``);
  expect(settings.length).toBeGreaterThan(15);
  expect(settings.filter((name) => !PAGE.includes(name))).toEqual([]);
});

test('the example of the page runs as printed', async () => {
  const [, example = ''] = /```js\n([\s\S]+?)```/.exec(PAGE) ?? [];
  const simulator = await startSimulator();
  const code = example.replace("'localhost', port: 4010", `'127.0.0.1', port: ${simulator.port}`);
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code]);
  await simulator.stop();
  expect(PAGE).toContain(`It prints \`${stdout.trim()}\``);
});
