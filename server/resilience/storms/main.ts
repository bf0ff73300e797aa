import { parseArgs } from 'node:util';
import { startPaymentSystem, startTestPostgres } from '#testing';
import { parseSeed } from '../kit/random.ts';
import { EXIT } from '../kit/report.ts';
import { STORMS } from './index.ts';
import type { Storm } from './storm.ts';

/** `npm run storms -- [--seed N] [--runs K]`: storms of refunds on a paid order and of payouts on a balance, in turn; after all of them the books are audited. */
const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, runs: { type: 'string', default: '1000' } },
});
const [seed, runs] = [parseSeed(values.seed), Number(values.runs)];
if (!Number.isSafeInteger(runs) || runs < 1) {
  console.error('Usage: npm run storms -- [--seed 1] [--runs 1000]');
  process.exit(EXIT.harnessFailed);
}

const server = process.env.TEST_POSTGRES_URL ? undefined : await startTestPostgres();
if (server) process.env.TEST_POSTGRES_URL = server.url;
const system = await startPaymentSystem('storms', { env: { DATABASE_POOL_SIZE: '25' } });
const started = performance.now();
const KINDS = Object.values(STORMS);
const violations: string[] = [];
const sums = { accepted: 0, refused: 0 };
try {
  for (let run = 0; run < runs; run += 1) {
    const storm = KINDS[run % KINDS.length] as Storm;
    const report = await storm(system, seed + BigInt(run));
    sums.accepted += report.accepted;
    sums.refused += report.refused;
    violations.push(...report.violations.map((violation) => `seed ${seed + BigInt(run)}: ${violation}`));
  }
  violations.push(...(await system.problems()));
} finally {
  await system.stop();
  await server?.stop();
}
for (const violation of violations) console.log(violation);
const seconds = Math.round((performance.now() - started) / 1_000);
console.log(
  `storms: seed ${seed}, ${runs} storms, ${sums.accepted} wishes accepted, ${sums.refused} refused, ${violations.length} violations, ${seconds} s`,
);
process.exit(violations.length === 0 ? EXIT.held : EXIT.violated);
