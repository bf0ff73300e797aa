import fc from 'fast-check';
import { commitOf, type LevelReport, type Violation } from '../kit/report.ts';
import { type Run, steps } from './commands.ts';
import { Core } from './core.ts';
import { Expected } from './expected.ts';
import { PROPERTIES } from './properties.ts';
import { openSellers } from './sellers.ts';

export interface ModelOptions {
  readonly seed: number;
  /** Sequences of steps; each property of the pure core gets as many cases. */
  readonly runs: number;
}

/** Longest sequence of steps. */
const MAX_STEPS = 40;

/**
 * L0: the pure core of the money, driven through random sequences of requests and news and held against the model after every
 * step; then the properties of what stands around it. The same seed gives the same sequences. A violation is already shrunk.
 */
export function runModel({ seed, runs }: ModelOptions): LevelReport {
  const startedAt = performance.now();
  const sometimes: Record<string, number> = {};
  let operations = 0;
  const count = (name: string) => {
    operations += name.includes(' ') ? 0 : 1;
    sometimes[name] = (sometimes[name] ?? 0) + 1;
  };
  const sequences = fc.property(fc.commands([...steps], { maxCommands: MAX_STEPS, size: 'max' }), (sequence) => {
    const core = newCore();
    fc.modelRun(() => ({ model: newRun(count), real: core }), sequence);
    for (const { from, to } of core.tables.transitions) count(`move ${from} ${to}`);
  });
  const violations = [
    ...violationsOf('money model', fc.check(sequences, { seed, numRuns: runs })),
    ...PROPERTIES.flatMap(({ what, check }) => violationsOf(what, check(seed, runs))),
  ];
  const seconds = (performance.now() - startedAt) / 1_000;
  return {
    level: 'model',
    seed,
    runs,
    operations,
    kills: 0,
    faults: {},
    sometimes,
    violations,
    seconds,
    commit: commitOf(),
  };
}

function newRun(count: Run['count']): Run {
  return { expected: new Expected(), intakes: [], batches: [], count };
}

function newCore(): Core {
  const core = new Core();
  openSellers(core.tables);
  return core;
}

/** The shortest case that breaks a property, on one line. */
function violationsOf<Case>(what: string, found: fc.RunDetails<Case>): Violation[] {
  if (!found.failed) return [];
  const reason = found.errorInstance instanceof Error ? found.errorInstance.message : 'it is false';
  const example = fc.stringify(found.counterexample).replaceAll(/\s+/g, ' ');
  return [{ what, detail: `${reason.split('\n', 1)[0]} in ${example}` }];
}
