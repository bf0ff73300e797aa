import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PaymentSystem, startPaymentSystem } from '#testing';
import { refundStorm } from './refund-storm.ts';

/** Storms per test run; `npm run storms` plays a thousand. */
const STORMS = 5;
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('storms', { env: { DATABASE_POOL_SIZE: '25' } });
});

afterAll(() => system.stop());

test('T-R1: fifty refunds at once on one order never give back more than was taken, and as much as fits', async () => {
  for (let seed = 1n; seed <= STORMS; seed += 1n) {
    const report = await refundStorm(system, seed);
    expect(report.violations, `seed ${seed}`).toEqual([]);
    expect(report.accepted).toBeGreaterThan(0);
    expect(report.refused).toBeGreaterThan(0);
  }
  expect(await system.problems()).toEqual([]);
});
