import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodePlace, encodePlace, isDay, readCursor, writeCursor } from './cursor.ts';

const refused = expect.objectContaining({ code: 'validation_failed', details: { param: 'cursor' } });

test('every day that there is counts as one, and no other', () => {
  const days = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
  fc.assert(fc.property(days, (day) => isDay(day.toISOString().slice(0, 10))));
  for (const text of [
    '',
    'x',
    '0000-01-01',
    '2026-02-29',
    '2026-02-31',
    '2026-13-01',
    '2026-99-99',
    '2026-1-1',
    '+275760-09-13',
  ])
    expect(isDay(text), text).toBe(false);
  expect(isDay('2028-02-29')).toBe(true);
});

test('a place comes back as it was written, microseconds included', () => {
  for (const at of ['2026-06-18 23:59:59.123456', '2026-06-18 00:00:00', 'infinity']) {
    const place = { at, id: 'order_1:a.b-c' };
    expect(decodePlace(encodePlace(place))).toEqual(place);
  }
  expect(decodePlace(undefined)).toBeUndefined();
});

test.each([
  'x',
  '2026-02-31 00:00:00|x',
  '0000-01-01 00:00:00|x',
  '2026-01-01 24:00:00|x',
  '2026-01-01 23:60:00|x',
  '2026-01-01 23:59:60|x',
  '2026-01-01 00:00:00.1234567|x',
  '2026-01-01 00:00:00+00|x',
  '-infinity|x',
  'infinity|',
  'infinity|a b',
  'infinity|\0',
  `infinity|${'x'.repeat(256)}`,
  `infinity|${'x'.repeat(2_000)}`,
])('the place %j names no row that there could be', (place) => {
  expect(() => decodePlace(writeCursor(place))).toThrow(refused);
});

test('a cursor has the shape of its list, whole', () => {
  expect(readCursor(writeCursor('7'), /^(\d)$/)).toEqual(['7']);
  for (const cursor of ['', '7', writeCursor('77'), writeCursor('7\n8'), 'A'.repeat(10_000)])
    expect(() => readCursor(cursor, /^(\d)$/)).toThrow(refused);
  expect(() => readCursor(writeCursor('7'), /^(\d)$/, () => false)).toThrow(refused);
});
