import { describe, expect, test } from 'vitest';
import { createResends } from '../http/resends.ts';
import { drawShare } from './draw.ts';

describe('a draw', () => {
  test('is the same for the same seed, another for another one, and even over many', () => {
    expect(drawShare('seed', 'decline', 'att_1')).toBe(drawShare('seed', 'decline', 'att_1'));
    expect(drawShare('seed', 'decline', 'att_1')).not.toBe(drawShare('other', 'decline', 'att_1'));
    const below = Array.from({ length: 10_000 }, (_, index) => drawShare('seed', index)).filter((share) => share < 0.1);
    expect(below.length).toBeGreaterThan(900);
    expect(below.length).toBeLessThan(1_100);
  });
});

describe('the resend of a cut call', () => {
  test('is expected once, for the SDK only, and only with a key', () => {
    const resends = createResends();
    resends.expect('key', 'Stripe/v1 NodeBindings/23.1.0');
    resends.expect('curl', 'curl/8');
    resends.expect(null, 'Stripe/v1 NodeBindings/23.1.0');
    expect([resends.isExpected('key'), resends.isExpected('key')]).toEqual([true, false]);
    expect(resends.isExpected('curl')).toBe(false);
    expect(resends.isExpected(null)).toBe(false);
  });
});
