import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { printTable } from '../../bench/kit/table.ts';
import { commitOf, EXIT } from '../kit/report.ts';
import type { PlantedBug } from './bug.ts';
import { bugById, PLANTED_BUGS } from './bugs/index.ts';
import { type Found, hunt } from './hunt.ts';
import { LEVELS, type Level } from './levels.ts';

const USAGE = `npm run planted-bugs -- [--bug ID]… [--level ${LEVELS.map((level) => level.name).join('|')}]… [--seeds 20] [--every-level] [--json FILE]`;
/** Bugs hunted at once: the machine has to keep the healthy timing. */
const AT_ONCE = 2;
/** For the first healthy run, whose length is not known yet. */
const HEALTHY_TIMEOUT_MS = 20 * 60_000;

/**
 * Proves that the checks can fail: plants each bug and runs the levels, cheapest first, until one catches it. Before that each
 * level has to pass without a bug: a check that fails on healthy code proves nothing.
 */
const options = readOptions();
const startedAt = performance.now();
const say = (text: string) => console.error(`› ${text}`);

const healthy = new Map<Level, number>();
for (const level of options.levels) healthy.set(level, await runHealthy(level));
const found: Found[] = [];
const waiting = [...options.bugs];
await Promise.all(Array.from({ length: AT_ONCE }, work));

const missed = options.bugs.filter(({ id }) => !found.some((one) => one.bug === id && isCaught(one)));
if (options.json) {
  const seconds = (performance.now() - startedAt) / 1_000;
  writeFileSync(
    options.json,
    `${JSON.stringify({ found, missed: missed.map(({ id }) => id), seconds, commit: commitOf() }, null, 2)}\n`,
  );
}
printTable(
  ['bug', ...options.levels.map((level) => level.name)],
  options.bugs.map(({ id }) => [
    id,
    ...options.levels.map((level) => cell(found.find((one) => one.bug === id && one.level === level.name))),
  ]),
);
console.log('\nA number is how many seeds it took. Empty: the level does not concern it, or it was caught before.');
console.log(
  `${options.bugs.length - missed.length} of ${options.bugs.length} bugs were caught, in ${Math.round((performance.now() - startedAt) / 1_000)} s.`,
);
for (const { id, what } of missed) console.log(`MISSED ${id}: ${what}`);
process.exit(missed.length === 0 ? EXIT.held : EXIT.violated);

async function work(): Promise<void> {
  for (let bug = waiting.shift(); bug; bug = waiting.shift()) {
    for (const level of options.levels) {
      if (!level.concerns(bug)) continue;
      const one = await hunt(bug, level, { seeds: options.seeds, healthySeconds: healthy.get(level) ?? 0 });
      found.push(one);
      say(
        `${bug.id} × ${level.name}: ${one.verdict}, seeds ${one.seeds}, ${one.seconds.toFixed(0)} s ${one.detail.slice(0, 160)}`,
      );
      if (isCaught(one) && !options.everyLevel) break;
    }
  }
}

/** How long the level takes on healthy code; the program ends when it does not pass. */
async function runHealthy(level: Level): Promise<number> {
  const tests = [...new Set(options.bugs.flatMap((bug) => bug.tests))];
  const run = await level.run({ seed: 1, tests, timeoutMs: HEALTHY_TIMEOUT_MS });
  say(`${level.name} without a bug: ${run.outcome}, ${run.seconds.toFixed(0)} s`);
  if (run.outcome === 'held') return run.seconds;
  console.error(`${level.name} does not pass without a bug: ${run.detail}`);
  process.exit(EXIT.harnessFailed);
}

function isCaught({ verdict }: Found): boolean {
  return verdict === 'caught' || verdict === 'caught by time-out';
}

function cell(one: Found | undefined): string {
  if (!one) return '';
  if (one.verdict === 'caught') return String(one.seeds);
  if (one.verdict === 'caught by time-out') return `${one.seeds} (time-out)`;
  return one.verdict === 'not reached' ? '–' : one.verdict;
}

function readOptions(): {
  bugs: readonly PlantedBug[];
  levels: readonly Level[];
  seeds: number;
  everyLevel: boolean;
  json?: string;
} {
  try {
    const { values } = parseArgs({
      options: {
        bug: { type: 'string', multiple: true },
        level: { type: 'string', multiple: true },
        seeds: { type: 'string', default: '20' },
        'every-level': { type: 'boolean', default: false },
        json: { type: 'string' },
      },
    });
    const levels = LEVELS.filter((level) => values.level?.includes(level.name) ?? true);
    const seeds = Number(values.seeds);
    if (levels.length < (values.level?.length ?? 1) || !Number.isSafeInteger(seeds) || seeds < 1)
      throw new Error('no such level');
    return {
      bugs: values.bug?.map(bugById) ?? PLANTED_BUGS,
      levels,
      seeds,
      everyLevel: values['every-level'],
      json: values.json,
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\nUsage: ${USAGE}`);
    process.exit(EXIT.harnessFailed);
  }
}
