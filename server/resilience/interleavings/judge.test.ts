import { expect, test } from 'vitest';
import { OPERATIONS } from './operations.ts';
import { strangeEnd } from './play-pair.ts';
import { ONE_OF_EACH, wrongAfterRace } from './race.ts';
import { meetingsOf } from './run-interleavings.ts';

test('an end that is one of the serial ends is not strange; any other is, against the nearest', () => {
  const serial = [['order FAILED'], ['capture 1', 'order SUCCESS']];
  expect(strangeEnd(serial, ['order FAILED'])).toEqual([]);
  expect(strangeEnd(serial, ['capture 1', 'order SUCCESS'])).toEqual([]);
  expect(strangeEnd(serial, ['capture 1', 'capture 1', 'order SUCCESS'])).toEqual(['unexpected: capture 1']);
  expect(strangeEnd(serial, ['order SUCCESS'])).toEqual(['missing: capture 1']);
});

test('after the race anything missing, doubled or forbidden is reported', () => {
  expect(wrongAfterRace(ONE_OF_EACH)).toEqual([]);
  const [first = '', ...others] = ONE_OF_EACH;
  expect(wrongAfterRace(others)).toEqual([`0 times: ${first}`]);
  expect(wrongAfterRace([...ONE_OF_EACH, first])).toEqual([`2 times: ${first}`]);
  const failed = 'history ~c1.o1 UNKNOWN > FAILED';
  expect(wrongAfterRace([...ONE_OF_EACH, failed])).toEqual([`never: ${failed}`]);
});

test('every operation meets every other one and itself', () => {
  const pairs = new Set(meetingsOf(OPERATIONS).map(({ operations }) => operations.map(({ name }) => name).join(' × ')));
  expect(pairs.size).toBe((OPERATIONS.length * (OPERATIONS.length + 1)) / 2);
  expect(pairs.size).toBeGreaterThanOrEqual(36);
});
