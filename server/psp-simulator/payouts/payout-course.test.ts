import { expect, test } from 'vitest';
import { courseOf } from './payout-course.ts';

const unix = (text: string) => Date.parse(text) / 1_000;
const shown = (at: number) => new Date(at * 1_000).toISOString().slice(0, 16);

test.each([
  ['2026-06-15T09:00:00Z', '2026-06-15T10:00', '2026-06-16T00:00'],
  ['2026-06-15T23:30:00Z', '2026-06-16T00:30', '2026-06-17T00:00'],
  ['2026-06-19T00:00:00Z', '2026-06-19T01:00', '2026-06-22T00:00'],
  ['2026-06-20T12:00:00Z', '2026-06-20T13:00', '2026-06-22T00:00'],
])('a payout of %s is with the bank at %s and arrives at %s', (created, submitted, arrival) => {
  const course = courseOf(unix(created), 'paid', 'business_days');
  expect(shown(course.arrival)).toBe(arrival);
  expect(course.steps.map(({ status, at }) => [status, shown(at)])).toEqual([
    ['in_transit', submitted],
    ['paid', arrival],
  ]);
});

test('one that fails does so when it would arrive; one that is returned, a business day after it was paid', () => {
  const friday = unix('2026-06-19T09:00:00Z');
  expect(courseOf(friday, 'no_account', 'business_days').steps.map(({ status }) => status)).toEqual([
    'in_transit',
    'failed',
  ]);
  expect(courseOf(friday, 'returned', 'business_days').steps.map(({ status, at }) => [status, shown(at)])).toEqual([
    ['in_transit', '2026-06-19T10:00'],
    ['paid', '2026-06-22T00:00'],
    ['failed', '2026-06-23T00:00'],
  ]);
});

test('a delay takes the place of the days', () => {
  expect(courseOf(1_000, 'returned', 1_500).steps.map(({ at }) => at)).toEqual([1_002, 1_004, 1_006]);
  expect(courseOf(1_000, 'paid', 0).steps.map(({ at }) => at)).toEqual([1_000, 1_000]);
});
