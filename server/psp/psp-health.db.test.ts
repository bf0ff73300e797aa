import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool } from '#db';
import { createTestDatabase, type MigratedDatabase, openOwnerPool } from '#testing';
import { listPspHealth, reportPspHealth } from './psp-health.ts';

let database: MigratedDatabase;
let owner: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase('psp_health');
  process.env.DATABASE_URL = database.url;
  owner = openOwnerPool(database.url);
});

afterAll(async () => {
  await Promise.all([owner.end(), pool().end()]);
  await database.drop();
});

test('what a process sees of the provider can be read by another; a process that is gone is forgotten', async () => {
  const since = new Date('2026-01-01T12:00:00Z');
  await reportPspHealth('worker', { breaker: 'closed', since, mode: 'simulator' });
  await reportPspHealth('worker', { breaker: 'open', since, mode: 'simulator' });
  const mine = { process: expect.stringMatching(/^worker@.+:\d+$/), breaker: 'open', since };
  expect(await listPspHealth()).toEqual([mine]);
  await owner.query(
    `insert into psp_health (process, breaker, since, reported_at) values ('worker@gone:1', 'open', now(), now() - interval '31 s')`,
  );
  expect(await listPspHealth()).toEqual([mine]);
  await reportPspHealth('worker', { breaker: 'open', since, mode: 'simulator' });
  const { rows } = await owner.query('select process from psp_health');
  expect(rows).toEqual([{ process: expect.stringMatching(/^worker@/) }]);
});
