import type { Goal } from '../kit/goals.ts';
import { show } from '../kit/numbers.ts';
import { type Contenders, DISTANCE_MS } from './contenders.ts';
import type { Growth } from './growth.ts';
import type { Reads } from './reads.ts';
import type { Figures, Scenario } from './rounds.ts';

export interface PostingResults {
  readonly contenders: Contenders;
  readonly figures: ReadonlyMap<Scenario, Figures>;
  /** Bytes per two-leg transaction, indexes included. */
  readonly bytes: number;
  readonly growth: Growth;
  readonly reads: Reads;
  readonly entries: number;
}

/** Entries that the goal about growth speaks of. */
const GOAL_ENTRIES = 10_000_000;

/** The goals of docs/performance.md that posting alone decides, as ratios within this run. */
export function postingGoals(results: PostingResults): Goal[] {
  const { contenders, bytes } = results;
  const of = (scenario: Scenario) => results.figures.get(scenario) as Figures;
  const { ours, pg, prisma, raw, far } = contenders;
  const ratio = (a: Scenario, b: Scenario) => of(a).perSecond / of(b).perSecond;
  const spread = [ratio(ours.spread512, prisma.spread), ratio(ours.spread512, pg.spread)] as const;
  const hot = [ratio(ours.hot512, prisma.hot), ratio(ours.hot512, pg.hot)] as const;
  const hotToSpread = ratio(ours.hot512, ours.spread512);
  const [p50, p99] = [of(ours.spread1).p50Ms, of(ours.spread64).p99Ms];
  const distant = ratio(far.ours, far.pg);
  return [
    {
      id: 'G1',
      goal: 'spread accounts: ≥ 30 × Prisma, ≥ 8 × pg',
      measured: `${show(spread[0])} × Prisma, ${show(spread[1])} × pg`,
      met: spread[0] >= 30 && spread[1] >= 8,
    },
    {
      id: 'G2',
      goal: 'one hot account: ≥ 100 × Prisma, ≥ 25 × pg; hot ≥ spread',
      measured: `${show(hot[0])} × Prisma, ${show(hot[1])} × pg; hot is ${show(hotToSpread)} × spread`,
      met: hot[0] >= 100 && hot[1] >= 25 && hotToSpread >= 1,
    },
    cpuGoal([of(ours.spread512), of(raw.spread)], [of(ours.hot512), of(raw.hot)]),
    ...growthGoals(results),
    {
      id: 'G5',
      goal: 'one caller p50 ≤ 1.5 ms; 64 callers p99 ≤ 15 ms',
      measured: `${show(p50)} ms; ${show(p99)} ms`,
      met: p50 <= 1.5 && p99 <= 15,
    },
    {
      id: 'G8',
      goal: '≤ 450 bytes per two-leg transaction with indexes',
      measured: `${show(bytes)} bytes`,
      met: bytes <= 450,
    },
    {
      id: 'G10',
      goal: `${DISTANCE_MS} ms between application and Postgres, one hot account: ≥ 200 × naive`,
      measured: `${show(distant)} × pg`,
      met: distant >= 200,
    },
  ];
}

function cpuGoal(...pairs: readonly (readonly [ours: Figures, raw: Figures])[]): Goal {
  const [spread = null, hot = null] = pairs.map(([ours, raw]) =>
    ours.postgresCpuMicros === null || raw.postgresCpuMicros === null
      ? null
      : ours.postgresCpuMicros / raw.postgresCpuMicros,
  );
  return {
    id: 'G3',
    goal: 'Postgres CPU ≤ 2 × the raw insert of the same rows',
    measured: `${show(spread)} × spread, ${show(hot)} × one hot`,
    met: spread === null || hot === null ? null : Math.max(spread, hot) <= 2,
  };
}

function growthGoals({ growth, reads, entries }: PostingResults): Goal[] {
  const kept = growth.large.perSecond / growth.small.perSecond;
  const isFullSize = entries >= GOAL_ENTRIES;
  const size = `10^${Math.log10(entries).toFixed(entries % 10 === 0 ? 0 : 1)}`;
  return [
    {
      id: 'G4',
      goal: '10^7 entries: rate ≥ 0.8 × that at 10^4',
      measured: `${show(kept)} × at ${size} entries`,
      // Smaller books than the goal's can only show that it is missed.
      met: kept < 0.8 ? false : isFullSize || null,
    },
    {
      id: 'G4',
      goal: 'balance ≤ 1 ms, statement of 50 lines ≤ 5 ms, trial balance ≤ 3 s',
      measured: `${show(reads.balanceMs)} ms, ${show(reads.statementMs)} ms, ${show(reads.trialBalanceMs)} ms at ${size} entries`,
      met: reads.balanceMs <= 1 && reads.statementMs <= 5 && reads.trialBalanceMs <= 3000,
    },
  ];
}
