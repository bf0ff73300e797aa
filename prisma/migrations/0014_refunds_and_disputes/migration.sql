-- Refunds of paid orders, in full or in parts, and disputes. Late money goes back through the same tables as before.

-- A value cannot be used in the transaction that adds it, and nothing here does.
alter type ledger_transaction_kind add value 'dispute_opened';
alter type ledger_transaction_kind add value 'dispute_won';
alter type ledger_transaction_kind add value 'dispute_lost';

-- ---------------------------------------------------------------------------------------------------------------
-- What of a paid order went back, or is on its way: moved in the transaction that requests or fails a refund
-- ---------------------------------------------------------------------------------------------------------------

-- `refunded_minor`: all refunds of the order that did not fail. `commission_returned_minor`: the platform's part of them.
-- `disputed_minor`: withdrawn by a dispute that is open or lost; what the provider withdraws beyond that is the platform's.
alter table payment_orders
  add column refunded_minor bigint not null default 0,
  add column commission_returned_minor bigint not null default 0,
  add column disputed_minor bigint not null default 0,
  add constraint payment_orders_refunded_within_amount check (refunded_minor between 0 and amount_minor),
  add constraint payment_orders_returned_within_commission check (commission_returned_minor between 0 and commission_minor),
  add constraint payment_orders_disputed_within_rest check (
    disputed_minor = 0 or disputed_minor between 1 and amount_minor - refunded_minor);

-- `request_id`: one request may refund several orders of a checkout. `commission_minor`: the platform's part, frozen at the request.
-- `pending_minor`: what was taken of the seller's pending funds when it was accepted; null until then.
-- `waits_for_funds`: it is sent once the seller has the money, where the platform wants it so.
alter table refunds
  add column payment_order_id text references payment_orders (payment_order_id),
  add column request_id text,
  add column requested_by text,
  add column note text,
  add column commission_minor bigint not null default 0,
  add column pending_minor bigint,
  add column waits_for_funds boolean not null default false,
  drop constraint refunds_reason_known,
  add constraint refunds_reason_known check (reason in (
    'late_capture', 'requested_by_customer', 'duplicate', 'fraudulent', 'not_delivered', 'not_as_described', 'other')),
  add constraint refunds_of_order_or_late check (
    (reason = 'late_capture') = (payment_order_id is null)
    and (payment_order_id is null) = (request_id is null) and (payment_order_id is null) = (requested_by is null)),
  add constraint refunds_note_length check (length(note) between 1 and 500),
  add constraint refunds_commission_within_amount check (commission_minor between 0 and amount_minor),
  add constraint refunds_pending_within_share check (pending_minor between 0 and amount_minor - commission_minor),
  add constraint refunds_wait_before_sent check (not waits_for_funds or (state = 'REQUESTED' and payment_order_id is not null));
create index refunds_order on refunds (payment_order_id) where payment_order_id is not null;
create index refunds_newest on refunds (created_at desc, id desc);
-- A request refunds an order once.
create unique index refunds_order_once_per_request on refunds (request_id, payment_order_id) where request_id is not null;
-- The work list of "does the seller have the money by now".
create index refunds_waiting on refunds (created_at) where waits_for_funds;

create function check_refunded_orders() returns trigger language plpgsql set search_path = public, pg_temp
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off as $$
begin
  if exists (
    select from new_refunds n left join captures c on c.payment_order_id = n.payment_order_id
    where n.payment_order_id is not null and (c.attempt_id is distinct from n.attempt_id or c.currency is distinct from n.currency)
  ) then
    perform refuse('refunds_of_captured_order', 'refunds', 'a refund gives back what its attempt took for its order, in its currency');
  end if;
  return null;
end $$;
create trigger refunds_references after insert on refunds
  referencing new table as new_refunds for each statement execute function check_refunded_orders();

grant update (refunded_minor, commission_returned_minor, disputed_minor) on payment_orders to countinghouse_app;
grant update (pending_minor, waits_for_funds) on refunds to countinghouse_app;

-- ---------------------------------------------------------------------------------------------------------------
-- Disputes: what banks ask about or take back
-- ---------------------------------------------------------------------------------------------------------------

