import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool } from '#db';
import { AppError } from '#kernel';
import { createTestDatabase, type MigratedDatabase } from '#testing';
import type { Answer } from './key-rows.ts';
import { purgeIdempotencyKeys } from './purge.ts';
import { type KeyedRequest, runOnce } from './run-once.ts';

let database: MigratedDatabase;
let count = 0;

beforeAll(async () => {
  database = await createTestDatabase('idempotency');
  process.env.DATABASE_URL = database.url;
});

afterAll(async () => {
  await pool().end();
  await database.drop();
});

function keyed(change: Partial<KeyedRequest> = {}): KeyedRequest {
  return {
    principal: 'key:1',
    route: 'POST /payments',
    key: `key-${++count}`,
    content: '{"a":1}',
    call: { door: 'rest' },
    ...change,
  };
}

function answer(body: string, status = 202): Answer {
  return { status, headers: { location: '/x' }, body };
}

/** Makes the key's lease run out, as it does when the process that held it died a minute ago. */
async function abandon({ principal, route, key }: KeyedRequest): Promise<void> {
  await pool().query(
    `update idempotency_keys set locked_until = clock_timestamp() - interval '1 second' where principal = $1 and route = $2 and key = $3`,
    [principal, route, key],
  );
}

test('the first answer is replayed byte for byte and marked, whatever its status', async () => {
  for (const status of [200, 202, 409, 500]) {
    const request = keyed();
    const first = await runOnce(request, async () => answer(`{"n": ${status}} `, status));
    const second = await runOnce(request, async () => answer('never run'));
    expect(first).toEqual({ ...answer(`{"n": ${status}} `, status), replayed: false });
    expect(second).toEqual({ ...first, replayed: true });
  }
});

test('another request under the same key is refused and not run', async () => {
  const request = keyed();
  await runOnce(request, async () => answer('1'));
  let ran = false;
  const other = runOnce({ ...request, content: '{"a":2}' }, async () => {
    ran = true;
    return answer('2');
  });
  await expect(other).rejects.toMatchObject({ code: 'idempotency_key_reused', status: 422 });
  expect(ran).toBe(false);
});

test('keys of two principals and of two routes never meet', async () => {
  const request = keyed();
  const results = await Promise.all([
    runOnce(request, async () => answer('mine')),
    runOnce({ ...request, principal: 'key:2' }, async () => answer('theirs')),
    runOnce({ ...request, route: 'POST /checkouts' }, async () => answer('elsewhere')),
  ]);
  expect(results.map(({ body, replayed }) => [body, replayed])).toEqual([
    ['mine', false],
    ['theirs', false],
    ['elsewhere', false],
  ]);
});

test('of fifty at once exactly one runs; the others are told it is in flight or get its answer', async () => {
  const request = keyed();
  let runs = 0;
  const results = await Promise.allSettled(
    Array.from({ length: 50 }, () =>
      runOnce(request, async () => {
        runs += 1;
        await pool().query('select pg_sleep(0.05)');
        return answer('once');
      }),
    ),
  );
  expect(runs).toBe(1);
  for (const result of results) {
    if (result.status === 'fulfilled') expect(result.value.body).toBe('once');
    else expect(result.reason).toMatchObject({ code: 'idempotency_in_flight', details: { retryAfterSeconds: 1 } });
  }
});

test('a rejected request leaves nothing behind: the next one runs', async () => {
  const request = keyed();
  const overloaded = new AppError('overloaded', 'full');
  await expect(runOnce(request, () => Promise.reject(overloaded))).rejects.toBe(overloaded);
  expect(await runOnce(request, async () => answer('ran'))).toMatchObject({ body: 'ran', replayed: false });
});

test('an abandoned claim is taken over by the same request, and never by another', async () => {
  const request = keyed();
  const { promise: firstAnswer, resolve: finishFirst } = Promise.withResolvers<Answer>();
  const first = runOnce(request, () => firstAnswer);
  await expect.poll(() => held(request), { timeout: 10_000 }).toBe(true);
  await abandon(request);
  await expect(runOnce({ ...request, content: 'other' }, async () => answer('x'))).rejects.toMatchObject({
    code: 'idempotency_key_reused',
  });
  expect(await runOnce(request, async () => answer('by the second'))).toMatchObject({
    body: 'by the second',
    replayed: false,
  });
  finishFirst(answer('by the first, too late'));
  expect(await first).toMatchObject({ body: 'by the second', replayed: true });
});

async function held({ key }: KeyedRequest): Promise<boolean> {
  const { rowCount } = await pool().query('select 1 from idempotency_keys where key = $1', [key]);
  return rowCount === 1;
}

test('a key is kept for a day, then it is purged and free for a new request', async () => {
  const [old, young] = [keyed(), keyed()];
  for (const request of [old, young]) await runOnce(request, async () => answer('kept'));
  const { rows } = await pool().query(
    `select expires_at - created_at >= interval '24 hours' as kept from idempotency_keys where key = $1`,
    [young.key],
  );
  expect(rows).toEqual([{ kept: true }]);
  await pool().query(
    `update idempotency_keys set expires_at = clock_timestamp() - interval '1 second' where key = $1`,
    [old.key],
  );
  expect(await runOnce({ ...old, content: 'new' }, async () => answer('new'))).toMatchObject({
    body: 'new',
    replayed: false,
  });
  await pool().query(
    `update idempotency_keys set expires_at = clock_timestamp() - interval '1 second' where key = $1`,
    [old.key],
  );
  expect(await purgeIdempotencyKeys()).toBe(1);
  expect(await held(young)).toBe(true);
});
