import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runToEnd } from '../supervisor/child.ts';
import { runSuite, type SuiteResult } from './suite.ts';

interface Report {
  readonly stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  readonly errors: readonly { message: string }[];
  readonly suites: readonly Suite[];
}

interface Suite {
  readonly suites?: readonly Suite[];
  readonly specs: readonly {
    title: string;
    file: string;
    line: number;
    tests: readonly {
      status: string;
      annotations: readonly { type: string; description?: string }[];
      results: readonly { errors: readonly { message?: string }[] }[];
    }[];
  }[];
}

/** Runs e2e/ in Chromium against a running system. */
export function playwright(baseUrl: string, env: Record<string, string>, folder: string): Promise<SuiteResult> {
  return runSuite('playwright', async () => {
    const report = join(folder, 'playwright.json');
    const crash = await runToEnd({
      name: 'playwright',
      script: 'node_modules/@playwright/test/cli.js',
      args: ['test', '--reporter=json', `--output=${join(folder, 'playwright')}`],
      env: { ...env, FORCE_COLOR: '0', BASE_URL: baseUrl, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
    }).then(
      () => undefined,
      (error: Error) => error,
    );
    const text = await readFile(report, 'utf8').catch(() => null);
    if (text === null) throw crash ?? new Error('Playwright wrote no report');
    const { stats, errors, suites } = JSON.parse(text) as Report;
    const notes = [...errors.map(({ message }) => message), ...suites.flatMap(notesOf)];
    // A test that passes only sometimes has failed; so has a run that found no test.
    const failed = stats.unexpected + stats.flaky + errors.length || (crash ? 1 : 0);
    return { passed: stats.expected, failed, skipped: stats.skipped, notes };
  });
}

function notesOf(suite: Suite): string[] {
  const own = suite.specs.flatMap(({ title, file, line, tests }) =>
    tests
      .filter(({ status }) => status !== 'expected')
      .map(({ status, annotations, results }) => {
        const reasons = annotations.map(({ type, description }) => `${type}: ${description ?? 'no reason given'}`);
        const errors = results.flatMap((result) => result.errors.map(({ message }) => message ?? 'no message'));
        return [`${status}: ${file}:${line} ${title}`, ...reasons, ...errors].join('\n');
      }),
  );
  return [...own, ...(suite.suites ?? []).flatMap(notesOf)];
}
