import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { singleton } from '#kernel';
import { pool } from './pool.ts';

/** How long the database may take to answer, in milliseconds. */
const PROBE_TIMEOUT_MS = 2_000;

export interface DatabaseCheck {
  readonly status: 'pass' | 'fail';
  readonly output?: string;
}

/** Whether the database answers in time and has every migration of this program. */
export async function checkDatabase(): Promise<DatabaseCheck> {
  try {
    const applied = await withinTime(
      pool().query<{ migration_name: string }>(
        'select migration_name from _prisma_migrations where finished_at is not null and rolled_back_at is null',
      ),
    );
    const names = new Set(applied.rows.map((row) => row.migration_name));
    const missing = (await ourMigrations()).filter((name) => !names.has(name));
    return missing.length === 0
      ? { status: 'pass' }
      : { status: 'fail', output: `migrations are missing: ${missing.join(', ')}` };
  } catch {
    return { status: 'fail', output: 'the database does not answer' };
  }
}

/** Names of the migrations that this program was built with; read once. */
function ourMigrations(): Promise<string[]> {
  return singleton('db.migrations', async () => {
    const entries = await readdir(join(process.cwd(), 'prisma/migrations'), { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  });
}

async function withinTime<T>(work: Promise<T>): Promise<T> {
  const timeout = AbortSignal.timeout(PROBE_TIMEOUT_MS);
  return Promise.race([
    work,
    new Promise<never>((_, reject) => timeout.addEventListener('abort', () => reject(timeout.reason), { once: true })),
  ]);
}
