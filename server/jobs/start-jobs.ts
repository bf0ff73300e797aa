import { PgBoss } from 'pg-boss';
import { config } from '#config';
import { newId } from '#kernel';
import { underRequestId } from '#observability';
import { JOBS_SCHEMA, type JobName } from './job-names.ts';

/** A job: when it runs (cron, UTC) and what it does. */
export interface ScheduledJob {
  readonly cron: string;
  readonly run: () => Promise<unknown>;
  /** Runs once more when a process starts: what it finds should not wait for the clock. */
  readonly atStart?: boolean;
}

export interface RunningJobs {
  /** Lets running jobs end, then stops. */
  stop(): Promise<void>;
}

/** How long a stop waits for running jobs, in milliseconds. */
const STOP_TIMEOUT_MS = 10_000;

/** Starts the scheduled jobs of this process. Each run happens once however many workers there are. */
export async function startJobs(
  jobs: Readonly<Record<JobName, ScheduledJob>>,
  onError: (error: Error) => void,
): Promise<RunningJobs> {
  const boss = new PgBoss({
    connectionString: config().APP_DATABASE_URL,
    schema: JOBS_SCHEMA,
    migrate: false,
    createSchema: false,
    max: 3,
  });
  boss.on('error', onError);
  await boss.start();
  for (const [name, job] of Object.entries(jobs)) {
    await boss.schedule(name, job.cron);
    await boss.work(name, async () => {
      await underRequestId(newId('job'), job.run);
    });
    if (job.atStart) await boss.send(name);
  }
  return { stop: () => boss.stop({ graceful: true, timeout: STOP_TIMEOUT_MS }) };
}