-- `withdrawn_minor`, `fee_minor`: what the provider took when it became a dispute; `reinstated_minor`, `fee_returned_minor`: what it
-- gave back when it was won. Null until the provider has said so. `resolve_at`: when it is asked about next.
create table disputes (
  id                 text primary key,
  psp_dispute_id     text not null,
  attempt_id         text not null references payment_attempts (id),
  reason             text not null,
  amount_minor       bigint not null,
  currency           char(3) not null,
  state              text not null default 'INQUIRY',
  state_seq          smallint not null default 0,
  due_by             timestamptz,
  withdrawn_minor    bigint,
  fee_minor          bigint,
  reinstated_minor   bigint,
  fee_returned_minor bigint,
  warned_at          timestamptz,
  tries              smallint not null default 0,
  error              text,
  resolve_at         timestamptz default now(),
  opened_at          timestamptz not null,
  created_at         timestamptz not null default now(),
  finished_at        timestamptz,
  constraint disputes_psp_dispute_once unique (psp_dispute_id),
  constraint disputes_amount_positive check (amount_minor > 0),
  constraint disputes_currency_shape check (currency ~ '^[A-Z]{3}$'),
  constraint disputes_state_known check (state in ('INQUIRY', 'INQUIRY_CLOSED', 'OPEN', 'UNDER_REVIEW', 'WON', 'LOST', 'ACCEPTED')),
  constraint disputes_finished_is_final check ((finished_at is null) = (state in ('INQUIRY', 'OPEN', 'UNDER_REVIEW'))),
  constraint disputes_open_has_next_look check (finished_at is not null or resolve_at is not null),
  constraint disputes_withdrawal_whole check ((withdrawn_minor is null) = (fee_minor is null) and withdrawn_minor > 0 and fee_minor >= 0),
  constraint disputes_reinstated_was_withdrawn check (
    (reinstated_minor is null) = (fee_returned_minor is null) and (reinstated_minor is null or withdrawn_minor is not null)
    and reinstated_minor > 0 and fee_returned_minor >= 0)
);
create index disputes_attempt on disputes (attempt_id);
create index disputes_newest on disputes (opened_at desc, id desc);
-- The work lists of "ask about it" and "tell a person before its time is over".
create index disputes_unresolved on disputes (resolve_at) where resolve_at is not null;
create index disputes_due on disputes (due_by) where finished_at is null and warned_at is null;

create table dispute_transitions (
  dispute_id text not null,
  seq        smallint not null,
  from_state text not null,
  to_state   text not null,
  reason     text not null,
  actor      text not null,
  at         timestamptz not null default now(),
  primary key (dispute_id, seq),
  constraint dispute_transitions_legal check ((from_state, to_state) in (
    ('INQUIRY', 'INQUIRY_CLOSED'), ('INQUIRY', 'OPEN'),
    ('INQUIRY_CLOSED', 'OPEN'),
    ('OPEN', 'UNDER_REVIEW'), ('OPEN', 'WON'), ('OPEN', 'LOST'), ('OPEN', 'ACCEPTED'),
    ('UNDER_REVIEW', 'WON'), ('UNDER_REVIEW', 'LOST'), ('UNDER_REVIEW', 'ACCEPTED')))
);

-- What the seller of each order bears of what was withdrawn, set when the money is booked. `disputed_minor`: what of the order is
-- disputed; it may be more than its seller bears. The rest of the withdrawal is the platform's.
create table dispute_orders (
  dispute_id       text not null references disputes (id),
  payment_order_id text not null references payment_orders (payment_order_id),
  disputed_minor   bigint not null,
  share_minor      bigint not null,
  primary key (dispute_id, payment_order_id),
  constraint dispute_orders_disputed_positive check (disputed_minor > 0),
  constraint dispute_orders_share_within_disputed check (share_minor between 0 and disputed_minor)
);
create index dispute_orders_order on dispute_orders (payment_order_id);

-- What we say to it: evidence to an inquiry and to a dispute, or that a dispute is accepted; once to each.
create table dispute_responses (
  dispute_id text not null references disputes (id),
  stage      text not null,
  kind       text not null,
  evidence   text,
  actor      text not null,
  created_at timestamptz not null default now(),
  tries      smallint not null default 0,
  error      text,
  send_at    timestamptz default now(),
  sent_at    timestamptz,
  refused_at timestamptz,
  constraint dispute_responses_once_per_stage primary key (dispute_id, stage),
  constraint dispute_responses_stage_known check (stage in ('inquiry', 'dispute')),
  constraint dispute_responses_kind_known check (kind = 'evidence' or (kind = 'acceptance' and stage = 'dispute')),
  constraint dispute_responses_evidence_said check ((kind = 'evidence') = (evidence is not null) and length(evidence) between 1 and 20000),
  constraint dispute_responses_open_has_next_send check ((send_at is null) = (sent_at is not null or refused_at is not null)),
  constraint dispute_responses_one_end check (sent_at is null or refused_at is null)
);
create index dispute_responses_unsent on dispute_responses (send_at) where send_at is not null;

