import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseIdempotencyKey } from './key.ts';

test('no header is no key', () => {
  expect(parseIdempotencyKey(undefined)).toBeUndefined();
});

test('the bare and the quoted form spell the same key', () => {
  fc.assert(
    fc.property(fc.uuid(), (uuid) => {
      expect(parseIdempotencyKey(uuid)).toBe(uuid);
      expect(parseIdempotencyKey(` "${uuid}" `)).toBe(uuid);
    }),
  );
  expect(parseIdempotencyKey('"a \\"quoted\\" \\\\ key"')).toBe('a "quoted" \\ key');
});

test('255 characters are accepted and one more is refused', () => {
  expect(parseIdempotencyKey('k'.repeat(255))).toHaveLength(255);
  expect(parseIdempotencyKey(`"${'k'.repeat(255)}"`)).toHaveLength(255);
  expect(() => parseIdempotencyKey('k'.repeat(256))).toThrow(
    expect.objectContaining({ code: 'idempotency_key_invalid' }),
  );
});

test.each([
  '',
  '  ',
  '""',
  'two keys',
  'one, two',
  'a,b',
  '"open',
  'closed"',
  'naïve',
  'tab\there',
  '"bad \\x escape"',
])('a header that is not one key is refused: %j', (header) => {
  expect(() => parseIdempotencyKey(header)).toThrow(expect.objectContaining({ code: 'idempotency_key_invalid' }));
});
