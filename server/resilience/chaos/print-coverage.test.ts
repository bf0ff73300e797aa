import { expect, test } from 'vitest';
import { sayWhetherComplete } from './print-coverage.ts';

test('a full set of runs says what never happened, a smaller one says nothing about it', () => {
  const sometimes = { 'breaker opened': 3, 'LATE_SUCCESS → AUTO_REFUNDING': 0, 'kill × UNKNOWN': 0 };
  expect(sayWhetherComplete({ runs: 19, sometimes })).toBeNull();
  expect(sayWhetherComplete({ runs: 20, sometimes })).toMatch(
    /^NOT COMPLETE: .* LATE_SUCCESS → AUTO_REFUNDING; 1 pairs/,
  );
  expect(sayWhetherComplete({ runs: 20, sometimes: { ...sometimes, 'LATE_SUCCESS → AUTO_REFUNDING': 1 } })).toMatch(
    /^complete: .* 1 pairs/,
  );
});
