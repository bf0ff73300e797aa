import { expect, it } from 'vitest';
import { formatAmount, formatMinorUnits } from './format-amount.ts';

it.each([
  ['29.99', 'USD', '$29.99'],
  ['90071992547409.93', 'USD', '$90,071,992,547,409.93'],
  ['-5.00', 'USD', '−$5.00'],
  ['1800', 'JPY', '¥1,800'],
])('writes %s %s exactly', (value, currency, shown) => {
  expect(formatAmount(value, currency)).toBe(shown);
});

it.each([
  [6599, 'usd', '$65.99'],
  [5, 'usd', '$0.05'],
  [1800, 'jpy', '¥1,800'],
  [-1234, 'USD', '−$12.34'],
])('writes %d minor units of %s', (minor, currency, shown) => {
  expect(formatMinorUnits(minor, currency)).toBe(shown);
});
