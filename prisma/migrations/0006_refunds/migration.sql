-- Refunds: money that goes back to the buyer. The first reason is money that came too late; the tables know of no other kind of work.

-- A value cannot be used in the transaction that adds it, and nothing here does.
alter type ledger_transaction_kind add value 'refund_accepted';
alter type ledger_transaction_kind add value 'refund_failed';

-- ---------------------------------------------------------------------------------------------------------------
-- What an attempt holds for the buyer, and how much of it went back
-- ---------------------------------------------------------------------------------------------------------------

-- `held_minor`: came too late and was booked to suspense, for ever. `refund_due`: nobody has opened a refund of it yet.
-- `refunded_minor`: all refunds of the attempt that did not fail; moved in the transaction that moves the refund.
alter table payment_attempts
  add column held_minor bigint,
  add column refund_due boolean not null default false,
  add column refunded_minor bigint not null default 0,
  add constraint payment_attempts_held_within_amount check (held_minor between 1 and amount_minor),
  add constraint payment_attempts_due_is_held check (not refund_due or held_minor is not null),
  add constraint payment_attempts_refunded_within_amount check (refunded_minor between 0 and amount_minor);
-- The work list of "open a refund": what is not due is not in it.
create index payment_attempts_refund_due on payment_attempts (id) where refund_due;

create table refunds (
  id            text primary key,
  attempt_id    text not null references payment_attempts (id),
  reason        text not null,
  amount_minor  bigint not null,
  currency      char(3) not null,
  state         text not null default 'REQUESTED',
  state_seq     smallint not null default 0,
  psp_refund_id text,
  tries         smallint not null default 0,
  error         text,
  resolve_at    timestamptz default now(),
  created_at    timestamptz not null default now(),
  finished_at   timestamptz,
  constraint refunds_reason_known check (reason in ('late_capture')),
  constraint refunds_amount_positive check (amount_minor > 0),
  constraint refunds_currency_shape check (currency ~ '^[A-Z]{3}$'),
  constraint refunds_state_known check (state in ('REQUESTED', 'SUBMITTED', 'UNKNOWN', 'SUCCEEDED', 'FAILED', 'FAILED_LATE')),
  constraint refunds_finished_is_final check ((finished_at is null) = (state in ('REQUESTED', 'SUBMITTED', 'UNKNOWN'))),
  -- What is not finished always has a time at which somebody looks again.
  constraint refunds_open_has_next_look check ((finished_at is null) = (resolve_at is not null)),
  constraint refunds_made_has_psp_id check (state not in ('SUCCEEDED', 'FAILED_LATE') or psp_refund_id is not null)
);
create index refunds_attempt on refunds (attempt_id);
-- Late money goes back once: another refund of it may be opened only when the one before has definitely failed.
create unique index refunds_one_of_late_capture on refunds (attempt_id)
  where reason = 'late_capture' and state not in ('FAILED', 'FAILED_LATE');
create unique index refunds_psp_refund_once on refunds (psp_refund_id) where psp_refund_id is not null;
-- The work list of "send it, or ask what became of it".
create index refunds_unresolved on refunds (resolve_at) where finished_at is null;

create table refund_transitions (
  refund_id  text not null,
  seq        smallint not null,
  from_state text not null,
  to_state   text not null,
  reason     text not null,
  actor      text not null,
  at         timestamptz not null default now(),
  primary key (refund_id, seq),
  constraint refund_transitions_legal check ((from_state, to_state) in (
    ('REQUESTED', 'SUBMITTED'),
    ('SUBMITTED', 'SUCCEEDED'), ('SUBMITTED', 'FAILED'), ('SUBMITTED', 'UNKNOWN'),
    ('UNKNOWN', 'SUBMITTED'), ('UNKNOWN', 'SUCCEEDED'), ('UNKNOWN', 'FAILED'),
    ('SUCCEEDED', 'FAILED_LATE')))
);

-- ---------------------------------------------------------------------------------------------------------------
-- Refund state: the row always agrees with its history, and the history has no gap
-- ---------------------------------------------------------------------------------------------------------------

create function check_refund_history() returns trigger language plpgsql set search_path = public, pg_temp
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off as $$
begin
  if exists (
    select from new_transitions n
    left join refund_transitions p on p.refund_id = n.refund_id and p.seq = n.seq - 1
    where (n.seq = 1 and n.from_state <> 'REQUESTED') or (n.seq <> 1 and p.to_state is distinct from n.from_state)
  ) then
    perform refuse('refund_transitions_contiguous', 'refund_transitions', 'a transition starts where the one before it ended');
  end if;
  if exists (
    select from new_transitions n left join refunds r on r.id = n.refund_id where r.state_seq is null or r.state_seq < n.seq
  ) then
    perform refuse('refund_transitions_refund_follows', 'refund_transitions', 'a refund and its history move together');
  end if;
  return null;
end $$;
create trigger refund_transitions_checked after insert on refund_transitions
  referencing new table as new_transitions for each statement execute function check_refund_history();

create function check_refund_state() returns trigger language plpgsql set search_path = public, pg_temp
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off as $$
begin
  if exists (
    select from new_refunds n
    left join lateral (
      select seq, to_state from refund_transitions where refund_id = n.id order by seq desc limit 1
    ) last on true
    where n.state_seq <> coalesce(last.seq, 0) or n.state <> coalesce(last.to_state, 'REQUESTED')
  ) then
    perform refuse('refunds_state_has_history', 'refunds', 'a refund''s state is the end of its last transition');
  end if;
  return null;
end $$;
create trigger refunds_checked_on_insert after insert on refunds
  referencing new table as new_refunds for each statement execute function check_refund_state();
create trigger refunds_checked_on_update after update on refunds
  referencing new table as new_refunds for each statement execute function check_refund_state();

create trigger refunds_append_only before delete or truncate on refunds for each statement execute function refuse_change();
create trigger refund_transitions_append_only before update or delete or truncate on refund_transitions
  for each statement execute function refuse_change();

alter table dead_letters
  drop constraint dead_letters_kind_known,
  add constraint dead_letters_kind_known check (kind in ('attempt', 'webhook', 'refund'));

grant select, insert on refunds, refund_transitions to countinghouse_app;
grant update (state, state_seq, psp_refund_id, tries, error, resolve_at, finished_at) on refunds to countinghouse_app;
grant update (held_minor, refund_due, refunded_minor) on payment_attempts to countinghouse_app;

-- ---------------------------------------------------------------------------------------------------------------
-- Late money that waits for a person today goes back by itself from now on
-- ---------------------------------------------------------------------------------------------------------------

update payment_attempts a set held_minor = held.amount_minor, refund_due = true
from (
  select t.source_id, -e.amount_minor as amount_minor
  from ledger_transactions t
  join ledger_entries e on e.transaction_id = t.id
  join ledger_accounts s on s.id = e.account_id and s.kind = 'suspense'
  where t.kind = 'late_capture_held'
) held
where a.id = held.source_id;

update dead_letters set resolved_at = now(), resolution = 'refunds: the money goes back by itself'
where kind = 'attempt' and cause = 'late_success' and resolved_at is null;
