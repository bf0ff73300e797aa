import { parseArgs } from 'node:util';
import { startTestPostgres } from '#testing';
import { parseSeed } from '../kit/random.ts';
import { EXIT, printViolations, writeReport } from '../kit/report.ts';
import { openMonth, playMonth } from './play-month.ts';
import { linesOf } from './show-month.ts';

/**
 * `npm run month -- [--seed N] [--days 30] [--orders-per-day K] [--json FILE]`: a shop's month on the provider's clock. At its end
 * every clearing account is printed with the open items that it consists of; exits 1 when one is not, or anything else does not hold.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    days: { type: 'string', default: '30' },
    'orders-per-day': { type: 'string', default: '20' },
    json: { type: 'string' },
  },
});
const [seed, days, ordersPerDay] = [parseSeed(values.seed), Number(values.days), Number(values['orders-per-day'])];
if (![days, ordersPerDay].every((one) => Number.isSafeInteger(one) && one > 0)) {
  console.error('Usage: npm run month -- [--seed 1] [--days 30] [--orders-per-day 20] [--json FILE]');
  process.exit(EXIT.harnessFailed);
}

const server = process.env.TEST_POSTGRES_URL ? undefined : await startTestPostgres();
if (server) process.env.TEST_POSTGRES_URL = server.url;
const system = await openMonth();
try {
  const report = await playMonth(system, { seed, days, ordersPerDay, say: console.log });
  for (const line of linesOf(report)) console.log(line);
  printViolations(report.violations);
  const { operations, violations, seconds } = report;
  console.log(
    `month: seed ${seed}, ${days} days, ${operations} operations, ${violations.length} violations, ${seconds} s`,
  );
  if (values.json) writeReport(values.json, report);
  process.exitCode = violations.length === 0 ? EXIT.held : EXIT.violated;
} finally {
  await system.stop();
  await server?.stop();
}
process.exit();
