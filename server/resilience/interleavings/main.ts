import { runLevel } from '../kit/level.ts';
import { createRandom } from '../kit/random.ts';
import { openHouse } from './house.ts';
import { OPERATIONS } from './operations.ts';
import { raceForOneSuccess } from './race.ts';
import { type InterleavingsReport, meetingsOf, runInterleavings } from './run-interleavings.ts';

/** The race of three, and in how many of its schedules it is played: all of them would be hundreds of thousands. */
const RACE = 'T-P3 callback × webhook × poll';
const RACES = 50;

type House = Awaited<ReturnType<typeof openHouse>>;

/** `npm run interleavings`: every pair of operations in every interleaving; with `--runs`, in so many that the seed draws. */
await runLevel({
  usage:
    'npm run interleavings -- [--seed N] [--runs SCHEDULES_PER_PAIR] [--only OPERATION] [--workers N] [--json FILE]',
  options: ['only'],
  tasks: ({ own: { only } }) => {
    const names = OPERATIONS.map((operation) => operation.name);
    if (only === undefined) return [RACE, ...names];
    if (!names.includes(only)) throw new Error(`There is no operation ${only}. There are: ${names.join(', ')}.`);
    return [...new Set(meetingsOf(OPERATIONS, { only }).map((meeting) => meeting.operations[0].name))];
  },
  open: () => openHouse('interleavings'),
  play: (house, task, { seed, runs, own: { only } }) =>
    // First of all: its worker asks about every attempt that is due, also about those that others leave behind.
    task === RACE
      ? playRace(house, seed)
      : runInterleavings(house, {
          seed,
          operations: OPERATIONS,
          schedules: runs,
          of: { first: task, only },
          say: console.log,
        }),
  tell: ({ pairs, schedules, blocked }) => `${pairs} pairs, ${schedules} schedules, ${blocked} waits for a lock`,
});

async function playRace(house: House, seed: bigint): Promise<InterleavingsReport> {
  const nothing = await runInterleavings(house, { seed, operations: [] });
  const played = await raceForOneSuccess(house, createRandom(seed, 'race'), RACES);
  const { schedules, blocked } = played;
  console.log(`${RACE.padEnd(68)} ${schedules} schedules, ${blocked} waits, ${played.violations.length} violations`);
  const violations = played.violations.map((detail) => ({ what: RACE, detail }));
  return { ...nothing, schedules, blocked, operations: schedules * 3, violations };
}
