import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parseForm, parseParameters, wireInteger, wireMetadata } from './form.ts';
import { StripeError } from './stripe-error.ts';

function problem(work: () => unknown): { param?: string; code?: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof StripeError) return { param: error.fields.param, code: error.fields.code };
  }
  throw new Error('it was accepted');
}

describe('a form', () => {
  test('nests by brackets, raw or percent-encoded', () => {
    expect(parseForm('a[b][0][c]=1&a%5Bb%5D%5B1%5D%5Bc%5D=2&m[x%20y]=%26')).toEqual({
      a: { b: [{ c: '1' }, { c: '2' }] },
      m: { 'x y': '&' },
    });
  });

  test('cannot reach a prototype', () => {
    const form = parseForm('__proto__[polluted]=1&a[__proto__][polluted]=1&constructor[prototype][polluted]=1');
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(form)).toBeNull();
  });

  test('that is too deep, or has too many fields, is a 400', () => {
    expect(() => parseForm(`a${'[b]'.repeat(12)}=1`)).toThrow(StripeError);
    expect(() => parseForm(Array.from({ length: 1_001 }, (_, index) => `k${index}=1`).join('&'))).toThrow(StripeError);
  });
});

describe('a parameter', () => {
  const schema = z.strictObject({ amount: wireInteger, card: z.strictObject({ number: z.string() }).optional() });

  test('is named in its error as it is on the wire', () => {
    expect(problem(() => parseParameters(schema, {}))).toEqual({ param: 'amount', code: 'parameter_missing' });
    expect(problem(() => parseParameters(schema, { amount: '1', card: { number: '1', pin: '2' } }))).toEqual({
      param: 'card[pin]',
      code: 'parameter_unknown',
    });
  });

  test.each(['1.0', '1e3', ' 1', '0x1', '', '99999999999999999999'])('%j is no integer', (amount) => {
    expect(problem(() => parseParameters(schema, { amount }))).toMatchObject({ param: 'amount' });
  });

  test('metadata has at most 50 keys of 40 characters with values of 500', () => {
    const of = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));
    expect(wireMetadata.safeParse(of(50)).success).toBe(true);
    expect(wireMetadata.safeParse(of(51)).success).toBe(false);
    expect(wireMetadata.safeParse({ k: 'v'.repeat(501) }).success).toBe(false);
  });
});
