import { EXIT, printViolations, writeReport } from '../kit/report.ts';
import { runCampaign } from './campaign.ts';
import { killCampaign } from './kill-campaign.ts';
import { readOptions } from './options.ts';
import { outageCampaign } from './outage.ts';
import { printCoverage, printFigures, sayWhetherComplete } from './print-coverage.ts';
import { runChaos } from './run-chaos.ts';

/** `npm run chaos`: real processes, real faults, and a judge who believes nobody. Exits with 0, 1 (violations) or 2 (the harness failed). */
try {
  const options = readOptions(process.argv.slice(2));
  const say = (text: string) => console.error(`› ${text}`);
  const campaign =
    options.kills > 0 ? killCampaign(options.kills) : options.outage > 0 ? outageCampaign(options.outage) : null;
  const report = campaign ? await runCampaign(campaign, options, say) : await runChaos(options, say);
  (campaign ? printFigures : printCoverage)(report);
  printViolations(report.violations);
  console.log(
    `${report.violations.length} violations in ${report.runs} runs from seed ${report.seed}: ${report.operations} calls, ${report.kills} kills, ${report.seconds} s, commit ${report.commit}`,
  );
  const coverage = campaign ? null : sayWhetherComplete(report);
  if (coverage) console.log(coverage);
  if (options.json) writeReport(options.json, report);
  process.exitCode = report.violations.length === 0 ? EXIT.held : EXIT.violated;
} catch (error) {
  console.error(error instanceof Error ? error.stack : error);
  process.exitCode = EXIT.harnessFailed;
}
process.exit();
