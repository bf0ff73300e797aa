import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CURRENCIES, type CurrencyCode, exponentOf } from './currency.ts';
import { AppError } from './errors.ts';
import { displayAmount, formatAmount, formatMinor, MAX_AMOUNT_MINOR, parseAmount, splitCommission } from './money.ts';

const currency = fc.constantFrom(...CURRENCIES);
const payable = fc.bigInt({ min: 1n, max: MAX_AMOUNT_MINOR });

function codeOf(text: unknown, inCurrency: unknown): string {
  try {
    parseAmount(text, inCurrency);
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'accepted';
}

/** The decimal spelling of cents, written without any of the code under test. */
function spell(cents: number): string {
  const units = (cents - (cents % 100)) / 100;
  const rest = cents % 100;
  return `${units}.${rest < 10 ? '0' : ''}${rest}`;
}

test('every amount from 0.01 to 99,999.99 is read exactly', () => {
  let wrong = 0;
  for (let cents = 1; cents <= 9_999_999; cents += 1)
    if (parseAmount(spell(cents), 'USD').amountMinor !== BigInt(cents)) wrong += 1;
  expect(wrong).toBe(0);
});

test('what was formatted is parsed back to the same amount, in every currency', () => {
  fc.assert(
    fc.property(payable, currency, (amountMinor, code) => {
      expect(parseAmount(formatMinor(amountMinor, code), code)).toEqual({ amountMinor, currency: code });
    }),
  );
});

test('what was parsed is formatted back to the same text, when it has all decimals of its currency', () => {
  fc.assert(
    fc.property(payable, currency, (amountMinor, code) => {
      const exponent = exponentOf(code);
      const digits = amountMinor.toString().padStart(exponent + 1, '0');
      const text = exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
      expect(formatAmount(parseAmount(text, code))).toBe(text);
    }),
  );
});

test.each([
  ['500', 'JPY', 500n],
  ['1', 'JPY', 1n],
  ['1.234', 'KWD', 1_234n],
  ['0.001', 'KWD', 1n],
  ['1.2', 'KWD', 1_200n],
  ['19.99', 'USD', 1_999n],
  ['4.35', 'USD', 435n],
  ['0.07', 'USD', 7n],
  ['7', 'USD', 700n],
  ['7.1', 'USD', 710n],
  ['999999.99', 'USD', 99_999_999n],
  ['99999999', 'JPY', 99_999_999n],
] as const)('%s %s is %d minor units', (text, code, minor) => {
  expect(parseAmount(text, code).amountMinor).toBe(minor);
});

describe('nothing is rounded or guessed', () => {
  test.each([
    ['1.005', 'USD', 'amount_too_precise'],
    ['1.000', 'USD', 'amount_too_precise'],
    ['10.5', 'JPY', 'amount_too_precise'],
    ['10.0', 'JPY', 'amount_too_precise'],
    ['1.2345', 'KWD', 'amount_too_precise'],
    ['0', 'USD', 'amount_zero'],
    ['0.00', 'USD', 'amount_zero'],
    ['0.000', 'KWD', 'amount_zero'],
    ['1000000.00', 'USD', 'amount_too_large'],
    ['100000000', 'JPY', 'amount_too_large'],
    ['99999999999999999999', 'JPY', 'amount_too_large'],
    ['999999999999999999999', 'JPY', 'amount_malformed'],
    ['-1', 'USD', 'amount_malformed'],
    ['-0.00', 'USD', 'amount_malformed'],
    ['+1', 'USD', 'amount_malformed'],
    ['1e3', 'USD', 'amount_malformed'],
    ['1E3', 'USD', 'amount_malformed'],
    ['0x10', 'USD', 'amount_malformed'],
    ['1_000', 'USD', 'amount_malformed'],
    ['1,000.00', 'USD', 'amount_malformed'],
    ['1,50', 'EUR', 'amount_malformed'],
    [' 1', 'USD', 'amount_malformed'],
    ['1 ', 'USD', 'amount_malformed'],
    ['1\n', 'USD', 'amount_malformed'],
    ['', 'USD', 'amount_malformed'],
    ['.5', 'USD', 'amount_malformed'],
    ['5.', 'USD', 'amount_malformed'],
    ['01', 'USD', 'amount_malformed'],
    ['00.01', 'USD', 'amount_malformed'],
    ['1.2.3', 'USD', 'amount_malformed'],
    ['$1', 'USD', 'amount_malformed'],
    ['NaN', 'USD', 'amount_malformed'],
    ['Infinity', 'USD', 'amount_malformed'],
    ['١٢', 'USD', 'amount_malformed'],
    ['１.００', 'USD', 'amount_malformed'],
    ['1\u0000', 'USD', 'amount_malformed'],
    [29.99, 'USD', 'amount_not_string'],
    [30, 'USD', 'amount_not_string'],
    [null, 'USD', 'amount_not_string'],
    [undefined, 'USD', 'amount_not_string'],
    [['1.00'], 'USD', 'amount_not_string'],
    [{ toString: () => '1.00' }, 'USD', 'amount_not_string'],
    ['1.00', 'usd', 'currency_unknown'],
    ['1.00', 'XXX', 'currency_unknown'],
    ['1.00', '', 'currency_unknown'],
    ['1.00', 'toString', 'currency_unknown'],
    ['1.00', '__proto__', 'currency_unknown'],
    ['1.00', 840, 'currency_unknown'],
    ['1.00', null, 'currency_unknown'],
    ['1.00', ['USD'], 'currency_unknown'],
  ])('%j %j is refused as %s', (text, code, expected) => {
    expect(codeOf(text, code)).toBe(expected);
  });

  test('a bigint is no string either', () => {
    expect(codeOf(30n, 'USD')).toBe('amount_not_string');
  });

  test('whatever the text, the answer is the exact amount it spells or a typed error', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[-+.,e0-9 ]{0,12}$/)),
        currency,
        (text, code) => {
          const verdict = codeOf(text, code);
          if (verdict !== 'accepted') return;
          const [whole = '', fraction = ''] = text.split('.');
          expect(text).toMatch(/^[0-9]+(\.[0-9]+)?$/);
          expect(parseAmount(text, code).amountMinor).toBe(
            BigInt(whole) * 10n ** BigInt(exponentOf(code)) + BigInt(fraction.padEnd(exponentOf(code), '0') || '0'),
          );
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

test.each([
  [-5n, 'KWD', '-0.005'],
  [-2_999n, 'USD', '-29.99'],
  [0n, 'USD', '0.00'],
  [0n, 'JPY', '0'],
  [-1n, 'JPY', '-1'],
  [9_007_199_254_740_993n, 'USD', '90071992547409.93'],
] as const)('balances are written exactly: %d %s is %s', (minor, code, text) => {
  expect(formatMinor(minor, code)).toBe(text);
});

test('people see every digit, also beyond what a double can hold', () => {
  expect(displayAmount(9_007_199_254_740_993n, 'USD')).toBe('$90,071,992,547,409.93');
  expect(displayAmount(500n, 'JPY')).toBe('¥500');
  expect(displayAmount(-2_999n, 'USD')).toBe('−$29.99');
  expect(displayAmount(1_234n, 'KWD').replace(/\s/, ' ')).toBe('KWD 1.234');
});

test('a commission and the seller’s share add up to the gross; neither is negative; the seller gets the remainder', () => {
  fc.assert(
    fc.property(payable, fc.integer({ min: 0, max: 10_000 }), (gross, basisPoints) => {
      const { commissionMinor, netMinor } = splitCommission(gross, basisPoints);
      expect(commissionMinor + netMinor).toBe(gross);
      expect(commissionMinor >= 0n && netMinor >= 0n).toBe(true);
      const exact = gross * BigInt(basisPoints);
      expect(commissionMinor * 10_000n <= exact && exact < (commissionMinor + 1n) * 10_000n).toBe(true);
    }),
  );
});

test('a fixed part is added to the share, and both together never take more than the gross', () => {
  expect(splitCommission(2_999n, 250, 30n)).toEqual({ commissionMinor: 104n, netMinor: 2_895n });
  expect(splitCommission(30n, 250, 30n)).toEqual({ commissionMinor: 30n, netMinor: 0n });
  expect(splitCommission(29n, 0, 30n)).toEqual({ commissionMinor: 29n, netMinor: 0n });
  fc.assert(
    fc.property(payable, fc.integer({ min: 0, max: 10_000 }), payable, (gross, basisPoints, fixed) => {
      const { commissionMinor, netMinor } = splitCommission(gross, basisPoints, fixed);
      const asked = splitCommission(gross, basisPoints).commissionMinor + fixed;
      expect([asked, gross]).toContain(commissionMinor);
      expect(commissionMinor <= asked && commissionMinor <= gross).toBe(true);
      expect(commissionMinor + netMinor).toBe(gross);
    }),
  );
});

test('the smallest amounts are split without losing or inventing a unit', () => {
  expect(splitCommission(1n, 250)).toEqual({ commissionMinor: 0n, netMinor: 1n });
  expect(splitCommission(39n, 250)).toEqual({ commissionMinor: 0n, netMinor: 39n });
  expect(splitCommission(40n, 250)).toEqual({ commissionMinor: 1n, netMinor: 39n });
  expect(splitCommission(1n, 10_000)).toEqual({ commissionMinor: 1n, netMinor: 0n });
});

test('each currency has the decimals of ISO 4217', () => {
  const exponents: Record<CurrencyCode, number> = {
    AUD: 2,
    CAD: 2,
    CHF: 2,
    EUR: 2,
    GBP: 2,
    JPY: 0,
    KRW: 0,
    KWD: 3,
    SEK: 2,
    USD: 2,
  };
  expect(Object.fromEntries(CURRENCIES.map((code) => [code, exponentOf(code)]))).toEqual(exponents);
});
