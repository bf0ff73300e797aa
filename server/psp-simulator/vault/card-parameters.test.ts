import { expect, test } from 'vitest';
import { StripeError } from '../http/stripe-error.ts';
import { checkCard } from './card-parameters.ts';

const JUNE_2026 = new Date('2026-06-30T23:00:00Z');
const card = { number: '4242 4242-4242 4242', exp_month: '6', exp_year: '26', cvc: '123' };

function codeOf(more: Partial<typeof card>): string | undefined {
  try {
    checkCard({ ...card, ...more }, JUNE_2026);
    return undefined;
  } catch (error) {
    return error instanceof StripeError ? error.fields.code : 'another error';
  }
}

test('a card is valid to the end of its last month, with separators and a two-digit year', () => {
  expect(checkCard(card, JUNE_2026)).toEqual({ digits: '4242424242424242', month: 6, year: 2026 });
});

test.each([
  [{ number: '4242424242424241' }, 'incorrect_number'],
  [{ number: '42424242' }, 'incorrect_number'],
  [{ number: '' }, 'incorrect_number'],
  [{ number: '４２４２424242424242' }, 'incorrect_number'],
  [{ exp_month: '0' }, 'invalid_expiry_month'],
  [{ exp_month: 'x' }, 'invalid_expiry_month'],
  [{ exp_month: '5' }, 'invalid_expiry_year'],
  [{ exp_year: '2025' }, 'invalid_expiry_year'],
  [{ exp_year: '2100' }, 'invalid_expiry_year'],
  [{ exp_year: '202' }, 'invalid_expiry_year'],
  [{ cvc: '12' }, 'invalid_cvc'],
  [{ cvc: '12a' }, 'invalid_cvc'],
  [{ number: '378282246310005', cvc: '123' }, 'invalid_cvc'],
])('%j is refused with %s', (more, code) => {
  expect(codeOf(more)).toBe(code);
});
