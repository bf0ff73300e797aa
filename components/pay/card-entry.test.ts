import { expect, it } from 'vitest';
import { codeLength, validate } from './card-entry.ts';

const good = {
  email: 'ada@example.com',
  number: '4242 4242 4242 4242',
  expiry: '12 / 34',
  cvc: '123',
  name: 'Ada Byron',
  country: 'US',
  postalCode: '10001',
};

it('tells a short number from a mistyped one', () => {
  expect(validate({ ...good, number: '4242 42' }).number).toMatch(/not complete/);
  expect(validate({ ...good, number: '4242 4242 4242 4241' }).number).toMatch(/digit seems to be wrong/);
});

it('finds nothing wrong with a good card', () => {
  expect(validate(good)).toEqual({});
});

it.each([
  ['number', { number: '4242 4242 4242 4241' }],
  ['number', { number: '4242' }],
  ['expiry', { expiry: '01 / 20' }],
  ['expiry', { expiry: '13 / 30' }],
  ['cvc', { cvc: '12' }],
  ['name', { name: ' ' }],
  ['postalCode', { postalCode: '' }],
])('points at %s for %j', (field, change) => {
  expect(Object.keys(validate({ ...good, ...change }))).toEqual([field]);
});

it('asks American Express for four digits', () => {
  expect(codeLength('3782 822463 10005')).toBe(4);
  expect(validate({ ...good, number: '378282246310005', cvc: '123' })).toEqual({
    cvc: 'The security code has 4 digits.',
  });
});

it('does not insist on a postal code where banks do not look at it', () => {
  expect(validate({ ...good, country: 'JP', postalCode: '' })).toEqual({});
});
