import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkpoint } from '#kernel';
import { createRandom } from '../kit/random.ts';
import { openHouse } from './house.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { playTogether } from './play-pair.ts';
import { raceForOneSuccess } from './race.ts';
import { meetingsOf, runInterleavings } from './run-interleavings.ts';

/** Schedules per pair and scene here; `npm run interleavings` plays every one there is. */
const SCHEDULES = 1;
const RACES = 25;
const SEED = 1n;
/** Hundreds of schedules, each with its own scene, on a busy machine. */
const TIMEOUT_MS = 480_000;
let house: Awaited<ReturnType<typeof openHouse>>;

beforeAll(async () => {
  house = await openHouse('interleavings');
});

afterAll(() => house.stop());

const named = (name: string) => OPERATIONS.find((operation) => operation.name === name) as Operation;

test('T-P3: callback × webhook × poll make one capture, one credit, one notification', {
  timeout: TIMEOUT_MS,
}, async () => {
  const { violations, schedules } = await raceForOneSuccess(house, createRandom(SEED, 'race'), RACES);
  expect(violations).toEqual([]);
  expect(schedules).toBe(RACES);
  expect(await house.system.problems()).toEqual([]);
});

test('a success and a decline of one attempt, in all their interleavings', { timeout: TIMEOUT_MS }, async () => {
  const both = [named('success-by-answer'), named('decline')];
  const played = await playTogether(house, both, 'direct', 'all');
  expect(played.violations).toEqual([]);
  expect(played.schedules).toBeGreaterThanOrEqual(12);
  expect(played.blocked).toBeGreaterThan(0);
});

test('one who looks first and writes later, without a lock, is seen to be wrong', { timeout: TIMEOUT_MS }, async () => {
  const careless: Operation = {
    name: 'notify-without-lock',
    home: 'nothing',
    run: async ({ prefix }, on) => {
      const { rowCount } = await on.query('select from outbox where key = $1', [`${prefix}note`]);
      await checkpoint('between look and write');
      if (rowCount) return;
      const text = `insert into outbox (topic, key, payload) values ('note', $1, '{"state": "NOTED"}')`;
      await on.query(text, [`${prefix}note`]);
    },
  };
  const played = await playTogether(house, [careless, careless], 'nothing', 'all');
  expect(played.schedules).toBe(6);
  expect(played.violations).toEqual([
    'schedule 0101: unexpected: outbox note ~note NOTED',
    'schedule 0110: unexpected: outbox note ~note NOTED',
    'schedule 1001: unexpected: outbox note ~note NOTED',
    'schedule 1010: unexpected: outbox note ~note NOTED',
  ]);
});

test('every pair of operations, in an interleaving that the seed draws, ends as if one had come after the other', {
  timeout: TIMEOUT_MS,
}, async () => {
  const report = await runInterleavings(house, { seed: SEED, operations: OPERATIONS, schedules: SCHEDULES });
  expect(report.violations).toEqual([]);
  expect(report.schedules).toBe(meetingsOf(OPERATIONS).length * SCHEDULES);
  expect(report.blocked).toBeGreaterThan(0);
});
