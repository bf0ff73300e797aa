import { parseArgs } from 'node:util';
import { startTestPostgres } from '#testing';
import { parseSeed } from '../kit/random.ts';
import { EXIT, printViolations, writeReport } from '../kit/report.ts';
import { openHouse } from './house.ts';
import { OPERATIONS } from './operations.ts';
import { type InterleavingsReport, runInterleavings } from './run-interleavings.ts';

const USAGE = 'npm run interleavings -- [--seed N] [--runs SCHEDULES_PER_PAIR] [--only OPERATION] [--json FILE]';

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
      return await runInterleavings(house, { ...options, operations: OPERATIONS, say: console.log });
    } finally {
      await house.close();
    }
  } finally {
    await server?.stop();
  }
}
