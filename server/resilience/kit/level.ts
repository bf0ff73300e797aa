import { availableParallelism } from 'node:os';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { startTestPostgres } from '#testing';
import { parseSeed } from './random.ts';
import { EXIT, type LevelReport, mergeReports, printViolations, writeReport } from './report.ts';
import { isWorker, playSideBySide, serveTasks } from './side-by-side.ts';

/** What every level is told on its command line. */
export interface LevelArguments {
  readonly seed: bigint;
  /** `--runs`, whatever the level counts in runs. */
  readonly runs: number | undefined;
  /** The options of the level's own, as they were written. */
  readonly own: Readonly<Record<string, string | undefined>>;
}

/** A level of tests as a program: tasks that are played in any order, side by side, each worker in a place of its own. */
export interface LevelProgram<Place extends { stop(): Promise<void> }, Report extends LevelReport> {
  readonly usage: string;
  readonly options: readonly string[];
  /** Throws when the arguments would make a run prove nothing. The longest first. */
  readonly tasks: (given: LevelArguments) => readonly string[];
  /** A database, a provider and whatever else belongs to a place. */
  readonly open: (given: LevelArguments) => Promise<Place>;
  readonly play: (place: Place, task: string, given: LevelArguments) => Promise<Report>;
  /** What the last line says was done. */
  readonly tell: (report: Report) => string;
}

/** Runs the program to its exit code: 0 held, 1 violated, 2 the harness failed. */
export async function runLevel<Place extends { stop(): Promise<void> }, Report extends LevelReport>(
  program: LevelProgram<Place, Report>,
): Promise<never> {
  const run = isWorker() ? work(program) : direct(program);
  const exitCode = await run.catch((error: Error) => {
    console.error(error.stack ?? error.message);
    console.error(`Usage: ${program.usage}`);
    return EXIT.harnessFailed;
  });
  process.exit(exitCode);
}

async function direct<Place extends { stop(): Promise<void> }, Report extends LevelReport>(
  program: LevelProgram<Place, Report>,
): Promise<number> {
  const { given, json, workers } = readArguments(program.options);
  const tasks = program.tasks(given);
  const started = performance.now();
  const server = process.env.TEST_POSTGRES_URL ? undefined : await startTestPostgres();
  if (server) process.env.TEST_POSTGRES_URL = server.url;
  try {
    const played = mergeReports(await playSideBySide<Report>(tasks, workers));
    const report = { ...played, seconds: Math.round((performance.now() - started) / 1_000) };
    printViolations(report.violations);
    console.log(
      `${report.level}: seed ${report.seed}, ${program.tell(report)}, ${report.violations.length} violations, ${report.seconds} s`,
    );
    if (json) writeReport(json, report);
    return report.violations.length === 0 ? EXIT.held : EXIT.violated;
  } finally {
    await server?.stop();
  }
}

async function work<Place extends { stop(): Promise<void> }, Report extends LevelReport>(
  program: LevelProgram<Place, Report>,
): Promise<number> {
  const { given } = readArguments(program.options);
  const opening = program.open(given);
  await serveTasks(async (task) => program.play(await opening, task, given));
  await (await opening).stop();
  return EXIT.held;
}

function readArguments(own: readonly string[]): { given: LevelArguments; json: string | undefined; workers: number } {
  const names = ['seed', 'runs', 'workers', 'json', ...own];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' }])) as ParseArgsOptionsConfig;
  const values = parseArgs({ options }).values as Record<string, string | undefined>;
  const given = { seed: parseSeed(values.seed ?? '1'), runs: count('runs', values.runs), own: values };
  return { given, json: values.json, workers: count('workers', values.workers) ?? availableParallelism() };
}

function count(name: string, text: string | undefined): number | undefined {
  const number = text === undefined ? undefined : Number(text);
  if (number !== undefined && !(Number.isInteger(number) && number > 0))
    throw new Error(`--${name} is a whole number of at least 1: ${text}`);
  return number;
}
