import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLane, type LaneOptions } from './lane.ts';

/** A lane whose batches wait at a gate: `open` lets the oldest waiting batch end. */
function gatedLane(options: Partial<LaneOptions<number, number>> = {}) {
  const batches: number[][] = [];
  const gates: { resolve: () => void; reject: (error: Error) => void }[] = [];
  let most = 0;
  let running = 0;
  const lane = createLane<number, number>({
    maxBatch: 100,
    maxQueue: 1_000,
    ...options,
    run: async (items) => {
      batches.push(items);
      running += 1;
      most = Math.max(most, running);
      try {
        await new Promise<void>((resolve, reject) => gates.push({ resolve, reject }));
      } finally {
        running -= 1;
      }
      return items.map((item) => item * 10);
    },
  });
  return {
    lane,
    batches,
    open: () => gates.shift()?.resolve(),
    fail: (error: Error) => gates.shift()?.reject(error),
    mostAtOnce: () => most,
  };
}

const immediate = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Until the lane has drawn breath between two batches and begun the next one. */
async function turn(): Promise<void> {
  await immediate();
  await immediate();
}

test('callers of one moment share one batch, and each gets its own answer', async () => {
  const { lane, batches, open } = gatedLane();
  const answers = Promise.all([1, 2, 3].map((item) => lane.submit(item)));
  await turn();
  open();
  expect(await answers).toEqual([10, 20, 30]);
  expect(batches).toEqual([[1, 2, 3]]);
});

test('what comes while a batch runs goes out together as the next one, in order', async () => {
  const { lane, batches, open } = gatedLane();
  const first = lane.submit(1);
  await turn();
  const later = Promise.all([2, 3, 4].map((item) => lane.submit(item)));
  await turn();
  expect(batches).toEqual([[1]]);
  expect(lane.waiting).toBe(3);
  open();
  await first;
  await turn();
  open();
  expect(await later).toEqual([20, 30, 40]);
  expect(batches).toEqual([[1], [2, 3, 4]]);
});

test('callers that come back at once share the next batch with those already waiting', async () => {
  const { lane, batches, open } = gatedLane({ maxBatch: 3 });
  const callers = [1, 2, 3, 4].map((item) => lane.submit(item).then(() => lane.submit(item * 100)));
  await turn();
  open();
  await turn();
  expect(batches).toEqual([
    [1, 2, 3],
    [4, 100, 200],
  ]);
  for (let batch = 0; batch < 2; batch += 1) {
    open();
    await turn();
  }
  open();
  await Promise.all(callers);
});

test('a batch holds at most maxBatch items', async () => {
  const { lane, batches, open } = gatedLane({ maxBatch: 2 });
  const answers = Promise.all([1, 2, 3, 4, 5].map((item) => lane.submit(item)));
  for (let batch = 0; batch < 3; batch += 1) {
    await turn();
    open();
  }
  expect(await answers).toEqual([10, 20, 30, 40, 50]);
  expect(batches).toEqual([[1, 2], [3, 4], [5]]);
});

test('a batch weighs at most maxWeight, but an item too heavy for any batch goes alone', async () => {
  const { lane, batches, open } = gatedLane({ weigh: (item) => item, maxWeight: 10 });
  const answers = Promise.all([6, 4, 1, 50, 2].map((item) => lane.submit(item)));
  for (let batch = 0; batch < 4; batch += 1) {
    await turn();
    open();
  }
  await answers;
  expect(batches).toEqual([[6, 4], [1], [50], [2]]);
});

test('beyond maxQueue a caller is refused as overloaded and nothing of it is done', async () => {
  const { lane, batches, open } = gatedLane({ maxQueue: 2 });
  const running = lane.submit(1);
  await turn();
  const waiting = [lane.submit(2), lane.submit(3)];
  await expect(lane.submit(4)).rejects.toMatchObject({ code: 'overloaded', retryable: true });
  open();
  await running;
  await turn();
  open();
  await Promise.all(waiting);
  expect(batches.flat()).toEqual([1, 2, 3]);
});

test('a batch that fails rejects its own items with its error, and the lane goes on', async () => {
  const { lane, open, fail } = gatedLane();
  const doomed = Promise.allSettled([lane.submit(1), lane.submit(2)]);
  await turn();
  fail(new Error('lost'));
  for (const result of await doomed) expect(result).toMatchObject({ status: 'rejected', reason: { message: 'lost' } });
  const next = lane.submit(3);
  await turn();
  open();
  expect(await next).toBe(30);
});

test('a run that throws before its first await fails its batch only', async () => {
  let calls = 0;
  const lane = createLane<number, number>({
    maxBatch: 1,
    maxQueue: 10,
    run: (items) => {
      calls += 1;
      if (calls === 1) throw new Error('at once');
      return Promise.resolve(items);
    },
  });
  await expect(lane.submit(1)).rejects.toThrow('at once');
  await expect(lane.submit(2)).resolves.toBe(2);
});

test('a run that answers too few results fails its batch instead of leaving somebody waiting', async () => {
  const lane = createLane<number, number>({ maxBatch: 10, maxQueue: 10, run: async () => [1] });
  const settled = await Promise.allSettled([lane.submit(1), lane.submit(2)]);
  expect(settled.map((one) => one.status)).toEqual(['rejected', 'rejected']);
});

test.each([1, 2, 4])('at most %d batches run at once', async (concurrency) => {
  const { lane, open, mostAtOnce } = gatedLane({ concurrency, maxBatch: 1 });
  const answers = Promise.all(Array.from({ length: 12 }, (_, item) => lane.submit(item)));
  for (let batch = 0; batch < 12; batch += 1) {
    await turn();
    open();
  }
  await answers;
  expect(mostAtOnce()).toBe(concurrency);
});

test('however callers come and batches fail, every item is run once and answered once, in order of arrival', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ size: fc.nat(5), pause: fc.boolean() }), { maxLength: 20 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      async (waves, maxBatch, concurrency) => {
        const ran: number[] = [];
        const lane = createLane<number, number>({
          maxBatch,
          maxQueue: 1_000,
          concurrency,
          run: async (items) => {
            ran.push(...items);
            await turn();
            if (items.some((item) => item % 7 === 3)) throw new Error('guilty');
            return items;
          },
        });
        const answers: Promise<PromiseSettledResult<number>>[] = [];
        let next = 0;
        for (const { size, pause } of waves) {
          for (let item = 0; item < size; item += 1) {
            const submitted = lane.submit(next++);
            answers.push(Promise.allSettled([submitted]).then(([result]) => result));
          }
          if (pause) await turn();
        }
        const settled = await Promise.all(answers);
        expect(ran).toEqual(Array.from({ length: next }, (_, item) => item));
        for (const [item, result] of settled.entries())
          if (result.status === 'fulfilled') expect(result.value).toBe(item);
        expect(lane.waiting).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
});
