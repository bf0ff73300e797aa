import pg from 'pg';
import { expect, test } from 'vitest';
import { createEmptyDatabase, createTestDatabase } from './postgres.ts';

test('a test database is real, empty, its own, and gone after drop', async () => {
  const [first, second] = await Promise.all([createEmptyDatabase(), createEmptyDatabase()]);
  expect(first.url).not.toBe(second.url);
  const client = new pg.Client({ connectionString: first.url });
  await client.connect();
  const { rows } = await client.query("SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = 'public'");
  expect(rows).toEqual([{ tables: 0 }]);
  await client.end();
  await Promise.all([first.drop(), second.drop()]);
  const late = new pg.Client({ connectionString: first.url });
  await expect(late.connect()).rejects.toMatchObject({ code: '3D000' });
});

test('the application connects to a migrated clone as a role that owns nothing', async () => {
  const databases = await Promise.all([createTestDatabase(), createTestDatabase()]);
  for (const { appUrl, drop } of databases) {
    const client = new pg.Client({ connectionString: appUrl });
    await client.connect();
    const { rows } = await client.query(
      `SELECT current_user AS role, count(*) FILTER (WHERE tableowner = current_user)::int AS owned, count(*) > 0 AS migrated
         FROM pg_tables WHERE schemaname = 'public'`,
    );
    expect(rows).toEqual([{ role: 'countinghouse_app', owned: 0, migrated: true }]);
    await client.end();
    await drop();
  }
});
