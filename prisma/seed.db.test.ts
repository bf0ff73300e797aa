import pg from 'pg';
import { expect, test } from 'vitest';
import { parseConfig } from '#config';
import { createTestDatabase } from '#testing';
import { seed } from './seed.ts';

test('seeding twice leaves the same rows; only the hash of the API key is kept', async () => {
  const database = await createTestDatabase('seed');
  const config = parseConfig({ DATABASE_URL: database.url });
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const counts = async () => {
    const { rows } = await client.query(
      `select (select count(*)::int from sellers) as sellers, (select count(*)::int from products) as products,
              (select count(*)::int from users) as users, (select count(*)::int from api_keys) as keys,
              (select count(*)::int from fee_plans) as plans`,
    );
    return rows[0];
  };
  await seed(config);
  const first = await counts();
  await seed(config);
  expect(await counts()).toEqual(first);
  expect(first).toMatchObject({ keys: 1 });
  const { rows } = await client.query(`select * from api_keys where api_keys::text like '%' || $1 || '%'`, [
    config.DEMO_API_KEY,
  ]);
  expect(rows).toEqual([]);
  await client.end();
  await database.drop();
});

test('production is refused before the database is opened', async () => {
  const config = {
    ...parseConfig({ DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' }),
    APP_ENV: 'production' as const,
  };
  await expect(seed(config)).rejects.toThrow('refuses to run');
});
