import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Child, startChild } from './child.ts';
import { freePort } from './ports.ts';
import { isAlive } from './processes.ts';
import { scratchDir } from './scratch.ts';

let data: string;
let port: number;

beforeAll(async () => {
  data = join(await scratchDir(), 'postgres');
  port = await freePort();
});

afterAll(() => rm(join(data, '..'), { recursive: true, force: true }));

test('a server whose starter was killed with -9 is replaced, and what was committed is there', async () => {
  const first = await start();
  await query('CREATE TABLE kept AS SELECT 42 AS answer');
  const postmaster = Number.parseInt(await readFile(join(data, 'postmaster.pid'), 'utf8'), 10);
  first.signal('SIGKILL');
  await first.ended;
  expect(isAlive(postmaster)).toBe(true);
  const second = await start();
  expect(isAlive(postmaster)).toBe(false);
  expect(await query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  await second.stop();
});

test('a server that was killed alone is started again as soon as its last session is gone', async () => {
  const first = await start();
  const client = new pg.Client({ connectionString: url() });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const session = rows[0]?.pid as number;
  process.kill(session, 'SIGSTOP');
  process.kill(Number.parseInt(await readFile(join(data, 'postmaster.pid'), 'utf8'), 10), 'SIGKILL');
  await first.ended;
  // The stopped session still has the memory of the dead server; it goes once PostgreSQL has refused to start beside it.
  let refusals = 0;
  const second = await start((line) => {
    if (!line.includes('pre-existing shared memory block')) return;
    if (refusals++ === 0) process.kill(session, 'SIGKILL');
  });
  expect(refusals).toBeGreaterThan(0);
  expect(await query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  await second.stop();
});

test('a lock file whose process id belongs to somebody else by now is no obstacle', async () => {
  await writeFile(join(data, 'postmaster.pid'), `${process.pid}\n${data}\n`);
  const server = await start();
  expect(await query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await server.stop();
});

test('a server that is in use is left alone', async () => {
  const server = await start();
  await expect(start()).rejects.toThrow(`Another Countinghouse is running on the data in ${data}.`);
  expect(await query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await server.stop();
});

function start(onLine: (line: string) => void = () => undefined): Promise<Child> {
  return startChild({
    name: 'postgres',
    script: 'scripts/postgres.ts',
    args: ['--data', data, '--port', String(port), '--scratch'],
    ready: { line: /^PostgreSQL is ready/ },
    onLine,
  });
}

const url = () => `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`;

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url() });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
