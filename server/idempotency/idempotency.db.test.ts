import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool, run, runInTransaction } from '#db';
import { AppError } from '#kernel';
import { createTestDatabase, type MigratedDatabase } from '#testing';
import { runAbandoned, takeAbandoned } from './abandoned.ts';
import type { Answer } from './key-rows.ts';
import { isOvertaken, type KeyedRun, UNKEYED } from './keyed-run.ts';
import { purgeIdempotencyKeys } from './purge.ts';
import { type KeptAnswer, type KeyedRequest, runOnce } from './run-once.ts';

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
    `update idempotency_keys set locked_until = clock_timestamp() - interval '1 second'
     where principal = $1 and route = $2 and key = $3 and recovery_point <> 'finished'`,
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

/** An effect with its recovery point, as use cases have them: a row that a second run would double. */
async function makeOne(keyed: KeyedRun, { key }: KeyedRequest): Promise<string> {
  if (keyed.subjectId) return keyed.subjectId;
  const made = keyed.newId('made');
  await runInTransaction(async (tx) => {
    await run(tx, { text: `insert into outbox (topic, key, payload) values ('test', $1, '{}')`, values: [key] });
    for (const statement of keyed.reach(made)) await run(tx, statement);
  });
  return made;
}

async function effects({ key }: KeyedRequest): Promise<number> {
  const { rows } = await pool().query<{ count: bigint }>('select count(*) from outbox where key = $1', [key]);
  return Number(rows[0]?.count);
}

const overloaded = new AppError('overloaded', 'full');

test('a request that had its effect is not forgotten when it fails: the next one goes on from there, with the same ids', async () => {
  const request = keyed();
  const ids: string[] = [];
  const first = runOnce(request, async (keyedRun) => {
    ids.push(await makeOne(keyedRun, request));
    throw overloaded;
  });
  await expect(first).rejects.toBe(overloaded);
  const second = await runOnce(request, async (keyedRun) => {
    ids.push(await makeOne(keyedRun, request), keyedRun.newId('made'));
    return answer(keyedRun.subjectId ?? '');
  });
  expect(new Set(ids).size).toBe(1);
  expect(second).toMatchObject({ body: ids[0], replayed: false });
  expect(await effects(request)).toBe(1);
});

test('an effect is refused to whoever was overtaken, and who comes new to the key has new ids', async () => {
  const [request, ids, refusals] = [keyed(), [] as string[], [] as unknown[]];
  const { promise: woken, resolve: wake } = Promise.withResolvers<void>();
  const sleeping = runOnce(request, async (keyedRun) => {
    ids.push(keyedRun.newId('made'));
    await woken;
    await makeOne(keyedRun, request).catch((error: unknown) => refusals.push(error));
    throw overloaded;
  });
  await expect.poll(() => held(request), { timeout: 10_000 }).toBe(true);
  await abandon(request);
  await runOnce(request, async (keyedRun) => answer(await makeOne(keyedRun, request)));
  wake();
  expect(await sleeping).toMatchObject({ body: ids[0], replayed: true });
  expect(refusals.map(isOvertaken)).toEqual([true]);
  expect(await effects(request)).toBe(1);
  await pool().query(
    `update idempotency_keys set expires_at = clock_timestamp() - interval '1 second' where key = $1`,
    [request.key],
  );
  await runOnce(request, async (keyedRun) => answer(await makeOne(keyedRun, request)));
  expect(await effects(request)).toBe(2);
});

test('without a key nothing is recorded, and every id is new and says nothing of the next one', () => {
  expect(UNKEYED.reach('anything')).toEqual([]);
  // Ids that sort begin with the time: those of a minute have these digits in common.
  expect(UNKEYED.newId('chk').slice(0, 11)).not.toBe(UNKEYED.newId('chk').slice(0, 11));
});

test('the call is kept as long as somebody may have to run it again, and no longer', async () => {
  const request = keyed();
  const calls: unknown[] = [];
  const read = async () => {
    const { rows } = await pool().query('select call from idempotency_keys where key = $1', [request.key]);
    calls.push(rows[0]?.call);
  };
  await runOnce(request, async () => {
    await read();
    return answer('done');
  });
  await read();
  expect(calls).toEqual([{ door: 'rest' }, null]);
});

