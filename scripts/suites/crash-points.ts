import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runToEnd } from '../supervisor/child.ts';
import { runSuite, type SuiteResult } from './suite.ts';

interface Report {
  readonly flows: readonly { readonly played: number; readonly passed: number }[];
  readonly violations: readonly { readonly what: string; readonly detail: string }[];
}

/** A process dies at a share of the checkpoints of every flow, 1 for all of them; each is a test. `folder` takes the report. */
export function crashPoints(share: number, folder: string): Promise<SuiteResult> {
  return runSuite('crash points', async () => {
    const file = join(folder, 'crash-points.json');
    const script = 'server/resilience/crash-points/main.ts';
    const args = ['--share', String(share), '--json', file];
    const crash = await runToEnd({ name: 'crash-points', script, args }).then(
      () => undefined,
      (error: Error) => error,
    );
    const text = await readFile(file, 'utf8').catch(() => null);
    if (text === null) throw crash ?? new Error('crash-points wrote no report');
    const { flows, violations } = JSON.parse(text) as Report;
    const passed = flows.reduce((sum, flow) => sum + flow.passed, 0);
    const died = flows.reduce((sum, flow) => sum + flow.played, 0);
    // A flow that has no checkpoint, or whose books do not add up, fails without a death that failed.
    const failed = Math.max(died - passed, violations.length > 0 || crash ? 1 : 0);
    const notes = violations.map(({ what, detail }) => `${what}: ${detail}`);
    if (crash && notes.length === 0) notes.push(crash.message);
    return { passed, failed, skipped: 0, notes };
  });
}
