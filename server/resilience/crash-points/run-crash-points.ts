import { findProblems } from '#testing';
import { createRandom, type Random } from '../kit/random.ts';
import { commitOf, type LevelReport, showSeed, type Violation } from '../kit/report.ts';
import type { Flow } from './flow.ts';
import { playWithDeath, type Rehearsal, rehearse } from './play-flow.ts';
import type { Theatre } from './theatre.ts';

/** Checkpoints of a recovery among which the second death is drawn; a recovery that is shorter is not disturbed. */
const RECOVERY_POINTS = 8;
/** Share of the points at which the recovering process dies as well. */
const DOUBLE_DEATHS = 0.15;

export interface CrashPointsOptions {
  readonly seed: bigint;
  readonly flows: readonly Flow[];
  /** Share of the points that are played, chosen by the seed; all of them by default. */
  readonly share?: number;
  readonly say?: (line: string) => void;
}

/** What became of one flow: how many checkpoints it has, at how many a process died, and how many of those ended well. */
export interface FlowResult {
  readonly flow: string;
  readonly points: number;
  readonly played: number;
  readonly passed: number;
  readonly violations: readonly Violation[];
}

/** Kills a process at each checkpoint of each flow, one after the other, and compares every end with the undisturbed one. */
export async function runCrashPoints(
  theatre: Theatre,
  { seed, flows, share = 1, say = () => {} }: CrashPointsOptions,
): Promise<LevelReport & { readonly flows: readonly FlowResult[] }> {
  const started = performance.now();
  const killedBefore = theatre.actors.kills;
  const results: FlowResult[] = [];
  for (const flow of flows) {
    const result = await playFlow(theatre, flow, seed, share);
    results.push(result);
    say(`${flow.name.padEnd(28)} ${result.points} points, ${result.played} played, ${result.passed} passed`);
  }
  const violations = results.flatMap((result) => result.violations);
  return {
    level: 'crash-points',
    seed: showSeed(seed),
    runs: 1,
    operations: results.reduce((sum, { played }) => sum + played, 0),
    kills: theatre.actors.kills - killedBefore,
    faults: {},
    sometimes: Object.fromEntries(results.map(({ flow, played }) => [`died in ${flow}`, played])),
    violations,
    seconds: Math.round((performance.now() - started) / 1_000),
    commit: commitOf(),
    flows: results,
  };
}

async function playFlow(theatre: Theatre, flow: Flow, seed: bigint, share: number): Promise<FlowResult> {
  const random = createRandom(seed, flow.name);
  const violations: Violation[] = [];
  const violate = (detail: string) => violations.push({ what: flow.name, detail });
  const rehearsal = await rehearse(theatre, flow).catch((error: Error) => violate(`undisturbed: ${error.message}`));
  if (typeof rehearsal !== 'object') return { flow: flow.name, points: 0, played: 0, passed: 0, violations };
  if (rehearsal.points.length === 0) violate('has no checkpoint');
  const chosen = choose(rehearsal.points, share, random);
  let passed = 0;
  for (const { at, point } of chosen) {
    const recoveryAt = random.chance(DOUBLE_DEATHS) ? random.between(1, RECOVERY_POINTS) : undefined;
    const different = await differencesOf(theatre, flow, rehearsal, { at, recoveryAt });
    if (different.length === 0) passed += 1;
    const where = `died at ${at} (${point})${recoveryAt ? `, recovery at ${recoveryAt}` : ''}`;
    for (const line of different) violate(`${where}: ${line}`);
  }
  for (const problem of await findProblems(theatre.system, theatre.system.owner)) violate(problem);
  return { flow: flow.name, points: rehearsal.points.length, played: chosen.length, passed, violations };
}

/** A share of the checkpoints, rounded up, drawn from the seed; `at` counts from 1. */
function choose(points: readonly string[], share: number, random: Random): { at: number; point: string }[] {
  return points
    .map((point, index) => ({ at: index + 1, point, place: random.share() }))
    .sort((one, other) => one.place - other.place)
    .slice(0, Math.ceil(points.length * share))
    .sort((one, other) => one.at - other.at);
}

/** An error on the way is a difference like any other: nothing may be thrown. */
async function differencesOf(
  theatre: Theatre,
  flow: Flow,
  rehearsal: Rehearsal,
  deaths: { at: number; recoveryAt?: number | undefined },
): Promise<string[]> {
  try {
    return await playWithDeath(theatre, flow, rehearsal, deaths);
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}
