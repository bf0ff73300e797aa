import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import pg from 'pg';
import { median } from './numbers.ts';

const FLUSHES = 50;

/** What the figures depend on, in one line: processors, memory, load before the run, flush time of the disk, versions. */
export async function describeMachine(postgresUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  const { rows } = await client.query<{ version: string }>(`select current_setting('server_version') as version`);
  await client.end();
  const parts = [
    `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'processor'}`,
    `${Math.round(totalmem() / 2 ** 30)} GiB memory`,
    `load ${loadavg()[0]?.toFixed(2)}`,
    `disk flush ${medianFlushMs().toFixed(2)} ms`,
    `Node ${process.versions.node}`,
    `PostgreSQL ${rows[0]?.version} (fsync, synchronous_commit and full_page_writes on)`,
    `${process.platform}-${process.arch}`,
  ];
  return parts.join(' · ');
}

function medianFlushMs(): number {
  const path = `var/flush-${process.pid}.tmp`;
  const file = openSync(path, 'w');
  const block = Buffer.alloc(8192);
  const times = Array.from({ length: FLUSHES }, () => {
    writeSync(file, block);
    const started = performance.now();
    fsyncSync(file);
    return performance.now() - started;
  });
  closeSync(file);
  rmSync(path);
  return median(times);
}
