import type { Invariant } from './invariant.ts';

/** What holds of everything that waits, repeats or is told: keys, inbox, outbox, jobs, dead letters, and the database's own sessions. */
export const MESSAGE_INVARIANTS: readonly Invariant[] = [
  {
    id: 'I26',
    rule: 'A finished idempotency key has its whole answer, an unfinished one none, and none outlives its time by a day',
    keptBy: 'primary key, checks, purge job',
    timing: 'always',
    violations: `select principal || ' ' || route as subject from idempotency_keys
                 where (recovery_point = 'finished') <> (status_code is not null and response_body is not null and response_headers is not null)
                    or (recovery_point <> 'finished' and (status_code is not null or response_body is not null))
                    or octet_length(request_hash) <> 32 or length(key) not between 1 and 255 or expires_at < now() - interval '1 day'
                 union all
                 select principal || ' ' || route from idempotency_keys group by principal, route, key having count(*) > 1`,
  },
  {
    id: 'I27',
    rule: 'What a stored answer with 2xx names is in the database',
    keptBy: 'the answer is stored after the commit',
    timing: 'always',
    violations: `select named.id as subject from idempotency_keys k
                 cross join lateral (select (regexp_matches(k.response_body, '"checkout_id": ?"([^"]+)"', 'g'))[1] as id) named
                 where k.status_code between 200 and 299 and not exists (select from payment_events e where e.checkout_id = named.id)
                 union all
                 select named.id from idempotency_keys k
                 cross join lateral (select (regexp_matches(k.response_body, '"payment_order_id": ?"([^"]+)"', 'g'))[1] as id) named
                 where k.status_code between 200 and 299 and not exists (select from payment_orders o where o.payment_order_id = named.id)`,
  },
  {
    id: 'I29',
    rule: 'A webhook event is stored once, a handled one says what became of it, and one given up is told to a person',
    keptBy: 'unique constraint, check',
    timing: 'always',
    violations: `select event_id as subject from webhook_inbox group by source, account, event_id having count(*) > 1
                 union all select event_id from webhook_inbox where state <> 'received' and verdict is null
                 union all select event_id from webhook_inbox i where state = 'dead' and not exists (
                   select from dead_letters d where d.kind = 'webhook' and d.subject_id = i.id::text)`,
  },
  {
    id: 'I30',
    rule: 'What became of an order is in the outbox, the last word last, nothing that did not happen, published in order',
    keptBy: 'one transaction, row locks',
    timing: 'always',
    violations: `with told as (
                   select key, count(*) as times, (array_agg(payload ->> 'state' order by id desc))[1] as state, min(id) filter (where published_at is null) as waiting,
                          max(id) filter (where published_at is not null) as published
                   from outbox where topic = 'payment_order.updated' group by key
                 )
                 select coalesce(o.payment_order_id, told.key) as subject
                 from payment_orders o full join told on told.key = o.payment_order_id
                 where (o.state not in ('NOT_STARTED', 'EXECUTING') and told.state is distinct from o.state)
                    or told.times > coalesce(o.state_seq, 0) or told.waiting < told.published`,
  },
  {
    id: 'I32',
    rule: 'No job is held beyond its lease, and the last run of none has failed',
    keptBy: 'pg-boss',
    timing: 'eventually',
    needs: 'pgboss.job',
    violations: `select name as subject from pgboss.job
                 where state = 'active' and coalesce(heartbeat_on, started_on) + make_interval(secs => coalesce(heartbeat_seconds, expire_seconds) + 120) < now()
                 union all
                 select name from (
                   select distinct on (name) name, state::text as state from pgboss.job
                   where state in ('completed', 'cancelled', 'failed') order by name, completed_on desc
                 ) ended where state = 'failed'`,
  },
  {
    id: 'I39',
    rule: 'Whoever closed a dead letter is on record, with a reason',
    keptBy: 'check, use cases',
    timing: 'always',
    violations: `select id::text as subject from dead_letters
                 where resolved_at is not null and resolution !~ '^(replaced by |[a-z_]+(:[^\\s:]+)?: )\\S'`,
  },
  {
    id: 'I41b',
    rule: 'Nothing that is due waits for more than a minute; no session holds a transaction open for half of one, or waits as long for a lock',
    keptBy: 'worker, time-outs of the pools',
    timing: 'eventually',
    violations: `select id as subject from payment_attempts where finished_at is null and resolve_at < now() - interval '60 seconds'
                 union all
                 select id from refunds where finished_at is null and not waits_for_funds and resolve_at < now() - interval '60 seconds'
                 union all
                 select id from psp_balance_transactions where state = 'waiting' and look_at < now() - interval '60 seconds'
                   and available_on <= (select psp_time from psp_feeds where name = 'balance_transactions')
                 union all
                 select event_id from webhook_inbox where state = 'received' and retry_at < now() - interval '60 seconds'
                 union all
                 select application_name || ' ' || pid from pg_stat_activity
                 where datname = current_database() and pid <> pg_backend_pid()
                   and ((state like 'idle in transaction%' and state_change < now() - interval '30 seconds')
                     or (wait_event_type = 'Lock' and query_start < now() - interval '30 seconds'))`,
  },
];
