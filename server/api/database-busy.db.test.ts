import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { config } from '#config';
import { lanePool, pool } from '#db';
import { live, ready } from './health.ts';
import { type ApiSystem, examplePayment, type Reply, startApiSystem } from './testkit.ts';

/** Every connection of a pool is taken by a long query: callers learn it within three seconds, and nothing is done for them. */
const HOG_SECONDS = 5;
let system: ApiSystem;

beforeAll(async () => {
  system = await startApiSystem();
});

afterAll(() => system.stop());

function hog(on: pg.Pool, connections: number): Promise<unknown> {
  return Promise.all(Array.from({ length: connections }, () => on.query(`select pg_sleep(${HOG_SECONDS})`)));
}

async function timed(call: () => Promise<Reply>): Promise<Reply & { readonly ms: number }> {
  const startedAt = performance.now();
  return { ...(await call()), ms: performance.now() - startedAt };
}

function expectTurnedAway({ status, headers, json, ms }: Reply & { readonly ms: number }): void {
  expect([status, json.code, headers.get('retry-after')]).toEqual([503, 'database_unavailable', '2']);
  expect(ms).toBeLessThan(3_500);
}

test('the main pool is taken: reads and payments are told to come again, health says so truthfully, and all recovers', async () => {
  const hogging = hog(pool(), config().DATABASE_POOL_SIZE);
  const before = await system.countRows();
  const [reading, paying, readiness] = await Promise.all([
    timed(() => system.call('GET', '/ledger/balance')),
    timed(() => system.call('POST', '/payments', { body: examplePayment() })),
    ready(),
  ]);
  expectTurnedAway(reading);
  expectTurnedAway(paying);
  expect(readiness.status).toBe(503);
  expect(await readiness.json()).toMatchObject({ checks: { database: { status: 'fail' } } });
  expect(live().status).toBe(200);
  expect(await system.countRows()).toBe(before);
  await hogging;
  expect((await ready()).status).toBe(200);
  expect((await system.call('POST', '/payments', { body: examplePayment() })).status).toBe(202);
});

test('the pool of the lanes is taken: payments are told to come again, reads go on, and all recovers', async () => {
  const hogging = hog(lanePool(), 4);
  const [reading, paying] = await Promise.all([
    timed(() => system.call('GET', '/ledger/balance')),
    timed(() => system.call('POST', '/payments', { body: examplePayment() })),
  ]);
  expect(reading.status).toBe(200);
  expectTurnedAway(paying);
  await hogging;
  expect((await system.call('POST', '/payments', { body: examplePayment() })).status).toBe(202);
});
