import type { Goal } from '../kit/goals.ts';
import { show } from '../kit/numbers.ts';
import type { KillResult } from './kills.ts';
import type { Door } from './options.ts';
import type { Memory } from './run-load.ts';

export interface HttpResults {
  /** Median payments per second. */
  readonly rates: Partial<Record<Door, number>>;
  /** Highest of each process over all loads. */
  readonly memory: ReadonlyMap<string, Memory>;
  readonly soak: { readonly seconds: number; readonly memory: ReadonlyMap<string, Memory> } | null;
  readonly kills: KillResult | null;
}

const MEBIBYTE = 2 ** 20;
const MEMORY_LIMIT = 300 * MEBIBYTE;
const SOAK_SECONDS = 600;
/** Growth within a soak that is noise of the collector. */
const FLAT = 1.1;
const KILLS = 20;

/** The goals of docs/performance.md that whole payments over HTTP decide. */
export function httpGoals({ rates, memory, soak, kills }: HttpResults): Goal[] {
  const { api, bulk, next, naive } = rates;
  const times = api !== undefined && naive !== undefined ? api / naive : undefined;
  return [
    atLeast('high-rate door, single requests: ≥ 1,000 payments/s', api, 1_000, '/s'),
    atLeast('high-rate door, in bulk: ≥ 3,000 payments/s', bulk, 3_000, '/s'),
    atLeast('≥ 10 × the same flow in naive Prisma', times, 10, ' ×'),
    atLeast('through Next: ≥ 300 payments/s', next, 300, '/s'),
    {
      id: 'G7',
      goal: 'each process ≤ 300 MB',
      measured: [...memory].map(([name, { highestBytes }]) => `${name} ${show(highestBytes / MEBIBYTE)}`).join(', '),
      met: [...memory.values()].every(({ highestBytes }) => highestBytes <= MEMORY_LIMIT),
    },
    {
      id: 'G7',
      goal: 'memory flat over 10 minutes',
      measured: soak
        ? `${soak.seconds} s: ${[...soak.memory].map(([name, { growth }]) => `${name} × ${show(growth)}`).join(', ')}`
        : '–',
      met:
        soak && soak.seconds >= SOAK_SECONDS ? [...soak.memory.values()].every(({ growth }) => growth <= FLAT) : null,
    },
    {
      id: 'G9',
      goal: `${KILLS} × kill -9 under load: every acknowledged payment is there, the books add up`,
      measured: kills ? `${kills.kills} kills, ${kills.acknowledged} acknowledged, ${kills.lost} lost` : '–',
      met: kills && (kills.lost > 0 ? false : kills.kills >= KILLS || null),
    },
  ];
}

function atLeast(goal: string, value: number | undefined, least: number, unit: string): Goal {
  const measured = value === undefined ? '–' : `${show(value)}${unit}`;
  return { id: 'G6', goal, measured, met: value === undefined ? null : value >= least };
}
