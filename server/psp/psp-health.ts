import { hostname } from 'node:os';
import { pool, run } from '#db';
import type { PspHealth } from './port.ts';

/** How long a report counts, in seconds; a process that lives renews it well before. */
const REPORT_LIFE_SECONDS = 30;

/** What a process sees of the PSP: its own breaker, which knows its own calls only. */
export interface ReportedHealth {
  /** `worker@host:pid` */
  readonly process: string;
  readonly breaker: PspHealth['breaker'];
  readonly since: Date;
}

/** Writes down what this process sees, for the console of another one, and forgets the reports of processes that are gone. */
export async function reportPspHealth(role: string, { breaker, since }: PspHealth): Promise<void> {
  await run(pool(), {
    name: 'report-psp-health',
    text: `with gone as (
             delete from psp_health where reported_at < now() - make_interval(secs => $4) and process <> $1
           )
           insert into psp_health (process, breaker, since) values ($1, $2, $3)
           on conflict (process) do update set breaker = excluded.breaker, since = excluded.since, reported_at = now()`,
    values: [`${role}@${hostname()}:${process.pid}`, breaker, since, REPORT_LIFE_SECONDS],
  });
}

/** The reports of the processes that live. */
export async function listPspHealth(): Promise<ReportedHealth[]> {
  return run<{ process: string; breaker: PspHealth['breaker']; since: Date }>(pool(), {
    name: 'list-psp-health',
    text: 'select process, breaker, since from psp_health where reported_at >= now() - make_interval(secs => $1) order by process',
    values: [REPORT_LIFE_SECONDS],
  });
}
