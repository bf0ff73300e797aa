import { parseArgs } from 'node:util';
import { auditBooks, detailOf, invariantsTable } from '#audit';
import { pool } from '#db';

/**
 * `npm run audit`: every invariant of the books with its verdict and the time it took; exits 1 when one is broken, 2 when the check
 * could not be made.
 * `--full` looks at all seals and all texts instead of the newest, `--always` leaves out what need not hold in the middle of a
 * fault, `--json` prints the verdicts for programs, `--table` prints the table of docs/reliability.md and checks nothing.
 */
const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    always: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    table: { type: 'boolean', default: false },
  },
});
if (values.table) console.info(invariantsTable());
else
  await audit().catch((error: Error) => {
    console.error(`The books could not be checked: ${error.message}`);
    process.exitCode = 2;
  });

async function audit(): Promise<void> {
  const started = performance.now();
  const verdicts = await auditBooks({ inFull: values.full, alwaysOnly: values.always });
  const milliseconds = Math.round(performance.now() - started);
  await pool().end();
  const broken = verdicts.filter((verdict) => verdict.violations > 0).length;
  if (values.json) console.info(JSON.stringify({ broken, milliseconds, verdicts }, null, 2));
  else {
    for (const verdict of verdicts) console.info(lineOf(verdict));
    const held =
      broken === 0 ? `All ${verdicts.length} invariants hold` : `${broken} of ${verdicts.length} invariants are broken`;
    console.info(`${held}; checked in ${milliseconds} ms.`);
  }
  process.exitCode = broken === 0 ? 0 : 1;
}

function lineOf(verdict: Awaited<ReturnType<typeof auditBooks>>[number]): string {
  const { id, rule, violations, milliseconds, skipped } = verdict;
  const word = violations > 0 ? 'BROKEN' : skipped ? '-' : 'ok';
  const detail = violations > 0 ? `: ${detailOf(verdict)}` : '';
  return `${id.padEnd(12)} ${word.padEnd(6)} ${String(milliseconds).padStart(7)} ms  ${rule}${detail}`;
}
