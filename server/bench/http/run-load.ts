import { setTimeout as delay } from 'node:timers/promises';
import { startChild } from '../../../scripts/supervisor/child.ts';
import { cpuSecondsOfTree, residentBytes } from '../kit/usage.ts';
import type { LoadOrder, LoadReport } from '../load/main.ts';
import { untilQuiet } from './books.ts';
import { API_KEY, type BenchSystem } from './system.ts';

/** How often memory is looked at during a load, in milliseconds. */
const SAMPLE_MS = 500;
/** After this share of a load its processes have filled their caches; growth is counted from there. */
const WARM_SHARE = 1 / 3;

export interface Memory {
  readonly highestBytes: number;
  /** Highest of the last third against the highest of the second: 1 is flat. */
  readonly growth: number;
}

export interface LoadResult extends LoadReport {
  readonly memory: ReadonlyMap<string, Memory>;
  /** Processor microseconds per payment of each process, until its webhooks were handled; empty where they cannot be read. */
  readonly cpuMicros: ReadonlyMap<string, number>;
}

export type LoadShape = Pick<LoadOrder, 'connections' | 'seconds' | 'payments' | 'acknowledgedFile'>;

/**
 * Lets a process of its own send payments and waits until nothing is under way any more. Throws when a payment was answered
 * with anything but its success.
 */
export async function runLoad(system: BenchSystem, shape: LoadShape, postgresPid: number): Promise<LoadResult> {
  const before = cpuSeconds(system, postgresPid);
  const running = startLoad(system, shape);
  const samples = sampleMemory(system, running);
  const report = await running;
  const bad = Object.entries(report.verdicts).filter(([verdict]) => verdict !== 'SUCCESS');
  if (bad.length > 0 || report.payments === 0 || report.connectionErrors > 0)
    throw new Error(`${system.name}: a rate of refusals is not a rate: ${JSON.stringify(report)}`);
  await untilQuiet(system);
  const after = cpuSeconds(system, postgresPid);
  const cpuMicros = new Map(
    [...after].map(([name, seconds]) => [name, ((seconds - (before.get(name) ?? 0)) * 1e6) / report.payments]),
  );
  return { ...report, memory: await samples, cpuMicros };
}

function cpuSeconds({ processes }: BenchSystem, postgresPid: number): Map<string, number> {
  const pids = [['postgres', postgresPid] as const, ...[...processes].map(([name, { pid }]) => [name, pid] as const)];
  return new Map(
    pids.flatMap(([name, pid]) => {
      const seconds = cpuSecondsOfTree(pid);
      return seconds === null ? [] : [[name, seconds]];
    }),
  );
}

/** The same without a judgement, for a door that is being killed. */
export async function startLoad(system: BenchSystem, shape: LoadShape): Promise<LoadReport> {
  const order: LoadOrder = { ...shape, url: system.url, apiKey: API_KEY };
  const generator = await startChild({
    name: 'load',
    script: 'server/bench/load/main.ts',
    env: { LOAD: JSON.stringify(order), NODE_ENV: 'production' },
  });
  const { code } = await generator.ended;
  if (code !== 0) throw new Error(`the load generator ended with ${code}:\n${generator.output()}`);
  return JSON.parse(generator.output().split('\n').at(-1) ?? '') as LoadReport;
}

async function sampleMemory(system: BenchSystem, until: Promise<unknown>): Promise<Map<string, Memory>> {
  const samples = new Map<string, number[]>([...system.processes.keys()].map((name) => [name, []]));
  let over = false;
  const ended = until.catch(() => undefined).then(() => (over = true));
  while (!over) {
    for (const [name, child] of system.processes) samples.get(name)?.push(residentBytes(child.pid) ?? Number.NaN);
    await Promise.race([ended, delay(SAMPLE_MS)]);
  }
  return new Map([...samples].map(([name, bytes]) => [name, summarise(bytes)]));
}

function summarise(bytes: readonly number[]): Memory {
  const third = Math.floor(bytes.length * WARM_SHARE);
  const [second, last] = [bytes.slice(third, 2 * third), bytes.slice(2 * third)];
  return { highestBytes: Math.max(...bytes), growth: Math.max(...last) / Math.max(...second) };
}
