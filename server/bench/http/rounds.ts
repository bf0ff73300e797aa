import { median } from '../kit/numbers.ts';
import { untilQuiet } from './books.ts';
import { type Measurement, measure, type Scenario } from './measure.ts';
import { startLoad } from './run-load.ts';
import type { Group, Memory } from './watch.ts';

/** Median over the rounds of each figure. */
export interface Figures extends Omit<Measurement, 'memory'> {
  readonly slowest: number;
  readonly fastest: number;
}

export interface RoundsResult {
  readonly figures: ReadonlyMap<Scenario, Figures>;
  /** Highest of each process of a system, over all its scenarios. */
  readonly memory: ReadonlyMap<Scenario['system'], ReadonlyMap<Group, Memory>>;
}

export interface Measuring {
  readonly rounds: number;
  readonly seconds: number;
  readonly postgresPid: number;
  readonly say: (text: string) => void;
}

/** Measures all scenarios one after the other, several times over, each round starting with another one. */
export async function measureRounds(scenarios: readonly Scenario[], how: Measuring): Promise<RoundsResult> {
  await warmUp(scenarios, how);
  how.say('warm');
  const results = new Map<Scenario, Measurement[]>(scenarios.map((scenario) => [scenario, []]));
  for (let round = 0; round < how.rounds; round += 1) {
    for (let place = 0; place < scenarios.length; place += 1) {
      const scenario = scenarios[(place + round) % scenarios.length] as Scenario;
      results.get(scenario)?.push(await measure(scenario, how));
    }
    how.say(`round ${round + 1} of ${how.rounds}`);
  }
  const memory = new Map<Scenario['system'], Map<Group, Memory>>();
  for (const [{ system }, all] of results) {
    for (const { memory: one } of all) memory.set(system, higher(memory.get(system) ?? new Map(), one));
  }
  return { figures: new Map([...results].map(([scenario, all]) => [scenario, summarise(all)])), memory };
}

/** The first payments of a process compile its code and open its connections: they are slow, and judged by nobody. */
async function warmUp(scenarios: readonly Scenario[], { seconds }: Measuring): Promise<void> {
  const doors = new Map(scenarios.map((scenario) => [`${scenario.system.kind} ${scenario.payments}`, scenario]));
  for (const { system, callers, payments } of doors.values()) {
    const load = await startLoad(system, { callers, payments, seconds });
    await load.report();
    await untilQuiet(system);
  }
}

function higher(all: Map<Group, Memory>, one: ReadonlyMap<Group, Memory>): Map<Group, Memory> {
  for (const [group, memory] of one) {
    if ((all.get(group)?.highestBytes ?? 0) < memory.highestBytes) all.set(group, memory);
  }
  return all;
}

function summarise(all: readonly Measurement[]): Figures {
  const of = (pick: (one: Measurement) => number) => median(all.map(pick));
  const rates = all.map((one) => one.perSecond);
  const groups = [...(all[0]?.cpuMs.keys() ?? [])];
  const cpu = (group: Group) => all.flatMap((one) => one.cpuMs.get(group) ?? []);
  return {
    payments: all.reduce((sum, one) => sum + one.payments, 0),
    perSecond: median(rates),
    sustainedPerSecond: of((one) => one.sustainedPerSecond),
    slowest: Math.min(...rates),
    fastest: Math.max(...rates),
    p50Ms: of((one) => one.p50Ms),
    p99Ms: of((one) => one.p99Ms),
    cpuMs: new Map(groups.map((group) => [group, cpu(group).length > 0 ? median(cpu(group)) : null])),
  };
}
