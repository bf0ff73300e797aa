import { describe, expect, it } from 'vitest';
import { brandOf, formatCardNumber, formatExpiry, parseExpiry } from './card-format.ts';

describe('formatCardNumber', () => {
  it.each([
    ['4242424242424242', '4242 4242 4242 4242'],
    ['4242-4242 4242.4242', '4242 4242 4242 4242'],
    ['378282246310005', '3782 822463 10005'],
    ['5555555555554444', '5555 5555 5555 4444'],
    ['42424', '4242 4'],
    ['', ''],
  ])('groups %s as its brand prints it', (typed, shown) => {
    expect(formatCardNumber(typed, typed.length)).toEqual({ text: shown, caret: shown.length });
  });

  it('keeps the caret behind the digit just typed in the middle', () => {
    // "4242 4|242" and a 9 is typed: the digits after it move over the gap, the caret does not jump to the end.
    expect(formatCardNumber('4242 49242', 7)).toEqual({ text: '4242 4924 2', caret: 7 });
  });

  it('steps over the gap when a space is deleted', () => {
    expect(formatCardNumber('42424242', 4)).toEqual({ text: '4242 4242', caret: 4 });
  });

  it('drops digits beyond the longest number of the brand', () => {
    expect(formatCardNumber('3782822463100051234', 19).text).toBe('3782 822463 10005');
  });
});

it('names the brand only when one is left', () => {
  expect(brandOf('4')?.niceType).toBe('Visa');
  expect(brandOf('34')?.code).toEqual({ name: 'CID', size: 4 });
  expect(brandOf('')).toBeNull();
});

describe('an expiry date', () => {
  it.each([
    ['1/29', 1, 2029],
    ['01/29', 1, 2029],
    ['012029', 1, 2029],
    ['0129', 1, 2029],
    ['12 / 34', 12, 2034],
    ['12-2034', 12, 2034],
  ])('is read from %s', (text, month, year) => {
    expect(parseExpiry(text)).toEqual({ month, year });
  });

  it.each(['', '1', '13/29', '00/29', '1/2', 'ab/cd'])('is not read from %j', (text) => {
    expect(parseExpiry(text)).toBeNull();
  });

  it('gets its slash while typed forwards and not while deleted', () => {
    const typed = [...'012029'].reduce((shown, digit) => formatExpiry(shown + digit, shown), '');
    expect(typed).toBe('01 / 2029');
    expect(formatExpiry('1/', '1')).toBe('01 / ');
    expect(formatExpiry('5', '')).toBe('05 / ');
    expect(formatExpiry('01 /', '01 / ')).toBe('01 /');
    expect(formatExpiry('2029-01', '')).toBe('01 / 2029');
  });
});
