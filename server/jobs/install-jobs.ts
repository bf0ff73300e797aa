import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { APP_DATABASE_ROLE } from '#config';
import { JOB_NAMES, JOBS_SCHEMA } from './job-names.ts';

/** One installer at a time: several suites may prepare databases of one server at once. */
const INSTALL_LOCK = 72_417_002;

/**
 * Makes pg-boss's schema and our queues as the owner, and lets the application's role use them without owning them.
 * Safe to run again. Belongs to migration, not to the start of a process.
 */
export async function installJobs(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'countinghouse-jobs' });
  await client.connect();
  const boss = new PgBoss({ connectionString: ownerUrl, schema: JOBS_SCHEMA, supervise: false, schedule: false });
  boss.on('error', () => {
    // A failing call throws by itself; this listener only keeps a broken idle connection from ending the process.
  });
  try {
    await client.query('select pg_advisory_lock($1)', [INSTALL_LOCK]);
    await boss.start();
    for (const name of JOB_NAMES) await boss.createQueue(name);
    await client.query(`grant usage on schema ${JOBS_SCHEMA} to ${APP_DATABASE_ROLE}`);
    await client.query(
      `grant select, insert, update, delete on all tables in schema ${JOBS_SCHEMA} to ${APP_DATABASE_ROLE}`,
    );
    await client.query(`grant usage on all sequences in schema ${JOBS_SCHEMA} to ${APP_DATABASE_ROLE}`);
    await client.query(`grant execute on all functions in schema ${JOBS_SCHEMA} to ${APP_DATABASE_ROLE}`);
  } finally {
    await boss.stop({ graceful: false });
    await client.end();
  }
}
