import { parseArgs } from 'node:util';
import { startTestPostgres } from '#testing';
import { createRandom, parseSeed } from '../kit/random.ts';
import { EXIT, printViolations, type Violation, writeReport } from '../kit/report.ts';
import { openHouse } from './house.ts';
import { OPERATIONS } from './operations.ts';
import { raceForOneSuccess } from './race.ts';
import { type InterleavingsReport, runInterleavings } from './run-interleavings.ts';

const USAGE = 'npm run interleavings -- [--seed N] [--runs SCHEDULES_PER_PAIR] [--only OPERATION] [--json FILE]';

/** The race of three, and in how many of its schedules it is played: all of them would be hundreds of thousands. */
const RACE = 'T-P3 callback × webhook × poll';
const RACES = 50;

/** `npm run interleavings`: every pair of operations in every interleaving; with `--runs`, in so many that the seed draws. */
const exitCode = await main().catch((error: Error) => {
  console.error(error.stack ?? error.message);
  console.error(`Usage: ${USAGE}`);
  return EXIT.harnessFailed;
});
process.exit(exitCode);

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      runs: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const schedules = values.runs === undefined ? undefined : Number(values.runs);
  if (schedules !== undefined && !(Number.isInteger(schedules) && schedules > 0))
    throw new Error(`--runs is a whole number of at least 1: ${values.runs}`);
  if (values.only && !OPERATIONS.some((operation) => operation.name === values.only))
    throw new Error(
      `There is no operation ${values.only}. There are: ${OPERATIONS.map(({ name }) => name).join(', ')}.`,
    );
  const report = await inHouse({ seed: parseSeed(values.seed), schedules, only: values.only });
  printViolations(report.violations);
  console.log(
    `interleavings: seed ${report.seed}, ${report.pairs} pairs, ${report.schedules} schedules, ${report.blocked} waits for a lock, ` +
      `${report.violations.length} violations, ${report.seconds} s`,
  );
  if (values.json) writeReport(values.json, report);
  return report.violations.length === 0 ? EXIT.held : EXIT.violated;
}

async function inHouse(options: {
  seed: bigint;
  schedules?: number | undefined;
  only?: string | undefined;
}): Promise<InterleavingsReport> {
  const server = process.env.TEST_POSTGRES_URL ? undefined : await startTestPostgres();
  if (server) process.env.TEST_POSTGRES_URL = server.url;
  try {
    const house = await openHouse('interleavings');
    try {
      // First of all: its worker asks about every attempt that is due, also about those that others leave behind.
      const race = options.only ? [] : await playRace(house, options.seed);
      const report = await runInterleavings(house, { ...options, operations: OPERATIONS, say: console.log });
      return { ...report, violations: [...race, ...report.violations] };
    } finally {
      await house.close();
    }
  } finally {
    await server?.stop();
  }
}

async function playRace(house: Awaited<ReturnType<typeof openHouse>>, seed: bigint): Promise<Violation[]> {
  const { violations, schedules, blocked } = await raceForOneSuccess(house, createRandom(seed, 'race'), RACES);
  console.log(`${RACE.padEnd(68)} ${schedules} schedules, ${blocked} waits, ${violations.length} violations`);
  return violations.map((detail) => ({ what: RACE, detail }));
}
