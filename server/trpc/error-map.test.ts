import { initTRPC, TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { AppError, ERROR_CODES, type ErrorCode } from '#kernel';
import { publicErrorOf, trpcErrorOf } from './error-map.ts';
import { refuseForged } from './http.ts';

const SECRET = 'select password_hash from users where id = 7';

test.each([
  ['an error of the database', Object.assign(new Error(SECRET), { code: '42P01' })],
  ['an assertion', new Error(SECRET)],
  ['a wrapped error', new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: SECRET, cause: new Error(SECRET) })],
  ['something thrown that is no error', SECRET],
])('%s becomes one generic message, whatever it says', (_, error) => {
  const known = publicErrorOf(error);
  expect(known.code).toBe('internal_error');
  expect(known.message).not.toContain('select');
  expect(trpcErrorOf(error).message).not.toContain('select');
});

test('a typed error keeps its code and words, also when tRPC wrapped it', () => {
  const typed = new AppError('checkout_not_payable', 'It is paid already.');
  for (const error of [typed, new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: typed })]) {
    expect(publicErrorOf(error)).toBe(typed);
    expect(trpcErrorOf(error)).toMatchObject({ code: 'CONFLICT', message: 'It is paid already.' });
  }
});

test('a lost database is told apart from a defect, and may be tried again', () => {
  expect(publicErrorOf(Object.assign(new Error(SECRET), { code: 'ECONNREFUSED' }))).toMatchObject({
    code: 'database_unavailable',
    retryable: true,
  });
});

test('refused input names the fields and never repeats what was sent', async () => {
  const t = initTRPC.create();
  const routes = t.router({ read: t.procedure.input(z.strictObject({ id: z.string().max(3) })).query(() => 1) });
  const error = await t
    .createCallerFactory(routes)({})
    .read({ id: 'secret-value' })
    .catch((thrown: unknown) => thrown);
  const known = publicErrorOf(error);
  expect(known).toMatchObject({ code: 'validation_failed', details: { errors: [{ pointer: '/id' }] } });
  expect(JSON.stringify([known.message, known.details])).not.toContain('secret-value');
});

test('every error code has its own status over tRPC too', () => {
  for (const code of Object.keys(ERROR_CODES) as ErrorCode[]) {
    expect(getHTTPStatusCodeFromError(trpcErrorOf(new AppError(code, 'x'))), code).toBe(ERROR_CODES[code].status);
  }
});

const JSON_BODY = { 'content-type': 'application/json', 'content-length': '20', host: 'pay.example' };

test.each([
  ['another site, as the browser says', { ...JSON_BODY, 'sec-fetch-site': 'cross-site' }, 'forbidden'],
  ['a sister site', { ...JSON_BODY, 'sec-fetch-site': 'same-site' }, 'forbidden'],
  ['another origin, from a browser that says no more', { ...JSON_BODY, origin: 'https://evil.example' }, 'forbidden'],
  ['the null origin', { ...JSON_BODY, origin: 'null' }, 'forbidden'],
  ['a form', { ...JSON_BODY, 'content-type': 'application/x-www-form-urlencoded' }, 'media_type_unsupported'],
  ['text that happens to be JSON', { ...JSON_BODY, 'content-type': 'text/plain' }, 'media_type_unsupported'],
  ['a body that is too large', { ...JSON_BODY, 'content-length': String(257 * 1024) }, 'body_too_large'],
  ['a body of unknown length', { host: 'pay.example', 'content-type': 'application/json' }, 'body_too_large'],
])('a write is refused from %s', (_, headers, code) => {
  expect(() => refuseForged(new Headers(headers))).toThrow(expect.objectContaining({ code }));
});

test('a write is taken from our own pages and from programs', () => {
  expect(() =>
    refuseForged(new Headers({ ...JSON_BODY, 'sec-fetch-site': 'same-origin', origin: 'https://pay.example' })),
  ).not.toThrow();
  expect(() => refuseForged(new Headers({ ...JSON_BODY, origin: 'https://pay.example' }))).not.toThrow();
  expect(() => refuseForged(new Headers(JSON_BODY))).not.toThrow();
});
