import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CURRENCIES } from '#kernel';
import { FEE_RULES, feeMinor, feeRuleOf } from './fees.ts';
import { postCharge } from './post-charge.ts';
import { settlementTime } from './settlement.ts';

const unix = (text: string) => Date.parse(text) / 1000;

describe('the fee', () => {
  test.each([
    [2_999n, 'usd', 117n],
    [1n, 'usd', 30n],
    [50n, 'usd', 31n],
    [99_999_999n, 'usd', 2_900_030n],
    [1_000n, 'jpy', 59n],
    [10_000n, 'kwd', 380n],
  ])('of %i %s is %i', (amount, currency, fee) => {
    const rule = feeRuleOf(currency);
    expect(rule && feeMinor(amount, rule)).toBe(fee);
  });

  test('is known for every currency of the project, and for no other word', () => {
    expect(Object.keys(FEE_RULES).sort()).toEqual([...CURRENCIES].sort());
    expect(feeRuleOf('xxx')).toBeUndefined();
    expect(feeRuleOf('constructor')).toBeUndefined();
  });
});

test('every booking sums to zero, its net is gross less fee, and no line is zero', () => {
  const charges = fc.record({
    amount: fc.integer({ min: 1, max: 99_999_999 }),
    currency: fc.constantFrom(...CURRENCIES.map((code) => code.toLowerCase())),
    settles: fc.constantFrom('later' as const, 'immediately' as const),
  });
  fc.assert(
    fc.property(charges, (charge) => {
      const { transaction, entries } = postCharge({ ...charge, id: 'ch_1', created: 0, description: null });
      expect(entries.reduce((sum, entry) => sum + entry.amount, 0)).toBe(0);
      expect(entries.every((entry) => entry.amount !== 0 && entry.currency === charge.currency)).toBe(true);
      expect(transaction.net).toBe(transaction.amount - transaction.fee);
      expect(transaction.amount).toBe(charge.amount);
    }),
  );
});

test.each([
  ['2026-06-15T09:00:00Z', '2026-06-17T00:00:00Z'],
  ['2026-06-18T23:59:59Z', '2026-06-22T00:00:00Z'],
  ['2026-06-19T00:00:00Z', '2026-06-23T00:00:00Z'],
  ['2026-06-20T12:00:00Z', '2026-06-23T00:00:00Z'],
  ['2026-06-21T12:00:00Z', '2026-06-23T00:00:00Z'],
])('a charge of %s settles two business days later, at %s', (created, settled) => {
  expect(settlementTime(unix(created))).toBe(unix(settled));
});
