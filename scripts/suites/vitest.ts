import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runToEnd } from '../supervisor/child.ts';
import { runSuite, type SuiteResult } from './suite.ts';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: string[];
    }[];
  }[];
}

/** Runs a project of vitest.config.ts. `folder` takes its report. */
export function vitest(project: 'unit' | 'db', folder: string): Promise<SuiteResult> {
  return runSuite(`vitest ${project}`, async () => {
    const outputFile = join(folder, `vitest-${project}.json`);
    // The second reporter shows errors outside any test, which the report has no place for.
    const reporters = ['--reporter=json', `--outputFile.json=${outputFile}`, '--reporter=dot'];
    const args = ['run', '--project', project, ...reporters];
    const crash = await runToEnd({ name: 'vitest', script: 'node_modules/vitest/vitest.mjs', args }).then(
      () => undefined,
      (error: Error) => error,
    );
    const text = await readFile(outputFile, 'utf8').catch(() => null);
    if (text === null) throw crash ?? new Error('vitest wrote no report');
    const report = JSON.parse(text) as Report;
    const notes = notesOf(report);
    // Errors outside any test (a failed setup, an unhandled rejection) fail the run without failing a test.
    const failed = report.numFailedTests || (crash ? 1 : 0);
    if (crash && notes.length === 0) notes.push(crash.message);
    return { passed: report.numPassedTests, failed, skipped: report.numPendingTests + report.numTodoTests, notes };
  });
}

function notesOf(report: Report): string[] {
  return report.testResults.flatMap(({ name, message, assertionResults }) => {
    const broken = assertionResults
      .filter(({ status }) => status !== 'passed')
      .map(({ status, fullName, failureMessages = [] }) => [`${status}: ${fullName}`, ...failureMessages].join('\n'));
    if (message && broken.length === 0) broken.push(message);
    return broken.map((text) => `${name}\n${withoutForeignFrames(text)}`);
  });
}

function withoutForeignFrames(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^\s+at .*(node_modules|node:|<anonymous>)/.test(line))
    .join('\n');
}