test('of what is abandoned each is taken by one worker, only by its own door, and again only after a pause', async () => {
  const requests = Array.from({ length: 30 }, (_, index) =>
    keyed({ call: { door: index % 3 === 0 ? 'trpc' : 'rest' } }),
  );
  for (const request of requests) {
    const failing = runOnce(request, async (keyedRun) => {
      await makeOne(keyedRun, request);
      throw overloaded;
    });
    await expect(failing).rejects.toBe(overloaded);
  }
  await pool().query('update idempotency_keys set locked_until = clock_timestamp() where key = any($1)', [
    requests.map(({ key }) => key),
  ]);
  const early = await takeAbandoned('rest', 100);
  for (const request of requests)
    await pool().query(
      `update idempotency_keys set locked_until = clock_timestamp() - interval '1 minute' where key = $1`,
      [request.key],
    );
  const taken = (await Promise.all(Array.from({ length: 6 }, () => takeAbandoned('rest', 5)))).flat();
  expect(early).toEqual([]);
  expect(taken).toHaveLength(20);
  expect(new Set(taken.map(({ claim }) => claim.key)).size).toBe(20);
  expect(taken.every(({ call }) => (call as { door: string }).door === 'rest')).toBe(true);
  expect(await takeAbandoned('rest', 100)).toEqual([]);
  expect(await takeAbandoned('trpc', 100)).toHaveLength(10);
});

const ASKERS = 4;
const step = fc.record({
  who: fc.nat({ max: ASKERS - 1 }),
  does: fc.constantFrom('ask', 'ask', 'takeOver', 'effect', 'answer', 'fail', 'leaseEnds'),
});

interface Asker {
  readonly outcome: Promise<KeptAnswer | Error>;
  /** Whether it is the one that works on the request: the last that was let in. */
  holds: boolean;
  /** Makes it do its next step; resolves when it is done. */
  act(what: 'effect' | 'answer' | 'fail'): Promise<unknown>;
}

/** One process at work on a request, which does what it is told and nothing by itself. */
async function startAsker(request: KeyedRequest, name: string, byWorker: boolean): Promise<Asker | null> {
  const started = Promise.withResolvers<KeyedRun>();
  const end = Promise.withResolvers<Answer>();
  let made: Promise<unknown> | undefined;
  const execute = (keyedRun: KeyedRun) => {
    started.resolve(keyedRun);
    return end.promise;
  };
  const abandoned = byWorker
    ? (await takeAbandoned('rest', 100)).find(({ claim }) => claim.key === request.key)
    : undefined;
  if (byWorker && !abandoned) return null;
  const outcome = (abandoned ? runAbandoned(abandoned, execute) : runOnce(request, execute)).catch(
    (error: Error) => error,
  );
  const keyedRun = await Promise.race([started.promise, outcome.then(() => null)]);
  return {
    outcome,
    holds: keyedRun !== null,
    act: async (what) => {
      if (!keyedRun) return outcome;
      if (what === 'effect') {
        made ??= makeOne(keyedRun, request);
        return made.catch((error: Error) => end.reject(error));
      }
      if (what === 'fail') end.reject(overloaded);
      else end.resolve(answer(`${name}, ${keyedRun.subjectId ?? (await made?.catch(() => undefined))}`));
      return outcome;
    },
  };
}

test('in whatever order processes ask, take over, act, answer, fail and lose their lease: one effect, and one answer for all', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 20 }), async (steps) => {
      const request = keyed();
      const askers: Asker[] = [];
      const current = new Map<number, Asker>();
      for (const [index, { who, does }] of steps.entries()) {
        if (does === 'leaseEnds') {
          await pool().query(
            `update idempotency_keys set locked_until = clock_timestamp() - interval '1 hour' where key = $1 and recovery_point <> 'finished'`,
            [request.key],
          );
        } else if (does === 'ask' || does === 'takeOver') {
          const asker = await startAsker(request, `${who} at step ${index}`, does === 'takeOver');
          if (!asker) continue;
          if (asker.holds) for (const other of askers) other.holds = false;
          current.set(who, asker);
          askers.push(asker);
        } else await current.get(who)?.act(does);
      }
      for (const asker of askers) await asker.act('answer');
      await abandon(request);
      const last = await runOnce(request, async (keyedRun) => answer(`the last, ${await makeOne(keyedRun, request)}`));
      const outcomes = await Promise.all(askers.map((asker) => asker.outcome));
      const bodies = outcomes.flatMap((one) => (one instanceof Error ? [] : [one.body]));
      for (const body of bodies) expect(body).toBe(last.body);
      expect(await effects(request)).toBeLessThanOrEqual(1);
      const firsts = outcomes.flatMap((one, index) =>
        one instanceof Error || one.replayed ? [] : [askers[index]?.holds],
      );
      expect(firsts).toEqual(firsts.length === 0 ? [] : [true]);
    }),
    { numRuns: 150 },
  );
});
