import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { startCluster } from '../kit/cluster.ts';
import { addCounts, commitOf, type LevelReport, showSeed, type Violation } from '../kit/report.ts';
import { writeBundle } from './bundle.ts';
import { type ChaosOptions, commandFor } from './options.ts';
import { hashPlan, planRun } from './plan.ts';
import { type RunOptions, type RunResult, runOnce } from './run-once.ts';
import { shrink } from './shrink.ts';
import { buildDoor } from './web-door.ts';

/** Bundles of failed runs. */
const BUNDLES = resolve('var', 'chaos');

/** Runs with as many seeds as asked for, on one PostgreSQL that the runs kill and start again. Throws when the harness itself fails. */
export async function runChaos(
  options: ChaosOptions,
  say: (text: string) => void = () => undefined,
): Promise<LevelReport> {
  const started = performance.now();
  const report = {
    faults: {} as Record<string, number>,
    sometimes: {} as Record<string, number>,
    violations: [] as Violation[],
  };
  let [operations, kills] = [0, 0];
  const webBuild = await buildDoor(options, say);
  const cluster = await startCluster();
  try {
    for (let run = 0; run < options.runs; run += 1) {
      const seed = options.seed + BigInt(run);
      const result = await runSeed({ cluster, webBuild, say }, seed, options);
      operations += result.calls;
      kills += result.tally.kills;
      addCounts(report.faults, result.tally.faults);
      addCounts(report.sometimes, result.sometimes);
      report.violations.push(
        ...result.violations.map(({ what, detail }) => ({ what, detail: `seed ${seed}: ${detail}` })),
      );
      if (result.violations.length > 0 && options.shrink)
        await shrink(seed, options, (smaller) => runSeed({ cluster, webBuild, say }, seed, smaller), say);
    }
  } finally {
    await cluster.stop();
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  return {
    level: 'chaos',
    seed: showSeed(options.seed),
    runs: options.runs,
    operations,
    kills,
    ...report,
    seconds,
    commit: commitOf(),
  };
}

/** One run; its folder stays when it failed. */
async function runSeed(
  { cluster, webBuild, say }: Pick<RunOptions, 'cluster' | 'webBuild' | 'say'>,
  seed: bigint,
  options: ChaosOptions,
): Promise<RunResult> {
  const plan = planRun({ ...options, seed });
  const folder = join(BUNDLES, `seed-${seed}-${process.pid}-${Date.now()}`);
  mkdirSync(folder, { recursive: true });
  const families = [...new Set(plan.nemeses.map((nemesis) => nemesis.family))];
  say(
    `seed ${seed}, plan ${hashPlan(plan)}: ${plan.operations.length} operations of ${plan.clients} callers; ${families.join(' ')}`,
  );
  const result = await runOnce({ plan, cluster, folder, webBuild, say });
  if (result.violations.length === 0) {
    await rm(folder, { recursive: true, force: true });
    return result;
  }
  writeBundle(folder, result, commandFor(seed, options));
  say(`${result.violations.length} violations; everything about this run is in ${folder}`);
  return result;
}
