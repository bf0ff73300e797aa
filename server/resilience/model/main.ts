import { parseArgs } from 'node:util';
import { EXIT, printViolations, writeReport } from '../kit/report.ts';
import { runModel } from './run-model.ts';

/** `npm run model -- [--seed N] [--runs K] [--json FILE]` */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '2000' },
    json: { type: 'string' },
  },
});
const [seed, runs] = [Number(values.seed), Number(values.runs)];
if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(runs) || runs < 1) {
  console.error('Usage: npm run model -- [--seed 1] [--runs 2000] [--json FILE]');
  process.exit(EXIT.harnessFailed);
}

const report = runModel({ seed, runs });
if (values.json) writeReport(values.json, report);
console.log(`model: seed ${seed}, ${runs} runs, ${report.operations} steps, ${report.seconds.toFixed(1)} s`);
for (const [name, times] of Object.entries(report.sometimes).toSorted()) console.log(`  ${name}: ${times}`);
printViolations(report.violations);
console.log(
  report.violations.length === 0 ? 'Everything held.' : `Replay: npm run model -- --seed ${seed} --runs ${runs}`,
);
process.exit(report.violations.length === 0 ? EXIT.held : EXIT.violated);
