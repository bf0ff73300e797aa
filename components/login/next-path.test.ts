import { expect, test } from 'vitest';
import { fits, safePath } from './next-path.ts';

test.each([
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r\n/evil.example',
  '/.//evil.example',
  '/./\\evil.example',
  '/.\\/evil.example',
  '/.\t//evil.example',
  '/%2e//evil.example',
  '/%2E%2e//evil.example',
  '/..//evil.example',
  '/seller/..//evil.example',
  '/seller/%2e%2e/\\evil.example/admin',
  '/.//user@evil.example:443/admin',
  '/.///evil.example',
  'javascript:alert(1)',
  'evil.example',
  '',
  ' /seller',
  '/login?next=/login',
  `/${'a'.repeat(600)}`,
])('a sign-in never leads to %s', (next) => {
  expect(safePath(next)).toBeNull();
});

test('a sign-in leads back to where the visitor was, with the filters of the page', () => {
  expect(safePath('/admin/payments?status=failed&q=order_1')).toBe('/admin/payments?status=failed&q=order_1');
  expect(safePath(undefined)).toBeNull();
});

test('a console fits its own roles only; every other page fits all', () => {
  expect(fits('seller', '/seller/payments')).toBe(true);
  expect(fits('seller', '/admin')).toBe(false);
  expect(fits('finance', '/admin/ledger?x=1')).toBe(true);
  expect(fits('shopper', '/seller?x=1')).toBe(false);
  expect(fits('shopper', '/sellers-of-the-month')).toBe(true);
});
