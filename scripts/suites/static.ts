import { rm } from 'node:fs/promises';
import { runToEnd } from '../supervisor/child.ts';
import { commandSuite, runSuite, type SuiteResult } from './suite.ts';

/** TypeScript over everything, with the route types of the present pages. */
export function types(): Promise<SuiteResult> {
  return runSuite('types', async () => {
    // Route types of an earlier build may name pages that are gone.
    await rm('.next-test/types', { recursive: true, force: true });
    await runToEnd({ name: 'next typegen', script: 'node_modules/next/dist/bin/next', args: ['typegen'] });
    await runToEnd({ name: 'tsc', script: 'node_modules/typescript/bin/tsc', args: ['--noEmit', '--pretty', 'false'] });
    return { passed: 1, failed: 0, skipped: 0, notes: [] };
  });
}

/** Formatting, lint rules and import cycles. */
export function lint(): Promise<SuiteResult> {
  return commandSuite('biome', 'node_modules/@biomejs/biome/bin/biome', [
    'ci',
    '--error-on-warnings',
    '--colors=off',
    '--reporter=summary',
  ]);
}

/** Files, exports and dependencies that nobody uses. */
export function unused(): Promise<SuiteResult> {
  return commandSuite('knip', 'node_modules/knip/bin/knip.js', ['--no-progress', '--no-config-hints']);
}
