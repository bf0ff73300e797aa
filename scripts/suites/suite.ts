import { runToEnd } from '../supervisor/child.ts';

export interface SuiteResult {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  /** What to read when something failed, or why something was skipped. */
  readonly notes: readonly string[];
}

export type Counts = Omit<SuiteResult, 'name' | 'seconds'>;

/** Runs a suite, prints its line and, when it failed, its notes. A suite that throws counts as one failure. */
export async function runSuite(name: string, work: () => Promise<Counts>): Promise<SuiteResult> {
  const startedAt = Date.now();
  if (process.stdout.isTTY) console.info(`...    ${name}`);
  const counts = await work().catch((error: Error) => ({ passed: 0, failed: 1, skipped: 0, notes: [error.message] }));
  const result = { name, ...counts, seconds: (Date.now() - startedAt) / 1000 };
  console.info(verdictOf(result));
  for (const note of result.notes) console.info(note.replaceAll(/^/gm, '    '));
  return result;
}

/** A suite that is one command: it passes when the command ends with 0. */
export function commandSuite(
  name: string,
  script: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<SuiteResult> {
  return runSuite(name, async () => {
    await runToEnd({ name, script, args, env });
    return { passed: 1, failed: 0, skipped: 0, notes: [] };
  });
}

/** The last line of every run: the total, in words a machine can read too. Sets the exit code. */
export function printTotal(results: readonly SuiteResult[]): void {
  const sum = (key: 'passed' | 'failed' | 'skipped') => results.reduce((total, result) => total + result[key], 0);
  const skipped = sum('skipped');
  process.exitCode = sum('failed') === 0 ? 0 : 1;
  console.info(`\n${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
}

function verdictOf({ name, passed, failed, skipped, seconds }: SuiteResult): string {
  const verdict = failed === 0 ? 'ok    ' : 'FAILED';
  const others = [failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`].filter(Boolean);
  return `${verdict} ${name.padEnd(22)} ${[`${passed} passed`, ...others].join(', ')} (${seconds.toFixed(1)} s)`;
}
