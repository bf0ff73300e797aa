import { existsSync, readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../../scripts/supervisor/ports.ts';
import { scratchDir } from '../../../scripts/supervisor/scratch.ts';
import { createUnit, type Unit } from './unit.ts';

/** A PostgreSQL of our own that can be killed and started again on the same data, with the settings it is delivered with. */
export interface Cluster {
  readonly url: string;
  readonly port: number;
  readonly unit: Unit;
  /** From now on every line it prints goes there, and nowhere else. */
  listen(onLine: (line: string) => void): void;
  /** kill -9 of the server and of every process that serves a connection, all at once, as a power cut would. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export async function startCluster(): Promise<Cluster> {
  let onLine: (line: string) => void = () => undefined;
  const [scratch, port] = [await scratchDir(), await freePort()];
  const data = join(scratch, 'postgres');
  const unit = createUnit({
    name: 'postgres',
    script: 'scripts/postgres.ts',
    args: ['--data', data, '--port', String(port)],
    ready: { line: /^PostgreSQL is ready/ },
    onLine: (line) => onLine(line),
  });
  await unit.start();
  return {
    url: `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`,
    port,
    unit,
    listen: (next) => {
      onLine = next;
    },
    kill: async () => {
      const server = Number.parseInt(await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => ''), 10);
      const children = server > 0 ? childrenOf(server) : [];
      // What started the server goes first: it has nothing to save, and would else report a server that ended by itself.
      const gone = unit.kill();
      if (server > 0) for (const pid of [server, ...children]) killHard(pid);
      await gone;
    },
    start: () => unit.start(),
    stop: async () => {
      await unit.stop();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

/** The processes that serve connections. Where they cannot be listed, they end by themselves when the server is gone. */
function childrenOf(pid: number): number[] {
  const list = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(list)) return [];
  return readFileSync(list, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was gone already.
  }
}
