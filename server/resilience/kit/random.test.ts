import { expect, test } from 'vitest';
import { createRandom, parseSeed } from './random.ts';

const draw = (random = createRandom(1)) => Array.from({ length: 50 }, () => random.between(0, 1_000_000));

test('the same seed draws the same, another seed and another fork draw otherwise', () => {
  expect(draw()).toEqual(draw());
  expect(draw()).not.toEqual(draw(createRandom(2)));
  expect(draw(createRandom(2n ** 63n))).not.toEqual(draw(createRandom(2n ** 63n + 1n)));
  expect(draw(createRandom(1).fork('a'))).not.toEqual(draw(createRandom(1).fork('b')));
});

test('a seed draws the same on every machine and in every version', () => {
  expect(draw().slice(0, 5)).toMatchInlineSnapshot(`
    [
      157132,
      643285,
      779124,
      182432,
      541413,
    ]
  `);
});

test('a fork depends on its name, not on what was drawn before', () => {
  const used = createRandom(7);
  for (let drawn = 0; drawn < 10; drawn += 1) used.share();
  expect(draw(used.fork('plan'))).toEqual(draw(createRandom(7).fork('plan')));
});

test('numbers keep their bounds, reach both ends, and spread evenly', () => {
  const random = createRandom(3);
  const counts = new Map<number, number>();
  for (let drawn = 0; drawn < 60_000; drawn += 1) {
    const die = random.between(1, 6);
    counts.set(die, (counts.get(die) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(500);
});

test('weights are kept, and nothing of weight zero is picked', () => {
  const random = createRandom(4);
  const picked = Array.from({ length: 10_000 }, () =>
    random.weighted([
      [3, 'often'],
      [1, 'seldom'],
      [0, 'never'],
    ]),
  );
  const often = picked.filter((value) => value === 'often').length;
  expect(Math.abs(often - 7_500)).toBeLessThan(300);
  expect(picked).not.toContain('never');
});

test.each(['-1', '1.5', 'one', '18446744073709551616', ''])('%j is no seed', (text) => {
  expect(() => parseSeed(text)).toThrow('a seed is');
});

test('the largest seed has 64 bits', () => {
  expect(parseSeed('18446744073709551615')).toBe(2n ** 64n - 1n);
});
