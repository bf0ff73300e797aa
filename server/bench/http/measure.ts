import { untilQuiet } from './books.ts';
import { type LoadShape, startLoad } from './run-load.ts';
import type { BenchSystem } from './system.ts';
import { cpuSeconds, type Group, type Memory, watchMemory } from './watch.ts';

/** One way to pay, with one number of callers. */
export interface Scenario {
  readonly name: string;
  readonly system: BenchSystem;
  readonly callers: number;
  /** Payments in one request. */
  readonly payments: number;
}

export interface Measurement {
  readonly payments: number;
  /** While requests came in. */
  readonly perSecond: number;
  /** Until the last webhook of these payments was handled, too. */
  readonly sustainedPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor milliseconds per payment until the last webhook was handled; null where they cannot be read. */
  readonly cpuMs: ReadonlyMap<Group, number | null>;
  readonly memory: ReadonlyMap<Group, Memory>;
}

/** Measures one scenario once. Throws when a single payment was answered with anything but success. */
export async function measure(
  { name, system, callers, payments }: Scenario,
  { seconds, postgresPid }: { readonly seconds: number; readonly postgresPid: number },
): Promise<Measurement> {
  const shape: LoadShape = { callers, payments, seconds };
  const load = await startLoad(system, shape);
  const [before, started] = [cpuSeconds(system, postgresPid), performance.now()];
  const { result: report, memory } = await watchMemory(system, postgresPid, load.report());
  await untilQuiet(system);
  const elapsed = (performance.now() - started) / 1000;
  const after = cpuSeconds(system, postgresPid);
  if (report.payments === 0 || report.errors > 0 || Object.keys(report.refusals).length > 0) {
    const { acknowledged: _, ...rest } = report;
    throw new Error(`${name}, ${callers} callers: a rate of refusals is not a rate: ${JSON.stringify(rest)}`);
  }
  const perPayment = (spent: number | null) => (spent === null ? null : (spent * 1000) / report.payments);
  const cpuMs = new Map<Group, number | null>([['load', perPayment(report.cpuSeconds)]]);
  for (const [group, end] of after) {
    const start = before.get(group) ?? null;
    cpuMs.set(group, perPayment(start === null || end === null ? null : end - start));
  }
  return {
    payments: report.payments,
    perSecond: report.payments / report.seconds,
    sustainedPerSecond: report.payments / elapsed,
    p50Ms: report.p50Ms,
    p99Ms: report.p99Ms,
    cpuMs,
    memory: new Map([...memory, ['load', { highestBytes: report.residentBytes, growth: 1 }]]),
  };
}
