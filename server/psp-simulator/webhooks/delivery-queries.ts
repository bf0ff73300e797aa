import { nowMs } from '../clock/clock.ts';
import type { DeliveryRow, EventRow } from '../database/rows.ts';
import type { Store } from '../database/store.ts';

/** A claimed delivery becomes due again after this time, should the process hang or die while sending. */
const LEASE_SECONDS = 60;

/** A delivery that is to be sent now, with its event. */
export interface DueDelivery extends EventRow {
  readonly endpoint: string;
  readonly copy: number;
  readonly attempts: number;
  readonly flaw: DeliveryRow['flaw'];
}

/** What one sending came to. `wait_ms` is the wait before the next one while the state is still pending. */
export interface DeliveryAttempt {
  readonly event: string;
  readonly endpoint: string;
  readonly copy: number;
  readonly attempt: number;
  readonly status: number | null;
  readonly error: string | null;
  readonly duration_ms: number;
  readonly state: 'pending' | 'delivered' | 'given_up';
  readonly wait_ms: number | null;
}

const RELEASE = `update webhook_deliveries set leased = false, next_attempt_at = $1 where state = 'pending' and leased`;

/** A lease ends by real time, a wait by the simulator's. */
const CLAIM = `
  with due as (
    select event, endpoint, copy from webhook_deliveries
    where state = 'pending' and next_attempt_at <= greatest(now(), $3::timestamptz)
      and next_attempt_at <= case when leased then now() else $3 end
    order by next_attempt_at limit $1 for update skip locked
  ), claimed as (
    update webhook_deliveries d set leased = true, next_attempt_at = now() + make_interval(secs => $2)
    from due where (d.event, d.endpoint, d.copy) = (due.event, due.endpoint, due.copy)
    returning d.event, d.endpoint, d.copy, d.attempts, d.flaw
  )
  select e.*, c.endpoint, c.copy, c.attempts, c.flaw from claimed c join events e on e.id = c.event order by e.id, c.copy`;

const RECORD = `
  with result as (
    select * from json_to_recordset($1) as r(event text, endpoint text, copy int, attempt int, status int, error text,
      duration_ms int, state text, wait_ms float8)
  ), logged as (
    insert into webhook_attempts (at, event, endpoint, copy, attempt, status, error, duration_ms)
    select $2, event, endpoint, copy, attempt, status, error, duration_ms from result
  )
  update webhook_deliveries d set attempts = r.attempt, state = r.state, leased = false,
    next_attempt_at = case when r.state = 'pending' then $2::timestamptz + make_interval(secs => r.wait_ms / 1000) end
  from result r where (d.event, d.endpoint, d.copy) = (r.event, r.endpoint, r.copy)`;

/** Makes the deliveries that a killed process had under way due again. */
export async function releaseDeliveries(store: Store): Promise<void> {
  await store.rows('release_deliveries', RELEASE, [new Date(nowMs())]);
}

/** Takes up to `limit` due deliveries for this process; each is leased, so nothing is lost with the process. */
export function claimDeliveries(store: Store, limit: number): Promise<DueDelivery[]> {
  return store.rows<DueDelivery>('claim_deliveries', CLAIM, [limit, LEASE_SECONDS, new Date(nowMs())]);
}

/** Logs the attempts and moves their deliveries on. */
export async function recordAttempts(store: Store, attempts: readonly DeliveryAttempt[]): Promise<void> {
  await store.rows('record_attempts', RECORD, [JSON.stringify(attempts), new Date(nowMs())]);
}
