import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spread } from './spread.ts';

const sum = (parts: readonly bigint[]) => parts.reduce((all, part) => all + part, 0n);
const weights = fc.array(fc.bigInt(0n, 10_000_000n), { minLength: 1, maxLength: 20 });
const cases = weights.chain((parts) =>
  fc.tuple(fc.constant(parts), fc.bigInt(0n, sum(parts)), fc.nat({ max: parts.length - 1 })),
);

test('parts add up to the amount, none is above its weight or below nothing', () => {
  fc.assert(
    fc.property(cases, ([parts, amount, remainderTo]) => {
      const spreadOut = spread(amount, parts, remainderTo);
      expect(sum(spreadOut)).toBe(amount);
      for (const [index, part] of spreadOut.entries()) {
        expect(part >= 0n && part <= (parts[index] ?? 0n)).toBe(true);
      }
    }),
    { numRuns: 10_000 },
  );
});

test('the remainder goes to the part that is named, and no other is off its share by a whole unit', () => {
  expect(spread(100n, [100n, 100n, 100n])).toEqual([34n, 33n, 33n]);
  expect(spread(100n, [100n, 100n, 100n], 2)).toEqual([33n, 33n, 34n]);
  expect(spread(2n, [1n, 1n, 1n], 1)).toEqual([1n, 1n, 0n]);
  expect(spread(0n, [0n])).toEqual([0n]);
});

test('more than there is room for is a defect of the caller', () => {
  expect(() => spread(4n, [1n, 2n])).toThrow('room');
});
