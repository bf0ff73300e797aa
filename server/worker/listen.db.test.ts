import type pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type MigratedDatabase, openOwnerPool } from '#testing';
import { listen } from './listen.ts';

let database: MigratedDatabase;
let owner: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase('listen');
  process.env.DATABASE_URL = database.url;
  owner = openOwnerPool(database.url);
});

afterAll(async () => {
  await owner.end();
  await database.drop();
});

const terminate = () =>
  owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'countinghouse-listen' and datname = current_database()`,
  );

test('a notification is heard; a lost connection ends nothing: it is opened again, and what was missed meanwhile is looked for', async () => {
  let heard = 0;
  const bell = listen('a_channel', () => {
    heard += 1;
  });
  await vi.waitFor(() => expect(heard).toBe(1), { timeout: 10_000 });
  await owner.query('notify a_channel');
  await vi.waitFor(() => expect(heard).toBe(2), { timeout: 10_000 });
  for (const after of [3, 4, 5]) {
    expect((await terminate()).rowCount).toBe(1);
    await vi.waitFor(() => expect(heard).toBe(after), { timeout: 10_000 });
  }
  await owner.query('notify a_channel');
  await vi.waitFor(() => expect(heard).toBe(6), { timeout: 10_000 });
  await bell.stop();
  const { rows } = await owner.query(
    `select 1 from pg_stat_activity where application_name = 'countinghouse-listen' and datname = current_database()`,
  );
  expect(rows).toEqual([]);
});
