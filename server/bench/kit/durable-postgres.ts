import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { startChild } from '../../../scripts/supervisor/child.ts';
import { freePort } from '../../../scripts/supervisor/ports.ts';
import { scratchDir } from '../../../scripts/supervisor/scratch.ts';

export interface DurablePostgres {
  readonly url: string;
  /** Process id of the postmaster; every backend is its child. */
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * An embedded PostgreSQL of the bench's own, with the settings it is delivered with. Throws unless it flushes each commit
 * to disk: a rate without durability is no rate.
 */
export async function startDurablePostgres(): Promise<DurablePostgres> {
  const scratch = await scratchDir();
  const [port, data] = [await freePort(), join(scratch, 'postgres')];
  const server = await startChild({
    name: 'postgres',
    script: 'scripts/postgres.ts',
    args: ['--data', data, '--port', String(port)],
    ready: { line: /^PostgreSQL is ready/ },
  });
  const url = `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`;
  const stop = async () => {
    await server.stop();
    await rm(scratch, { recursive: true, force: true });
  };
  try {
    await requireDurability(url);
    return { url, pid: Number.parseInt(await readFile(join(data, 'postmaster.pid'), 'utf8'), 10), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function requireDurability(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
      const { rows } = await client.query<{ value: string }>('select current_setting($1) as value', [setting]);
      if (rows[0]?.value !== 'on') throw new Error(`${setting} is ${rows[0]?.value}: the figures would mean nothing.`);
    }
  } finally {
    await client.end();
  }
}
