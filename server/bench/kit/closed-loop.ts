import { quantile } from './numbers.ts';
import { cpuSecondsOfTree } from './usage.ts';

export interface LoopResult {
  readonly done: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor microseconds per piece of work; Postgres' are null where they cannot be read. */
  readonly clientCpuMicros: number;
  readonly postgresCpuMicros: number | null;
}

export interface LoopOptions {
  readonly callers: number;
  readonly seconds: number;
  readonly postgresPid: number;
  /** One piece of work; a rejection ends the run, since a rate of failures is not a rate. */
  readonly work: () => Promise<void>;
}

/** Runs callers that each start the next piece of work when their last one is done, and measures from start to end of each. */
export async function runCallers({ callers, seconds, postgresPid, work }: LoopOptions): Promise<LoopResult> {
  const latencies: number[] = [];
  const before = { client: process.cpuUsage(), postgres: cpuSecondsOfTree(postgresPid) };
  const started = performance.now();
  const until = started + seconds * 1000;
  const caller = async () => {
    for (let now = performance.now(); now < until; ) {
      await work();
      const done = performance.now();
      latencies.push(done - now);
      now = done;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const elapsed = (performance.now() - started) / 1000;
  const client = process.cpuUsage(before.client);
  const postgres = cpuSecondsOfTree(postgresPid);
  const sorted = Float64Array.from(latencies).sort();
  const done = sorted.length;
  return {
    done,
    perSecond: done / elapsed,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    clientCpuMicros: (client.user + client.system) / done,
    postgresCpuMicros:
      postgres === null || before.postgres === null ? null : ((postgres - before.postgres) * 1e6) / done,
  };
}
