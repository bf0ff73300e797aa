import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTheatre, type Theatre } from '../theatre.ts';
import { HELD_OUT_MS, simulate } from './simulate.ts';

const SEED = 1n;
let theatre: Theatre;

beforeAll(async () => {
  theatre = await startTheatre('simulation', HELD_OUT_MS);
});

afterAll(() => theatre.stop());

test('crashes, faults on the line and webhooks in any order leave every payment in its true state', {
  timeout: 240_000,
}, async () => {
  const report = await simulate(theatre, { seed: SEED, runs: 8 });
  expect(report.violations).toEqual([]);
  expect(report.kills).toBeGreaterThan(0);
  expect(Object.keys(report.faults)).toEqual(
    expect.arrayContaining(['kill -9', 'cut-after', 'webhook dropped', 'webhook twice']),
  );
  expect(report.sometimes.SUCCESS).toBeGreaterThan(0);
});
