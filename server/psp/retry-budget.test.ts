import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FREE_RETRIES_PER_SECOND, MAX_SAVED_RETRIES, RetryBudget } from './retry-budget.ts';

/** What happens in a process: time passes, a first call is made, a retry is wanted. */
const event = fc.oneof(
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 2_000 }) }),
  fc.record({ kind: fc.constant('first' as const), ms: fc.constant(0) }),
  fc.record({ kind: fc.constant('retry' as const), ms: fc.constant(0) }),
);

test('whatever fails, retries stay within a fifth of the calls, the free ones and what was saved', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 2_000, size: 'max' }), (events) => {
      let clock = 0;
      let [firsts, retries] = [0, 0];
      const budget = new RetryBudget(() => clock);
      for (const { kind, ms } of events) {
        clock += ms;
        if (kind === 'first') {
          firsts += 1;
          budget.earn();
        }
        if (kind === 'retry' && budget.spend()) retries += 1;
        expect(retries).toBeLessThanOrEqual(firsts / 5 + (clock / 1_000) * FREE_RETRIES_PER_SECOND + MAX_SAVED_RETRIES);
      }
    }),
  );
});

test('in a storm without a pause, each retry beyond the saved ones takes five calls', () => {
  const budget = new RetryBudget(() => 0);
  while (budget.spend());
  for (let round = 0; round < 100; round += 1) {
    for (let call = 0; call < 4; call += 1) budget.earn();
    expect(budget.spend()).toBe(false);
    budget.earn();
    expect(budget.left).toBe(1);
    expect(budget.spend()).toBe(true);
  }
});

test('a quiet process gets its free retries back, and never more than can be saved', () => {
  let clock = 0;
  const budget = new RetryBudget(() => clock);
  while (budget.spend());
  clock += 1_000;
  expect(budget.left).toBe(FREE_RETRIES_PER_SECOND);
  clock += 3_600_000;
  expect(budget.left).toBe(MAX_SAVED_RETRIES);
});
