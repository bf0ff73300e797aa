import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess } from '#testing';
import { EXIT } from '../kit/report.ts';
import type { PlantedBug } from './bug.ts';

/** What one run of a level said. `broken`: the harness did not get as far as a verdict. */
export interface LevelRun {
  readonly outcome: 'held' | 'violated' | 'timed out' | 'broken';
  /** Whether any file with the bug was loaded. */
  readonly reached: boolean;
  readonly seconds: number;
  /** What was violated, or its last words. */
  readonly detail: string;
}

export interface RunOptions {
  readonly seed: number;
  readonly timeoutMs: number;
  /** Planted if given. */
  readonly bug?: PlantedBug;
  /** What the level is pointed at. */
  readonly aim: readonly string[];
}

export interface Level {
  readonly name: string;
  /** What to point it at: test files, or options of its program. Null when it could not see the bug. */
  readonly aim: (bug: PlantedBug) => readonly string[] | null;
  readonly run: (options: RunOptions) => Promise<LevelRun>;
  /** Most seeds for one bug; none of them means anything to tests, but where a race decides another run may. */
  readonly maxSeeds: number;
}

const PRELOAD = new URL('./preload.ts', import.meta.url).href;
const TEST_CONFIG = 'server/resilience/planted-bugs/vitest.config.ts';
const ALL = Number.POSITIVE_INFINITY;

/** Cheapest first, as they are aimed: one operation and one flow take less than a file of tests. */
export const LEVELS: readonly Level[] = [
  program('model', ['--runs', '400'], ALL, (bug) => (bug.core ? [] : null)),
  program('interleavings', ['--runs', '4'], 3, ({ operation }) => (operation ? ['--only', operation] : null)),
  program('crash-points', [], 3, ({ flow }) => (flow ? ['--flow', flow] : null)),
  { name: 'tests', maxSeeds: 3, aim: ({ tests }) => (tests.length > 0 ? tests : null), run: runTests },
  program('chaos', ['--runs', '1', '--brief'], 3, () => []),
];

/** A level that is a program of its own: seed in, exit code out. */
function program(name: string, extent: readonly string[], maxSeeds: number, aim: Level['aim']): Level {
  const script = `server/resilience/${name}/main.ts`;
  const run = (options: RunOptions) =>
    runChild(options, name, script, (folder) => {
      const json = join(folder, 'report.json');
      const verdict = (code: number | null): Pick<LevelRun, 'outcome' | 'detail'> | null => {
        if (code === EXIT.held) return { outcome: 'held', detail: '' };
        if (code !== EXIT.violated) return null;
        const [first] = existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')).violations : [];
        return { outcome: 'violated', detail: first ? `${first.what}: ${firstLineOf(first.detail)}` : '' };
      };
      return { args: ['--seed', String(options.seed), '--json', json, ...extent, ...options.aim], verdict };
    });
  return { name, maxSeeds, aim, run };
}

function runTests(options: RunOptions): Promise<LevelRun> {
  return runChild(options, 'tests', 'node_modules/vitest/vitest.mjs', (folder) => {
    const json = join(folder, 'vitest.json');
    const args = ['run', '--config', TEST_CONFIG, '--bail', '1', '--reporter=json', `--outputFile=${json}`];
    const verdict = (code: number | null): Pick<LevelRun, 'outcome' | 'detail'> | null => {
      if (!existsSync(json)) return null;
      const report = JSON.parse(readFileSync(json, 'utf8'));
      const tests: { status: string; fullName: string }[] = report.testResults.flatMap(
        (file: { assertionResults: object[] }) => file.assertionResults,
      );
      const failed = tests.find((test) => test.status === 'failed');
      if (failed) return { outcome: 'violated', detail: failed.fullName };
      return code === 0 && tests.length > 0 ? { outcome: 'held', detail: '' } : null;
    };
    return { args: [...args, ...options.aim], verdict };
  });
}

/** What to give the child, and how to read its exit code; null when it gave no verdict. */
type Reader = (folder: string) => {
  readonly args: readonly string[];
  readonly verdict: (code: number | null) => Pick<LevelRun, 'outcome' | 'detail'> | null;
};

async function runChild(
  { bug, timeoutMs }: RunOptions,
  name: string,
  script: string,
  reader: Reader,
): Promise<LevelRun> {
  const folder = mkdtempSync(join(tmpdir(), 'planted-'));
  const trace = join(folder, 'trace');
  const { args, verdict } = reader(folder);
  const startedAt = performance.now();
  try {
    const child = await startProcess({ name, script, args, env: environment(bug, trace) });
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      void child.stop(0);
    }, timeoutMs);
    const { code } = await child.ended;
    clearTimeout(timer);
    const read = timedOut ? { outcome: 'timed out' as const, detail: '' } : verdict(code);
    const { outcome, detail } = read ?? { outcome: 'broken' as const, detail: child.output().slice(-500) };
    const seconds = (performance.now() - startedAt) / 1_000;
    return { outcome, detail: detail.split('\n').join(' '), seconds, reached: !bug || existsSync(trace) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A database of its own for each run: one that a former bug spoilt must not be cloned. */
function environment(bug: PlantedBug | undefined, trace: string): Record<string, string | undefined> {
  const plain = { TEST_POSTGRES_URL: undefined, VITEST: undefined, VITEST_POOL_ID: undefined, NODE_ENV: undefined };
  if (!bug) return plain;
  const options = [process.env.NODE_OPTIONS, `--import=${PRELOAD}`];
  return { ...plain, PLANTED_BUG: bug.id, PLANTED_BUG_TRACE: trace, NODE_OPTIONS: options.filter(Boolean).join(' ') };
}

/** Of an error, what it says without where it was thrown. */
function firstLineOf(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
