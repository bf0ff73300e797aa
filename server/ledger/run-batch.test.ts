import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runBatch } from './run-batch.ts';

const transient = () => Object.assign(new Error('deadlock detected'), { code: '40P01' });
const lost = () => Object.assign(new Error('terminated'), { code: '57P01' });

test('whatever items are guilty, each of them gets its own error and every other one its result, in place', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), async (guilty) => {
      const committed: number[] = [];
      const results = await runBatch(
        guilty.map((_, index) => index),
        async (batch) => {
          if (batch.some((item) => guilty[item])) throw new Error(`refused ${batch.find((item) => guilty[item])}`);
          committed.push(...batch);
          return batch.map((item) => item * 10);
        },
      );
      for (const [index, result] of results.entries()) {
        if (guilty[index]) expect(result).toMatchObject({ message: `refused ${index}` });
        else expect(result).toBe(index * 10);
      }
      expect(committed).toEqual(guilty.flatMap((one, index) => (one ? [] : [index])));
    }),
  );
});

test('a deadlock or serialization failure runs the whole batch again, and no item notices', async () => {
  let runs = 0;
  const results = await runBatch([1, 2, 3], async (batch) => {
    runs += 1;
    if (runs < 4) throw transient();
    return [...batch];
  });
  expect(results).toEqual([1, 2, 3]);
  expect(runs).toBe(4);
});

test('a lost connection is tried again as a whole, and in the end refuses the whole batch as unavailable: nobody is told a lie', async () => {
  let runs = 0;
  const batch = runBatch([1, 2], async () => {
    runs += 1;
    throw lost();
  });
  await expect(batch).rejects.toMatchObject({ code: 'database_unavailable', retryable: true });
  expect(runs).toBe(6);
});

test.each([
  ['no connection came free', { message: 'timeout exceeded when trying to connect' }],
  ['a lock was not let go', { message: 'canceling statement due to lock timeout', code: '55P03' }],
  ['a statement ran too long', { message: 'canceling statement due to statement timeout', code: '57014' }],
])('%s: the whole batch is refused at once, instead of waiting as long for each half', async (_, trouble) => {
  let runs = 0;
  const batch = runBatch([1, 2, 3, 4], async () => {
    runs += 1;
    throw Object.assign(new Error(), trouble);
  });
  await expect(batch).rejects.toMatchObject({ code: 'database_unavailable', retryable: true });
  expect(runs).toBe(1);
});

test('a deadlock that never ends refuses item by item, and does not run for ever', async () => {
  let runs = 0;
  const results = await runBatch([1, 2], async () => {
    runs += 1;
    throw transient();
  });
  expect(results).toMatchObject([{ code: '40P01' }, { code: '40P01' }]);
  expect(runs).toBe(18);
});
