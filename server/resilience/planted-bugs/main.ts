import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { printTable } from '../../bench/kit/table.ts';
import { commitOf, EXIT } from '../kit/report.ts';
import type { PlantedBug } from './bug.ts';
import { bugById, PLANTED_BUGS } from './bugs/index.ts';
import { type Found, hunt, isCaught } from './hunt.ts';
import { LEVELS, type Level } from './levels.ts';
import { type HuntReport, missedIn, pageOf, renew, tableOf } from './report.ts';

const USAGE = `npm run planted-bugs -- [--bug ID]… [--level ${LEVELS.map((level) => level.name).join('|')}]… [--seeds 20] [--every-level] [--json FILE] [--markdown FILE]`;
/** Bugs hunted at once: the machine has to keep the healthy timing. */
const AT_ONCE = 2;
/** For the first healthy run, whose length is not known yet. */
const HEALTHY_TIMEOUT_MS = 20 * 60_000;

/**
 * Proves that the checks can fail: plants each bug and runs the levels, cheapest first, until one catches it. Before a level is used,
 * what it is aimed at has to pass without a bug: a check that fails on healthy code proves nothing.
 */
const options = readOptions();
const startedAt = performance.now();
const commit = commitOf();
const say = (text: string) => console.error(`› ${text}`);

const healthy = new Map<string, Promise<number>>();
const found: Found[] = [];
const waiting = [...options.bugs];
await Promise.all(Array.from({ length: AT_ONCE }, work));

const report: HuntReport = {
  levels: options.levels.map((level) => level.name),
  bugs: options.bugs.map(({ id, what }) => ({
    id,
    what,
    found: found.filter((one) => one.bug === id).map(({ bug: _, ...one }) => ({ ...one, commit })),
  })),
};
write(report);
const { head, rows } = tableOf(report);
printTable(head, rows);
console.log('\nA number is how many seeds it took. Empty: the level is not aimed at it, or it was caught before.');
const missed = missedIn(report);
console.log(
  `${options.bugs.length - missed.length} of ${options.bugs.length} bugs were caught, in ${Math.round((performance.now() - startedAt) / 1_000)} s.`,
);
for (const { id, what } of missed) console.log(`MISSED ${id}: ${what}`);
process.exit(missed.length === 0 ? EXIT.held : EXIT.violated);

async function work(): Promise<void> {
  for (let bug = waiting.shift(); bug; bug = waiting.shift()) {
    for (const level of options.levels) {
      const aim = level.aim(bug);
      if (!aim) continue;
      const one = await hunt(bug, level, {
        seeds: options.seeds,
        aim,
        healthySeconds: await healthySeconds(level, aim),
      });
      found.push(one);
      say(
        `${bug.id} × ${level.name}: ${one.verdict}, seeds ${one.seeds}, ${one.seconds.toFixed(0)} s ${one.detail.slice(0, 160)}`,
      );
      if (isCaught(one) && !options.everyLevel) break;
    }
  }
}

/** How long the level takes on healthy code; asked once for each aim, and for all test files together. */
function healthySeconds(level: Level, aim: readonly string[]): Promise<number> {
  const all = level.name === 'tests' ? [...new Set(options.bugs.flatMap((bug) => bug.tests))] : aim;
  const key = [level.name, ...all].join(' ');
  const known = healthy.get(key) ?? runHealthy(level, all);
  healthy.set(key, known);
  return known;
}

/** The program ends when the level does not pass. */
async function runHealthy(level: Level, aim: readonly string[]): Promise<number> {
  const run = await level.run({ seed: 1, aim, timeoutMs: HEALTHY_TIMEOUT_MS });
  say(`${level.name} ${aim.join(' ').slice(0, 80)} without a bug: ${run.outcome}, ${run.seconds.toFixed(0)} s`);
  if (run.outcome === 'held') return run.seconds;
  console.error(`${level.name} does not pass without a bug: ${run.detail}`);
  process.exit(EXIT.harnessFailed);
}

/** A report of some bugs renews what the file says of them; the page is made of the whole. */
function write(now: HuntReport): void {
  const { json, markdown } = options;
  const order = PLANTED_BUGS.map(({ id }) => id);
  const isThere = json !== undefined && existsSync(json);
  const whole = isThere ? renew(JSON.parse(readFileSync(json, 'utf8')), now, order) : now;
  if (json) writeFileSync(json, `${JSON.stringify(whole, null, 2)}\n`);
  if (markdown) writeFileSync(markdown, pageOf(whole));
}

function readOptions(): {
  bugs: readonly PlantedBug[];
  levels: readonly Level[];
  seeds: number;
  everyLevel: boolean;
  json?: string;
  markdown?: string;
} {
  try {
    const { values } = parseArgs({
      options: {
        bug: { type: 'string', multiple: true },
        level: { type: 'string', multiple: true },
        seeds: { type: 'string', default: '20' },
        'every-level': { type: 'boolean', default: false },
        json: { type: 'string' },
        markdown: { type: 'string' },
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
      markdown: values.markdown,
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\nUsage: ${USAGE}`);
    process.exit(EXIT.harnessFailed);
  }
}
