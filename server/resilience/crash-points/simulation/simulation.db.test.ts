import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTheatre, type Theatre } from '../theatre.ts';
import { HELD_OUT_MS, simulate } from './simulate.ts';

const SEED = 1n;
const RUNS = 4;
/** A run takes about two seconds; on a machine that is busy with much else, it takes what it takes. */
const TIMEOUT_MS = 300_000;
let theatre: Theatre;

beforeAll(async () => {
  theatre = await startTheatre('simulation', HELD_OUT_MS);
});

afterAll(() => theatre.stop());

test('crashes, faults on the line and webhooks in any order leave every payment in its true state', {
  timeout: TIMEOUT_MS,
}, async () => {
  const report = await simulate(theatre, { seed: SEED, runs: RUNS });
  expect(report.violations).toEqual([]);
  expect(report.kills).toBeGreaterThan(0);
  expect(Object.keys(report.faults)).toEqual(
    expect.arrayContaining(['kill -9', 'webhook dropped', 'webhook twice', 'webhook later']),
  );
  expect(report.sometimes.SUCCESS).toBeGreaterThan(0);
});
