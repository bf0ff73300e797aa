import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Child, startChild } from '../../scripts/supervisor/child.ts';
import { freePort } from '../../scripts/supervisor/ports.ts';
import { scratchDir } from '../../scripts/supervisor/scratch.ts';

export interface OwnPostgres {
  /** Superuser connection to the maintenance database. */
  readonly url: string;
  /** kill -9 of the real server, the postmaster: every session dies with it. */
  kill(): Promise<void>;
  /** Starts it again on its data; it recovers what was committed. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** How long a start is tried while sessions of the killed server are still on their way out, in milliseconds. */
const START_PATIENCE_MS = 20_000;

/** A PostgreSQL of a test's own, which it may kill; the one that tests share must live. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const scratch = await scratchDir();
  const data = join(scratch, 'postgres');
  const port = await freePort();
  const launch = () =>
    startChild({
      name: 'postgres',
      script: 'scripts/postgres.ts',
      args: ['--data', data, '--port', String(port), '--scratch'],
      ready: { line: /^PostgreSQL is ready/ },
    });
  let runner: Child = await launch();
  return {
    url: `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`,
    kill: async () => {
      const pid = Number.parseInt(await readFile(join(data, 'postmaster.pid'), 'utf8'), 10);
      process.kill(pid, 'SIGKILL');
      await runner.ended;
    },
    start: async () => {
      for (const deadline = performance.now() + START_PATIENCE_MS; ; await delay(100)) {
        try {
          runner = await launch();
          return;
        } catch (error) {
          if (performance.now() > deadline) throw error;
        }
      }
    },
    stop: async () => {
      await runner.stop();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}