create function check_dispute_history() returns trigger language plpgsql set search_path = public, pg_temp
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off as $$
begin
  if exists (
    select from new_transitions n
    left join dispute_transitions p on p.dispute_id = n.dispute_id and p.seq = n.seq - 1
    where (n.seq = 1 and n.from_state <> 'INQUIRY') or (n.seq <> 1 and p.to_state is distinct from n.from_state)
  ) then
    perform refuse('dispute_transitions_contiguous', 'dispute_transitions', 'a transition starts where the one before it ended');
  end if;
  if exists (
    select from new_transitions n left join disputes d on d.id = n.dispute_id where d.state_seq is null or d.state_seq < n.seq
  ) then
    perform refuse('dispute_transitions_dispute_follows', 'dispute_transitions', 'a dispute and its history move together');
  end if;
  return null;
end $$;
create trigger dispute_transitions_checked after insert on dispute_transitions
  referencing new table as new_transitions for each statement execute function check_dispute_history();

create function check_dispute_state() returns trigger language plpgsql set search_path = public, pg_temp
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off as $$
begin
  if exists (
    select from new_disputes n
    left join lateral (
      select seq, to_state from dispute_transitions where dispute_id = n.id order by seq desc limit 1
    ) last on true
    where n.state_seq <> coalesce(last.seq, 0) or n.state <> coalesce(last.to_state, 'INQUIRY')
  ) then
    perform refuse('disputes_state_has_history', 'disputes', 'a dispute''s state is the end of its last transition');
  end if;
  return null;
end $$;
create trigger disputes_checked_on_insert after insert on disputes
  referencing new table as new_disputes for each statement execute function check_dispute_state();
create trigger disputes_checked_on_update after update on disputes
  referencing new table as new_disputes for each statement execute function check_dispute_state();

create function check_dispute_orders() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if exists (
    select from (select distinct dispute_id from new_rows) n join disputes d on d.id = n.dispute_id
    where d.withdrawn_minor is null
       or (select sum(disputed_minor) from dispute_orders o where o.dispute_id = d.id) > d.withdrawn_minor
  ) then
    perform refuse('dispute_orders_within_withdrawal', 'dispute_orders', 'orders bear no more than was withdrawn');
  end if;
  if exists (
    select from new_rows n join disputes d on d.id = n.dispute_id left join captures c on c.payment_order_id = n.payment_order_id
    where c.attempt_id is distinct from d.attempt_id
  ) then
    perform refuse('dispute_orders_of_attempt', 'dispute_orders', 'a dispute takes of the orders that its charge paid');
  end if;
  return null;
end $$;
create trigger dispute_orders_checked after insert on dispute_orders
  referencing new table as new_rows for each statement execute function check_dispute_orders();

create trigger disputes_append_only before delete or truncate on disputes for each statement execute function refuse_change();
create trigger dispute_responses_append_only before delete or truncate on dispute_responses for each statement execute function refuse_change();
create trigger dispute_orders_append_only before update or delete or truncate on dispute_orders for each statement execute function refuse_change();
create trigger dispute_transitions_append_only before update or delete or truncate on dispute_transitions
  for each statement execute function refuse_change();

alter table dead_letters
  drop constraint dead_letters_kind_known,
  add constraint dead_letters_kind_known check (kind in ('attempt', 'webhook', 'refund', 'settlement', 'payout', 'dispute'));

grant select, insert on disputes, dispute_transitions, dispute_orders, dispute_responses to countinghouse_app;
grant update (state, state_seq, due_by, withdrawn_minor, fee_minor, reinstated_minor, fee_returned_minor, warned_at, tries, error, resolve_at, finished_at)
  on disputes to countinghouse_app;
grant update (tries, error, send_at, sent_at, refused_at) on dispute_responses to countinghouse_app;
