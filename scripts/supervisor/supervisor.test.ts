import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Child, type ChildSpec, runToEnd, startChild } from './child.ts';
import { freePort, requireFreePorts } from './ports.ts';
import { isAlive } from './processes.ts';
import { keepRunning } from './service.ts';

const children: Child[] = [];
const spec = (role: string): ChildSpec => ({
  name: role,
  script: 'scripts/supervisor/testkit/child.ts',
  args: [role],
  ready: { line: /^ready/ },
});

afterEach(async () => {
  for (const child of children.splice(0)) await child.stop(0);
});

test('a child ends when its parent is killed with -9', async () => {
  const parent = await start('parent');
  const pid = Number(/child (\d+)/.exec(parent.output())?.[1]);
  expect(isAlive(pid)).toBe(true);
  parent.signal('SIGKILL');
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
});

test('a child that ignores the request to end is killed after the deadline', async () => {
  const child = await start('stubborn');
  await child.stop(200);
  expect(await child.ended).toMatchObject({ signal: 'SIGKILL' });
});

test('a child that ends before it is ready is reported with its last words', async () => {
  const script = 'scripts/supervisor/testkit/child.ts';
  await expect(startChild({ name: 'x', script, args: ['brief'], ready: { line: /never/ } })).rejects.toThrow(
    /x ended with exit code 0 before it was ready:\nready/,
  );
});

test('a command that fails is reported with its last words', async () => {
  await expect(runToEnd({ name: 'x', script: 'scripts/postgres.ts' })).rejects.toThrow(
    /x ended with exit code 1:[\s\S]*Usage/,
  );
});

test('a service whose process is killed is running again, and stays away once stopped', async () => {
  const said: string[] = [];
  const pids: number[] = [];
  const onLine = (line: string) => pids.push(Number(line.split(' ')[1]));
  const service = await keepRunning({ ...spec('steady'), onLine }, (text) => said.push(text));
  process.kill(pids[0] ?? 0, 'SIGKILL');
  await expect.poll(() => said.at(-1), { timeout: 20_000 }).toBe('steady is running again.');
  expect(said[0]).toMatch(/^steady ended by itself \(SIGKILL\)/);
  await service.stop();
  expect(pids).toHaveLength(2);
  expect(pids.some(isAlive)).toBe(false);
});

test('a taken port is named in a sentence, with the variable that changes it', async () => {
  const port = await freePort();
  await expect(requireFreePorts({ PORT: port })).resolves.toBeUndefined();
  const server = createServer().listen(port, '127.0.0.1');
  await expect(requireFreePorts({ PORT: port })).rejects.toThrow(`Port ${port} (PORT) is taken.`);
  await new Promise((done) => server.close(done));
});

async function start(role: string): Promise<Child> {
  const child = await startChild(spec(role));
  children.push(child);
  return child;
}
