import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextPayoutDay, type PayoutSchedule } from './payout-schedule.ts';

test.each<[PayoutSchedule, string, string | null]>([
  [{ every: 'manual', onDay: null }, '2026-01-01', null],
  [{ every: 'daily', onDay: null }, '2026-12-31', '2027-01-01'],
  [{ every: 'weekly', onDay: 1 }, '2026-01-04', '2026-01-05'],
  [{ every: 'weekly', onDay: 1 }, '2026-01-05', '2026-01-12'],
  [{ every: 'weekly', onDay: 7 }, '2026-01-05', '2026-01-11'],
  [{ every: 'monthly', onDay: 1 }, '2026-01-01', '2026-02-01'],
  [{ every: 'monthly', onDay: 31 }, '2026-01-31', '2026-02-28'],
  [{ every: 'monthly', onDay: 31 }, '2028-02-01', '2028-02-29'],
  [{ every: 'monthly', onDay: 30 }, '2026-02-28', '2026-03-30'],
  [{ every: 'monthly', onDay: 15 }, '2026-12-15', '2027-01-15'],
])('%j after %s is %s', (schedule, after, next) => {
  expect(nextPayoutDay(schedule, after)).toBe(next);
});

test('the next day is always later, and within the interval', () => {
  const day = fc
    .date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
  const schedule = fc.oneof(
    fc.constant({ every: 'daily', onDay: null } as const),
    fc.record({ every: fc.constant('weekly' as const), onDay: fc.integer({ min: 1, max: 7 }) }),
    fc.record({ every: fc.constant('monthly' as const), onDay: fc.integer({ min: 1, max: 31 }) }),
  );
  const longest = { daily: 1, weekly: 7, monthly: 31 };
  fc.assert(
    fc.property(schedule, day, (one, after) => {
      const days = (Date.parse(nextPayoutDay(one, after) ?? '') - Date.parse(after)) / 86_400_000;
      expect(days).toBeGreaterThan(0);
      expect(days).toBeLessThanOrEqual(longest[one.every]);
    }),
  );
});
