import { parseArgs } from 'node:util';
import { startTestPostgres } from '#testing';
import { parseSeed } from '../kit/random.ts';
import { EXIT, type LevelReport, printViolations, writeReport } from '../kit/report.ts';
import { FLOWS, flowNamed } from './flows/index.ts';
import { runCrashPoints } from './run-crash-points.ts';
import { HELD_OUT_MS, simulate } from './simulation/simulate.ts';
import { startTheatre, type Theatre } from './theatre.ts';

const USAGE = 'npm run crash-points -- [--seed N] [--runs K] [--flow NAME] [--share 0.25] [--json FILE]';

/**
 * `npm run crash-points`: dies at every checkpoint of every flow; with `--runs`, plays that many simulations of the seed instead. Exit code: 0 held, 1 violated, 2 the harness failed.
 */
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
      flow: { type: 'string' },
      share: { type: 'string', default: '1' },
      json: { type: 'string' },
    },
  });
  const seed = parseSeed(values.seed);
  const share = Number(values.share);
  if (!(share > 0 && share <= 1)) throw new Error(`--share is a number above 0, up to 1: ${values.share}`);
  const runs = values.runs === undefined ? undefined : Number(values.runs);
  if (runs !== undefined && !(Number.isInteger(runs) && runs > 0))
    throw new Error(`--runs is a whole number of at least 1: ${values.runs}`);
  const flows = values.flow ? [flowNamed(values.flow)] : FLOWS;
  const report = runs
    ? await onStage((theatre) => simulate(theatre, { seed, runs, say: console.log }), HELD_OUT_MS)
    : await onStage((theatre) => runCrashPoints(theatre, { seed, flows, share, say: console.log }));
  printViolations(report.violations);
  console.log(
    `${report.level}: seed ${report.seed}, ${report.operations} operations, ${report.kills} processes killed, ` +
      `${report.violations.length} violations, ${report.seconds} s`,
  );
  if (values.json) writeReport(values.json, report);
  return report.violations.length === 0 ? EXIT.held : EXIT.violated;
}

async function onStage(work: (theatre: Theatre) => Promise<LevelReport>, timeoutMs?: number): Promise<LevelReport> {
  const server = process.env.TEST_POSTGRES_URL ? undefined : await startTestPostgres();
  if (server) process.env.TEST_POSTGRES_URL = server.url;
  try {
    const theatre = await startTheatre('crash_points', timeoutMs);
    try {
      return await work(theatre);
    } finally {
      await theatre.stop();
    }
  } finally {
    await server?.stop();
  }
}
