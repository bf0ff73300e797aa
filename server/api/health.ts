import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pool } from '#db';
import { singleton } from '#kernel';
import { psp } from '#psp';

/** Media type of draft-inadarei-api-health-check. */
const HEALTH_TYPE = 'application/health+json';
/** How long the database may take to answer a probe. */
const PROBE_TIMEOUT_MS = 2_000;

interface Check {
  readonly status: 'pass' | 'fail';
  readonly output?: string;
}

/** The process runs and answers. Says nothing about what it depends on: restarting it would not help those. */
export function live(): Response {
  return healthResponse(200, { status: 'pass' });
}

/** Whether a payment can be taken right now: the database answers, its schema is ours, the payment provider is not given up on. */
export async function ready(): Promise<Response> {
  const checks = { database: await checkDatabase(), psp: checkPsp() };
  const failed = Object.values(checks).some(({ status }) => status === 'fail');
  return healthResponse(failed ? 503 : 200, { status: failed ? 'fail' : 'pass', checks });
}

function healthResponse(status: number, body: object): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': HEALTH_TYPE, 'cache-control': 'no-store' },
  });
}

async function checkDatabase(): Promise<Check> {
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
  return singleton('api.migrations', async () => {
    const entries = await readdir(join(process.cwd(), 'prisma/migrations'), { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  });
}

function checkPsp(): Check {
  const { breaker, mode } = psp().health();
  return breaker === 'open'
    ? { status: 'fail', output: `the payment provider (${mode}) does not answer; it is asked again shortly` }
    : { status: 'pass' };
}

async function withinTime<T>(work: Promise<T>): Promise<T> {
  const timeout = AbortSignal.timeout(PROBE_TIMEOUT_MS);
  return Promise.race([
    work,
    new Promise<never>((_, reject) => timeout.addEventListener('abort', () => reject(timeout.reason), { once: true })),
  ]);
}
