import { expect, test } from 'vitest';
import { makePlan } from './plan.ts';
import { wrongEnds } from './verdict.ts';

test('the same seed and run give the same plan, and others give others', () => {
  const hashes = [makePlan(7n, 0), makePlan(7n, 0), makePlan(7n, 1), makePlan(8n, 0)].map((plan) => plan.hash);
  expect(hashes[0]).toBe(hashes[1]);
  expect(new Set(hashes).size).toBe(3);
});

test('over many runs every kind of operation and of fault is planned, and deaths are', () => {
  const rounds = Array.from({ length: 200 }, (_, run) => makePlan(1n, run)).flatMap((plan) => plan.rounds);
  const kinds = new Set(rounds.flatMap((round) => round.operations.map((operation) => operation.kind)));
  expect([...kinds].sort()).toEqual(
    ['cancel', 'expire', 'mistake', 'open', 'pay', 'pay-again', 'pay-page', 'press']
      .concat(['refunds-end', 'retry', 'retry-refund'])
      .sort(),
  );
  expect(new Set(rounds.flatMap((round) => Object.values(round.faults))).size).toBe(6);
  expect(rounds.some((round) => round.dieAt !== null)).toBe(true);
});

test.each([
  ['paid and charged once', { state: 'SUCCESS', charges: 1 }, false],
  [
    'late, charged once and given back',
    { state: 'AUTO_REFUNDING', charges: 1, refunds: ['FAILED', 'SUCCEEDED'] },
    false,
  ],
  ['late, and its refund came back', { state: 'AUTO_REFUNDING', charges: 1, refunds: ['FAILED_LATE'] }, false],
  ['late, and nobody gives it back', { state: 'LATE_SUCCESS', charges: 1 }, true],
  ['late, and has no refund', { state: 'AUTO_REFUNDING', charges: 1 }, true],
  ['late, and its refund is on its way', { state: 'AUTO_REFUNDING', charges: 1, refunds: ['UNKNOWN'] }, true],
  ['failed and not charged', { state: 'FAILED', charges: 0 }, false],
  ['paid and not charged', { state: 'SUCCESS', charges: 0 }, true],
  ['charged twice', { state: 'SUCCESS', charges: 2 }, true],
  ['failed and charged', { state: 'FAILED', charges: 1 }, true],
  ['still on its way', { state: 'EXECUTING', charges: 0 }, true],
  ['unknown for ever', { state: 'UNKNOWN', charges: 1 }, true],
  ['left to a person', { state: 'MANUAL_REVIEW', charges: 0 }, true],
  ['told to be paid, and late', { state: 'AUTO_REFUNDING', charges: 1, refunds: ['SUCCEEDED'], told: 'SUCCESS' }, true],
])('an order that is %s', (_, end, wrong) => {
  expect(wrongEnds([{ id: 'o1', refunds: [], ...end }])).toHaveLength(wrong ? 1 : 0);
});
