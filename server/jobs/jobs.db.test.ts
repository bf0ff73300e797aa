import type pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type MigratedDatabase, openOwnerPool } from '#testing';
import { installJobs } from './install-jobs.ts';
import { JOB_NAMES, JOBS_SCHEMA } from './job-names.ts';
import { type RunningJobs, startJobs } from './start-jobs.ts';

let database: MigratedDatabase;
let owner: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase('jobs');
  process.env.DATABASE_URL = database.url;
  owner = openOwnerPool(database.url);
});

afterAll(async () => {
  await owner.end();
  await database.drop();
});

test('installing the queues twice, and from two programs at once, leaves each queue once', async () => {
  await Promise.all([installJobs(database.url), installJobs(database.url)]);
  await installJobs(database.url);
  const { rows } = await owner.query<{ name: string }>(
    `select name from ${JOBS_SCHEMA}.queue where name = any($1) order by name`,
    [[...JOB_NAMES]],
  );
  expect(rows.map((row) => row.name)).toEqual([...JOB_NAMES].toSorted());
});

test('the application uses the queues without owning anything of them', async () => {
  const { rows } = await owner.query<{ owned: number }>(
    `select count(*)::int as owned from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and pg_get_userbyid(c.relowner) = 'countinghouse_app'`,
    [JOBS_SCHEMA],
  );
  expect(rows).toEqual([{ owned: 0 }]);
});

test('a job that is due runs once, however many workers there are, one that fails does not stop the next, and one may run at each start', async () => {
  const runs: string[] = [];
  const checks: string[] = [];
  const errors: Error[] = [];
  const start = (worker: string): Promise<RunningJobs> =>
    startJobs(
      {
        'seal-ledger': { cron: '0 0 1 1 *', run: async () => undefined },
        'check-coherence': { cron: '0 0 1 1 *', atStart: true, run: async () => void checks.push(worker) },
        'purge-idempotency-keys': { cron: '0 0 1 1 *', run: async () => void runs.push(worker) },
        'poll-disputes': { cron: '0 0 1 1 *', run: async () => undefined },
        'warn-of-deadlines': { cron: '0 0 1 1 *', run: async () => undefined },
        reconcile: { cron: '0 0 1 1 *', run: async () => undefined },
        'audit-books': {
          cron: '0 0 1 1 *',
          run: async () => {
            throw new Error('cannot');
          },
        },
      },
      (error) => errors.push(error),
    );
  const workers = [await start('one'), await start('two')];
  for (const name of ['audit-books', 'purge-idempotency-keys']) {
    await owner.query(`insert into ${JOBS_SCHEMA}.job (name, data) values ($1, '{}')`, [name]);
  }
  await vi.waitFor(() => expect([runs.length, checks.length]).toEqual([1, 2]), { timeout: 20_000, interval: 100 });
  await Promise.all(workers.map((worker) => worker.stop()));
  const { rows } = await owner.query<{ state: string }>(
    `select state::text as state from ${JOBS_SCHEMA}.job where name = 'purge-idempotency-keys'`,
  );
  expect(rows).toEqual([{ state: 'completed' }]);
  expect(runs).toHaveLength(1);
  expect(errors).toEqual([]);
});
