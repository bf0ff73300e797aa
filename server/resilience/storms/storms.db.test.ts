import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PaymentSystem, startPaymentSystem } from '#testing';
import { playStorms } from './play-storms.ts';
import { WISHES_AT_ONCE } from './storm.ts';

/** Storms per test run, of refunds and of payouts in turn; `npm run storms` plays a thousand. */
const RUNS = 8;
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('storms', { env: { DATABASE_POOL_SIZE: '25' } });
});

afterAll(() => system.stop());

test('T-R1: fifty refunds or payouts at once never take more than is there, and as much as fits', async () => {
  const report = await playStorms(system, { seed: 1n, first: 0, runs: RUNS });
  expect(report.violations).toEqual([]);
  expect(report.operations).toBe(RUNS * WISHES_AT_ONCE);
  expect(report.sometimes.accepted).toBeGreaterThan(RUNS);
  expect(report.sometimes.refused).toBeGreaterThan(RUNS);
});
