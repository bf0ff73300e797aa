import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

test('over any stretch of time no more is taken than was saved and came back', () => {
  const step = fc.record({ ms: fc.integer({ min: 0, max: 5_000 }), tokens: fc.integer({ min: 0, max: 30 }) });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 50 }),
      fc.array(step, { maxLength: 200 }),
      (perSecond, capacity, steps) => {
        let clock = 0;
        const bucket = new TokenBucket({ perSecond, capacity, now: () => clock });
        const takes: { readonly at: number; readonly tokens: number }[] = [];
        for (const { ms, tokens } of steps) {
          clock += ms;
          if (bucket.take(tokens)) takes.push({ at: clock, tokens });
        }
        for (const [index, { at: from }] of takes.entries()) {
          let taken = 0;
          for (const { at, tokens } of takes.slice(index)) {
            taken += tokens;
            expect(taken).toBeLessThanOrEqual(capacity + ((at - from) / 1_000) * perSecond + 1e-6);
          }
        }
      },
    ),
  );
});

test('what does not fit is not saved, and a refused request costs nothing', () => {
  let clock = 0;
  const bucket = new TokenBucket({ perSecond: 1, capacity: 10, now: () => clock });
  bucket.add(100);
  expect(bucket.available).toBe(10);
  expect(bucket.take(11)).toBe(false);
  expect(bucket.take(10)).toBe(true);
  clock += 2_500;
  expect(bucket.available).toBe(2.5);
});
