import { join } from 'node:path';
import type { Cluster } from '../kit/cluster.ts';
import { createRandom } from '../kit/random.ts';
import type { Violation } from '../kit/report.ts';
import { startTopology } from '../kit/topology.ts';
import { judge } from './checkers/index.ts';
import { collect } from './collect.ts';
import { converge } from './converge.ts';
import type { Evidence } from './evidence.ts';
import { comeBack, finalReads, payEverywhere } from './final-reads.ts';
import { History } from './history.ts';
import { healAll, runNemeses, type Tally } from './nemesis.ts';
import type { Plan } from './plan.ts';
import { Progress } from './progress.ts';
import { letHoursPass } from './provider-time.ts';
import { letAllArrive, letAllSettle, openSellers, payAllOut } from './settle-all.ts';
import { countSometimes } from './sometimes.ts';
import { watchSystem } from './watch.ts';
import { runWorkload } from './workload.ts';
import { tellTheRestFailed } from './wrong-word.ts';

export interface RunOptions {
  readonly plan: Plan;
  readonly cluster: Cluster;
  /** Takes history and logs. */
  readonly folder: string;
  readonly webBuild?: string | undefined;
  readonly say: (text: string) => void;
}

export interface RunResult {
  readonly violations: readonly Violation[];
  readonly evidence: Evidence;
  readonly sometimes: Record<string, number>;
  readonly tally: Tally;
  readonly calls: number;
  readonly convergedMs: number;
}

/** One run: warm up, faults, heal, converge, read everything, judge. Of data the harness moves due times alone. */
export async function runOnce({ plan, cluster, folder, webBuild, say }: RunOptions): Promise<RunResult> {
  const random = createRandom(BigInt(plan.seed), 'run');
  const topology = await startTopology({ cluster, folder, random: random.fork('jitter').share, webBuild });
  const history = new History(join(folder, 'history.jsonl'));
  const tally: Tally = { kills: 0, faults: {}, struckWhile: {} };
  const after = { plan, topology, history, random: random.fork('after') };
  try {
    await openSellers(after);
    const progress = new Progress();
    const watch = watchSystem(topology, cluster);
    const nemeses = runNemeses(plan.nemeses, { cluster, topology, history, progress, tally });
    await runWorkload({ plan, topology, history, progress });
    progress.end();
    await nemeses;
    await healAll({ topology, cluster });
    await watch.stop();
    say(`${history.calls.length} calls, ${tally.kills} kills, ${total(tally.faults)} faults; all faults are over`);
    await payEverywhere(after, 'calm');
    await comeBack(after);
    await letHoursPass(topology);
    const { ms, left } = await converge(topology);
    say(`everything came to its end ${(ms / 1000).toFixed(1)} s after that`);
    const unsettled = [...left, ...(await settleAll(after, say))];
    await tellTheRestFailed(topology);
    await finalReads(after);
    const last = await converge(topology, { settled: true });
    const evidence = await collect(after, {
      broken: watch.broken,
      settled: true,
      unsettled: [...new Set([...unsettled, ...last.left])],
    });
    const sometimes = countSometimes(evidence, tally, watch.seen);
    return { violations: judge(evidence), evidence, sometimes, tally, calls: history.calls.length, convergedMs: ms };
  } finally {
    await history.close();
    await topology.stop();
  }
}

/** Days pass until all that was taken is settled, paid out and arrived; answers what never came to its end. */
async function settleAll(after: Parameters<typeof payAllOut>[0], say: RunOptions['say']): Promise<string[]> {
  await letAllSettle(after);
  await letHoursPass(after.topology);
  const settled = await converge(after.topology, { settled: true });
  await payAllOut(after);
  const sent = await converge(after.topology);
  await letAllArrive(after);
  await letHoursPass(after.topology);
  const arrived = await converge(after.topology, { settled: true });
  const seconds = [settled, sent, arrived].map(({ ms }) => `${(ms / 1000).toFixed(1)} s`);
  say(`days passed: settled after ${seconds[0]}, paid out after ${seconds[1]}, arrived after ${seconds[2]}`);
  return [settled, sent, arrived].flatMap(({ left }) => left);
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
