import { type LoopResult, runCallers } from '../kit/closed-loop.ts';
import { median } from '../kit/numbers.ts';
import type { Books } from './books.ts';
import { type Contender, type Load, nextTransfer } from './contender.ts';

/** One thing that is measured in every round. */
export interface Scenario {
  readonly contender: Contender;
  readonly books: Books;
  readonly load: Load;
  readonly callers: number;
  readonly note?: string;
}

/** Median over the rounds of each figure. */
export interface Figures extends LoopResult {
  readonly slowest: number;
  readonly fastest: number;
}

/** Keeps count of what each set of books acknowledged, so that they can be held against it. */
export class Tally {
  readonly #acknowledged = new Map<Books, number>();

  add(books: Books, count: number): void {
    this.#acknowledged.set(books, (this.#acknowledged.get(books) ?? 0) + count);
  }

  /** Adds all books up; throws when one is off or does not hold exactly what was acknowledged. */
  async check(): Promise<void> {
    for (const [books, count] of this.#acknowledged) await books.readd(count);
  }
}

export interface Measuring {
  readonly rounds: number;
  readonly seconds: number;
  readonly postgresPid: number;
  readonly tally: Tally;
  readonly say: (text: string) => void;
}

/** Measures all scenarios one after the other, several times over, each round starting with another one. */
export async function measureRounds(scenarios: readonly Scenario[], how: Measuring): Promise<Map<Scenario, Figures>> {
  const results = new Map<Scenario, LoopResult[]>(scenarios.map((scenario) => [scenario, []]));
  for (let round = 0; round < how.rounds; round += 1) {
    for (let place = 0; place < scenarios.length; place += 1) {
      const scenario = scenarios[(place + round) % scenarios.length] as Scenario;
      results.get(scenario)?.push(await measure(scenario, how));
    }
    const started = performance.now();
    await how.tally.check();
    how.say(`round ${round + 1} of ${how.rounds}: all books add up (${Math.round(performance.now() - started)} ms)`);
  }
  return new Map([...results].map(([scenario, all]) => [scenario, summarise(all)]));
}

/** Measures one scenario once; what was posted is tallied. */
export async function measure(
  { contender, books, load, callers }: Scenario,
  { seconds, postgresPid, tally }: Pick<Measuring, 'seconds' | 'postgresPid' | 'tally'>,
): Promise<LoopResult> {
  const work = () => contender.post(nextTransfer(load));
  const result = await runCallers({ callers, seconds, postgresPid, work });
  tally.add(books, result.done);
  return result;
}

export function summarise(all: readonly LoopResult[]): Figures {
  const of = (pick: (result: LoopResult) => number) => median(all.map(pick));
  const rates = all.map((result) => result.perSecond);
  const cpu = all.flatMap((result) => result.postgresCpuMicros ?? []);
  return {
    done: all.reduce((sum, result) => sum + result.done, 0),
    perSecond: median(rates),
    slowest: Math.min(...rates),
    fastest: Math.max(...rates),
    p50Ms: of((result) => result.p50Ms),
    p99Ms: of((result) => result.p99Ms),
    clientCpuMicros: of((result) => result.clientCpuMicros),
    postgresCpuMicros: cpu.length > 0 ? median(cpu) : null,
  };
}
