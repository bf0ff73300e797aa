import { expect, test } from 'vitest';
import { runChaos } from './run-chaos.ts';

/** Kills two processes and, twice, the database; loses answers, resets connections, delays webhooks; ends a process in order. */
const SEED = 217n;
const DEADLINE_MS = 300_000;

test('real processes under real faults: nothing is lost, doubled or invented, and everything comes to its end by itself', {
  timeout: DEADLINE_MS,
}, async () => {
  const options = { seed: SEED, runs: 1, operations: 160, without: [], brief: true, web: false, shrink: false };
  const report = await runChaos(options, console.info);
  expect(report.violations).toEqual([]);
  // The run was one: all of it was done, and the faults struck.
  expect(report.operations).toBeGreaterThan(options.operations);
  expect(report.kills).toBeGreaterThan(0);
  expect(Object.values(report.faults).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(2);
  for (const name of [
    'EXECUTING → SUCCESS',
    'EXECUTING → UNKNOWN',
    'UNKNOWN → SUCCESS',
    'books audited in mid-fault',
    'unknown, then accepted once',
    'charge settled',
    'adjustment settled',
    'payout became PAID',
    'payout became RETURNED',
  ])
    expect(report.sometimes[name], name).toBeGreaterThan(0);
});
