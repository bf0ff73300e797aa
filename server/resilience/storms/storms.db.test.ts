import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PaymentSystem, startPaymentSystem } from '#testing';
import { STORMS } from './index.ts';

/** Storms of each kind per test run; `npm run storms` plays a thousand. */
const RUNS = 4n;
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('storms', { env: { DATABASE_POOL_SIZE: '25' } });
});

afterAll(() => system.stop());

test.each(Object.entries(STORMS))(
  'T-R1: fifty %s at once never take more than is there, and as much as fits',
  async (_name, storm) => {
    for (let seed = 1n; seed <= RUNS; seed += 1n) {
      const report = await storm(system, seed);
      expect(report.violations, `seed ${seed}`).toEqual([]);
      expect(report.accepted).toBeGreaterThan(0);
      expect(report.refused).toBeGreaterThan(0);
    }
    expect(await system.problems()).toEqual([]);
  },
);
