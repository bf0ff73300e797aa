import type { PlantedBug } from './bug.ts';
import type { Level, LevelRun } from './levels.ts';

/** What became of one bug at one level. */
export interface Found {
  readonly bug: string;
  readonly level: string;
  /** `not reached`: the level loads no file with the bug. `broken`: its harness gave no verdict, which proves nothing. */
  readonly verdict: 'caught' | 'caught by time-out' | 'missed' | 'not reached' | 'broken';
  /** Seeds that were tried; the last one caught it, if any did. */
  readonly seeds: number;
  readonly seconds: number;
  readonly detail: string;
}

/** Whether the level saw the bug. */
export function isCaught({ verdict }: Pick<Found, 'verdict'>): boolean {
  return verdict === 'caught' || verdict === 'caught by time-out';
}

export interface HuntOptions {
  readonly seeds: number;
  readonly aim: readonly string[];
  /** How long the level takes without a bug. */
  readonly healthySeconds: number;
}

/** A hang counts as caught only when the healthy run is far quicker. */
const TIMES_HEALTHY = 5;
const SHORTEST_TIMEOUT_MS = 60_000;

export function timeoutMs(healthySeconds: number): number {
  return Math.max(SHORTEST_TIMEOUT_MS, healthySeconds * 1_000 * TIMES_HEALTHY);
}

/** Runs a level with a bug planted, seed after seed, until it is caught. */
export async function hunt(bug: PlantedBug, level: Level, options: HuntOptions): Promise<Found> {
  const { aim, healthySeconds } = options;
  const most = Math.min(options.seeds, level.maxSeeds);
  const how = { bug, aim, timeoutMs: timeoutMs(healthySeconds) };
  let seconds = 0;
  for (let seed = 1; ; seed += 1) {
    const run = await level.run({ ...how, seed });
    seconds += run.seconds;
    const verdict = verdictOf(run);
    if (verdict !== 'missed' || seed >= most)
      return { bug: bug.id, level: level.name, verdict, seeds: seed, seconds, detail: run.detail };
  }
}

function verdictOf({ outcome, reached }: LevelRun): Found['verdict'] {
  if (!reached) return 'not reached';
  switch (outcome) {
    case 'violated':
      return 'caught';
    case 'timed out':
      return 'caught by time-out';
    case 'broken':
      return 'broken';
    case 'held':
      return 'missed';
  }
}
