import type { Goal } from '../kit/goals.ts';
import { show } from '../kit/numbers.ts';
import type { KillResult } from './kills.ts';
import type { RoundsResult } from './rounds.ts';
import { bestOf } from './scenarios.ts';
import type { Group, Memory } from './watch.ts';

export interface HttpResults extends RoundsResult {
  readonly soak: { readonly seconds: number; readonly memory: ReadonlyMap<Group, Memory> } | null;
  readonly kills: KillResult | null;
}

const MEBIBYTE = 2 ** 20;
const MEMORY_LIMIT = 300 * MEBIBYTE;
const SOAK_SECONDS = 600;
/** Growth within a soak that is noise of the collector. */
const FLAT = 1.1;
/** Kills that the goal speaks of. */
const KILLS = 20;

/** The goals of docs/performance.md that whole payments over HTTP decide. */
export function httpGoals({ figures, memory, soak, kills }: HttpResults): Goal[] {
  const rate = (kind: Parameters<typeof bestOf>[1]) => bestOf(figures, kind)?.perSecond;
  const [single, bulk, next, naive] = [rate('api'), rate('bulk'), rate('next'), rate('naive')];
  return [
    atLeast('high-rate door, single requests: ≥ 1,000 payments/s', single, 1_000, '/s'),
    atLeast('high-rate door, in bulk: ≥ 3,000 payments/s', bulk, 3_000, '/s'),
    atLeast('≥ 10 × the same flow in naive Prisma, single requests', single && naive && single / naive, 10, ' ×'),
    atLeast('through Next: ≥ 300 payments/s', next, 300, '/s'),
    memoryGoal(memory),
    {
      id: 'G7',
      goal: 'memory flat over 10 minutes',
      measured: soak ? `${soak.seconds} s: ${growthOf(soak.memory)}` : '–',
      met:
        soak && soak.seconds >= SOAK_SECONDS ? [...soak.memory.values()].every(({ growth }) => growth <= FLAT) : null,
    },
    {
      id: 'G9',
      goal: `after kill -9 under load (${KILLS} ×) every acknowledged payment is there, the books add up`,
      measured: kills ? `${kills.kills} kills, ${show(kills.acknowledged)} acknowledged, ${kills.lost} lost` : '–',
      met: kills && kills.lost === 0,
    },
  ];
}

function atLeast(goal: string, value: number | undefined, least: number, unit: string): Goal {
  const measured = value === undefined ? '–' : `${show(value)}${unit}`;
  return { id: 'G6', goal, measured, met: value === undefined ? null : value >= least };
}

/** Of our own processes; the naive server and the generator are no part of the product. */
function memoryGoal(memory: HttpResults['memory']): Goal {
  const ours = [...memory].flatMap(([system, groups]) =>
    system.kind === 'naive'
      ? []
      : [...groups].flatMap(([group, { highestBytes }]) =>
          group === 'load' || group === 'postgres'
            ? []
            : [{ name: system.processes.get(group)?.name ?? group, bytes: highestBytes }],
        ),
  );
  const highest = new Map<string, number>();
  for (const { name, bytes } of ours) highest.set(name, Math.max(bytes, highest.get(name) ?? 0));
  return {
    id: 'G7',
    goal: 'each process ≤ 300 MB under that load',
    measured: [...highest].map(([name, bytes]) => `${name} ${Math.round(bytes / MEBIBYTE)}`).join(', '),
    met: highest.size === 0 ? null : [...highest.values()].every((bytes) => bytes <= MEMORY_LIMIT),
  };
}

function growthOf(memory: ReadonlyMap<Group, Memory>): string {
  return [...memory].map(([group, { growth }]) => `${group} × ${show(growth)}`).join(', ');
}
