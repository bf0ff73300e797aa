import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool } from '#db';
import { createTestDatabase, type MigratedDatabase } from '#testing';
import { actorNames } from './actor-names.ts';

let database: MigratedDatabase;

beforeAll(async () => {
  database = await createTestDatabase('actor_names');
  process.env.DATABASE_URL = database.url;
  await pool().query(
    `insert into users (id, email, name, role, password_hash) values ('ann', 'ann@example.test', 'Ann', 'finance', 'x')`,
  );
  await pool().query(`insert into sellers (id, display_name) values ('bo', 'Bo'), ('cy', 'Cy')`);
  await pool().query(
    `insert into users (id, email, name, role, seller_id, password_hash)
     values ('bo', 'bo@example.test', 'Bo', 'seller', 'bo', 'x'), ('cy', 'cy@example.test', 'Cy', 'seller', 'cy', 'x')`,
  );
  await pool().query(
    `insert into api_keys (id, name, prefix, key_hash) values ('ann', 'Shop of Ann', 'sk_test_', sha256('x'))`,
  );
});

afterAll(async () => {
  await pool().end();
  await database.drop();
});

test('people and keys are told by name and never taken for each other; what is neither has none', async () => {
  expect(await actorNames(['user:ann', 'key:ann', 'user:ann', 'user:gone', 'key:gone', 'worker', 'ann'])).toEqual({
    'user:ann': 'Ann',
    'key:ann': 'Shop of Ann',
  });
  expect(await actorNames([])).toEqual({});
});

test('a seller learns the names of its own people, and no other', async () => {
  expect(await actorNames(['user:ann', 'user:bo', 'user:cy', 'key:ann'], 'bo')).toEqual({ 'user:bo': 'Bo' });
});
