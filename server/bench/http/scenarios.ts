import type { Scenario } from './measure.ts';
import type { Figures } from './rounds.ts';
import type { BenchSystem, DoorKind } from './system.ts';

/** Callers with single requests; every door gets all of them and is judged by its best. */
const CALLERS = [32, 64, 256];
const BULKS = [
  { callers: 8, payments: 50 },
  { callers: 8, payments: 100 },
];
const NAMES: Record<DoorKind, string> = { api: 'npm run api', next: 'through Next', naive: 'naive Prisma' };

export function scenariosOf(systems: readonly BenchSystem[]): Scenario[] {
  return systems.flatMap((system) => {
    const name = NAMES[system.kind];
    const singles = CALLERS.map((callers) => ({ name, system, callers, payments: 1 }));
    const bulks = BULKS.map((bulk) => ({ name: `${name}, ${bulk.payments} a request`, system, ...bulk }));
    return system.kind === 'api' ? [...singles, ...bulks] : singles;
  });
}

/** The figures of a door with the callers it does best with; `bulk` is the high-rate door with many payments in a request. */
export function bestOf(figures: ReadonlyMap<Scenario, Figures>, door: DoorKind | 'bulk'): Figures | undefined {
  const [kind, isBulk] = door === 'bulk' ? (['api', true] as const) : ([door, false] as const);
  return [...figures]
    .filter(([{ system, payments }]) => system.kind === kind && payments > 1 === isBulk)
    .map(([, figure]) => figure)
    .toSorted((a, b) => b.perSecond - a.perSecond)[0];
}
