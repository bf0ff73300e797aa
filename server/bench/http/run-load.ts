import { type Child, startChild } from '../../../scripts/supervisor/child.ts';
import type { LoadOrder, LoadReport } from '../load/main.ts';
import { API_KEY, type BenchSystem } from './system.ts';

export type LoadShape = Pick<LoadOrder, 'callers' | 'seconds' | 'payments' | 'untilCut'>;

export interface RunningLoad {
  /** Throws when the generator itself failed; what the door answered is for the caller to judge. */
  report(): Promise<LoadReport>;
}

/** Lets a process of its own send payments; resolves when it begins. */
export async function startLoad(system: BenchSystem, shape: LoadShape): Promise<RunningLoad> {
  const order: LoadOrder = { ...shape, url: system.url, apiKey: API_KEY };
  const generator = await startChild({
    name: 'load',
    script: 'server/bench/load/main.ts',
    env: { LOAD: JSON.stringify(order), NODE_ENV: 'production' },
    ready: { line: /^started$/ },
  });
  return { report: () => readReport(generator) };
}

async function readReport(generator: Child): Promise<LoadReport> {
  const { code } = await generator.ended;
  if (code !== 0) throw new Error(`the load generator ended with ${code}:\n${generator.output()}`);
  return JSON.parse(generator.output().split('\n').at(-1) ?? '') as LoadReport;
}
