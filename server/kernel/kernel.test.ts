import { expect, test } from 'vitest';
import { assert, unreachable } from './assert.ts';
import { checkpoint, observeCheckpoints } from './checkpoint.ts';
import { AppError, ERROR_CODES } from './errors.ts';
import { newId, secretId, uuidv7 } from './ids.ts';
import { toPointer } from './pointer.ts';
import { singleton } from './singleton.ts';

test('every error code has an error status, and only slowness, overload, absence and our own defects invite a retry', () => {
  for (const [code, { status, title }] of Object.entries(ERROR_CODES)) {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(title).not.toMatch(/\.$/);
  }
  const retryable = Object.entries(ERROR_CODES).flatMap(([code, one]) => (one.retryable ? [code] : []));
  expect(retryable).toEqual([
    'body_too_slow',
    'database_unavailable',
    'idempotency_in_flight',
    'internal_error',
    'overloaded',
    'psp_unavailable',
    'too_many_requests',
  ]);
});

test('JSON pointers escape and are bounded', () => {
  expect(toPointer(['a/b', 0, 'c~d'])).toBe('/a~1b/0/c~0d');
  expect(toPointer([])).toBe('');
  expect(toPointer(['x'.repeat(10_000)])).toHaveLength(65);
});

test('an operating error carries its code, status and cause', () => {
  const cause = new Error('below');
  const error = new AppError('not_found', 'Nothing here.', { cause, param: 'id' });
  expect(error).toMatchObject({ code: 'not_found', status: 404, retryable: false, cause, details: { param: 'id' } });
});

test('ids sort by creation and never repeat', () => {
  const ids = Array.from({ length: 10_000 }, () => newId('att'));
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids[0]).toMatch(/^att_[0-9a-f]{32}$/);
  expect(uuidv7()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('an id that is a permission says nothing of the one made in the same moment', () => {
  const [one, other] = [secretId('chk'), secretId('chk')];
  expect(one).toMatch(/^chk_[0-9a-f]{32}$/);
  // Ids that sort begin with the time: those of a minute have these digits in common.
  expect(other.slice(0, 11)).not.toBe(one.slice(0, 11));
});

test('a singleton is made once, whatever it is', () => {
  let made = 0;
  const make = () => {
    made += 1;
    return undefined;
  };
  singleton('test.of-nothing', make);
  singleton('test.of-nothing', make);
  expect(made).toBe(1);
});

test('an assertion stops with its sentence', () => {
  expect(() => assert(false, 'sums agree')).toThrow('assertion failed: sums agree');
  expect(() => unreachable('x' as never)).toThrow('unreachable value: "x"');
});

test('a checkpoint waits for its observer, and does nothing without one', async () => {
  const seen: string[] = [];
  observeCheckpoints(async (point) => {
    await Promise.resolve();
    seen.push(point);
  });
  await checkpoint('commit:before');
  observeCheckpoints(undefined);
  await checkpoint('commit:after');
  expect(seen).toEqual(['commit:before']);
});
