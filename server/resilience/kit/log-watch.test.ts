import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { watchLogs } from './log-watch.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logs-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('what a process prints is kept, and harmless lines are no finding', async () => {
  const logs = watchLogs(folder, ['sk_test_secret']);
  logs.take('door', '{"level":"info","msg":"request"}');
  logs.take('door', 'will be tried again');
  await logs.close();
  expect(logs.findings()).toEqual([]);
  expect(await readFile(join(folder, 'door.log'), 'utf8')).toBe(
    '{"level":"info","msg":"request"}\nwill be tried again\n',
  );
});

test.each([
  ['a card number', 'paid with 4242424242424242'],
  ['a secret', 'authorization: sk_test_secret'],
  ['a rejection that nobody handled', 'triggerUncaughtException: UnhandledPromiseRejection'],
  ['an assertion that failed', 'Error: assertion failed: commit answered ROLLBACK'],
  ['a defect', '{"msg":"a request met a defect"}'],
])('%s is found, and what must not be told is not told again', (meaning, line) => {
  const logs = watchLogs(folder, ['sk_test_secret']);
  logs.take('door', line);
  const details = logs.findings().map(({ detail }) => detail);
  expect(details.join()).toContain(`door printed ${meaning}`);
  expect(details.join()).not.toMatch(/4242424242424242|sk_test_secret/);
});
