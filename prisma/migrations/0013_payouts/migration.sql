-- Payouts: what sellers have earned goes to their banks, each payout with the ledger entries that it pays.

-- A value cannot be used in the transaction that adds it, and nothing here does.
alter type ledger_transaction_kind add value 'payout_requested';
alter type ledger_transaction_kind add value 'payout_released';
alter type ledger_transaction_kind add value 'payout_sent';
alter type ledger_transaction_kind add value 'payout_unsent';
alter type ledger_transaction_kind add value 'payout_paid';
alter type ledger_transaction_kind add value 'payout_returned';

-- ---------------------------------------------------------------------------------------------------------------
-- Where a seller is paid: its account at the PSP, its banks, who verified it, how often it is paid
-- ---------------------------------------------------------------------------------------------------------------

create table payout_accounts (
  seller_id      text not null references sellers (id),
  psp_account_id text not null,
  opened_at      timestamptz not null default now(),
  constraint payout_accounts_pkey primary key (seller_id),
  constraint payout_accounts_psp_account_once unique (psp_account_id)
);

-- The number itself is at the PSP alone: here is what tells one account from another.
create table bank_accounts (
  id                  text not null,
  seller_id           text not null references sellers (id),
  psp_bank_account_id text not null,
  country             char(2) not null,
  currency            char(3) not null,
  bank_name           text not null default '',
  last4               text not null,
  fingerprint         text not null,
  state               text not null default 'new',
  failure_code        text,
  added_by            text not null,
  created_at          timestamptz not null default now(),
  replaced_at         timestamptz,
  constraint bank_accounts_pkey primary key (id),
  constraint bank_accounts_psp_once unique (psp_bank_account_id),
  constraint bank_accounts_country_shape check (country ~ '^[A-Z]{2}$'),
  constraint bank_accounts_currency_shape check (currency ~ '^[A-Z]{3}$'),
  constraint bank_accounts_last4_shape check (last4 ~ '^[0-9A-Z]{4}$'),
  constraint bank_accounts_fingerprint_shape check (fingerprint ~ '^[A-Za-z0-9_-]+$' and length(fingerprint) <= 64),
  constraint bank_accounts_state_known check (state in ('new', 'verified', 'failed')),
  constraint bank_accounts_failed_has_code check ((state = 'failed') = (failure_code is not null))
);
create unique index bank_accounts_one_current on bank_accounts (seller_id, currency) where replaced_at is null;

create table seller_verifications (
  seller_id    text not null references sellers (id),
  id           bigint generated always as identity,
  verification text not null,
  actor        text not null,
  reason       text not null,
  at           timestamptz not null default now(),
  constraint seller_verifications_pkey primary key (id),
  constraint seller_verifications_known check (verification in ('unverified', 'verified')),
  constraint seller_verifications_has_reason check (actor <> '' and reason <> '')
);
create index seller_verifications_seller on seller_verifications (seller_id, id);

create table payout_schedules (
  seller_id  text not null references sellers (id),
  every      text not null,
  -- Monday is 1; the 31st is the last day of a shorter month.
  on_day     smallint,
  next_on    date,
  changed_by text not null,
  changed_at timestamptz not null default now(),
  constraint payout_schedules_pkey primary key (seller_id),
  constraint payout_schedules_every_known check (every in ('manual', 'daily', 'weekly', 'monthly')),
  constraint payout_schedules_day_of_interval check (case every
    when 'weekly' then coalesce(on_day between 1 and 7, false)
    when 'monthly' then coalesce(on_day between 1 and 31, false)
    else on_day is null end),
  constraint payout_schedules_planned check ((every = 'manual') = (next_on is null))
);
create index payout_schedules_due on payout_schedules (next_on) where next_on is not null;

-- ---------------------------------------------------------------------------------------------------------------
-- Payouts and their history
-- ---------------------------------------------------------------------------------------------------------------

-- A payout pays the entries `first_seq` to `last_seq` of the seller's available account: all of them since the payout before it.
-- What was left then (`opening_minor`) and what they moved, less what stays (`left_minor`), is its amount.
create table payouts (
  id              text not null,
  seller_id       text not null references sellers (id),
  bank_account_id text not null references bank_accounts (id),
  currency        char(3) not null,
  amount_minor    bigint not null,
  account_id      bigint not null references ledger_accounts (id),
  first_seq       bigint not null,
  last_seq        bigint not null,
  opening_minor   bigint not null,
  moved_minor     bigint not null,
  left_minor      bigint not null,
  scheduled_for   date,
  requested_by    text not null,
  needs_approval  boolean not null,
  approved_by     text,
  state           text not null default 'REQUESTED',
  state_seq       smallint not null default 0,
  psp_payout_id   text,
  tries           smallint not null default 0,
  error           text,
  resolve_at      timestamptz,
  -- It failed, and its money lies in the seller's account at the PSP: when it is next tried to bring it back from there.
  recall_at       timestamptz,
  recall_tries    smallint not null default 0,
  created_at      timestamptz not null default now(),
  finished_at     timestamptz,
  constraint payouts_pkey primary key (id),
  constraint payouts_amount_positive check (amount_minor > 0),
  constraint payouts_currency_shape check (currency ~ '^[A-Z]{3}$'),
  constraint payouts_range check (first_seq >= 1 and last_seq >= first_seq - 1),
  constraint payouts_one_per_range unique (account_id, first_seq),
  constraint payouts_lines_add_up check (opening_minor + moved_minor - left_minor = amount_minor),
  constraint payouts_within_available check (left_minor >= 0),
  constraint payouts_state_known check (state in (
    'REQUESTED', 'APPROVED', 'SUBMITTED', 'UNKNOWN', 'PAID', 'FAILED', 'RETURNED', 'CANCELLED')),
  constraint payouts_four_eyes check (approved_by <> requested_by),
  constraint payouts_person_approves check (not needs_approval or approved_by <> 'policy'),
  constraint payouts_approved_before_sent check (state in ('REQUESTED', 'CANCELLED') or approved_by is not null),
  constraint payouts_finished_is_final check (
    (finished_at is null) = (state in ('REQUESTED', 'APPROVED', 'SUBMITTED', 'UNKNOWN'))),
  -- What is on its way always has a time at which somebody looks again; what waits for a person has none.
  constraint payouts_open_has_next_look check ((resolve_at is not null) = (state in ('APPROVED', 'SUBMITTED', 'UNKNOWN'))),
  constraint payouts_made_has_psp_id check (state not in ('PAID', 'RETURNED') or psp_payout_id is not null),
  constraint payouts_recalled_after_failure check (recall_at is null or state in ('FAILED', 'RETURNED'))
);
create unique index payouts_once_a_schedule on payouts (seller_id, currency, scheduled_for) where scheduled_for is not null;
create unique index payouts_psp_payout_once on payouts (psp_payout_id) where psp_payout_id is not null;
create index payouts_newest on payouts (created_at desc, id desc);
create index payouts_seller on payouts (seller_id, created_at desc, id desc);
-- The work lists of "send it, or ask what became of it" and of "bring the money back".
create index payouts_unresolved on payouts (resolve_at) where resolve_at is not null;
create index payouts_to_recall on payouts (recall_at) where recall_at is not null;

create table payout_transitions (
  payout_id  text not null,
  seq        smallint not null,
  from_state text not null,
  to_state   text not null,
  reason     text not null,
  actor      text not null,
  at         timestamptz not null default now(),
  constraint payout_transitions_pkey primary key (payout_id, seq),
  constraint payout_transitions_legal check ((from_state, to_state) in (
    ('REQUESTED', 'APPROVED'), ('REQUESTED', 'CANCELLED'),
    ('APPROVED', 'SUBMITTED'), ('APPROVED', 'CANCELLED'),
    ('SUBMITTED', 'PAID'), ('SUBMITTED', 'FAILED'), ('SUBMITTED', 'UNKNOWN'),
    ('UNKNOWN', 'SUBMITTED'), ('UNKNOWN', 'PAID'), ('UNKNOWN', 'FAILED'),
    ('PAID', 'RETURNED')))
);

-- ---------------------------------------------------------------------------------------------------------------
-- A new payout agrees with the ledger, with the one before it and with the seller. Checked at the end of its transaction, which also
-- takes its amount from the seller's available account.
-- ---------------------------------------------------------------------------------------------------------------

create function check_new_payout() returns trigger language plpgsql set search_path = public, pg_temp
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off as $$
declare
  broken text;
begin
  select case
      when s.verification <> 'verified' then 'payouts_seller_verified'
      when b.seller_id <> new.seller_id or b.currency <> new.currency then 'payouts_bank_account_of_seller'
      when a.code <> 'seller_available:' || new.seller_id || ':' || new.currency then 'payouts_account_of_seller'
      when taken.account_seq is distinct from new.last_seq + 1 or taken.amount_minor <> new.amount_minor then 'payouts_taken_when_requested'
      when new.first_seq <> coalesce(before.last_seq + 2, 1) then 'payouts_range_follows_last'
      when taken.balance_after <> -new.left_minor or coalesce(-start.balance_after, 0) <> new.opening_minor then 'payouts_lines_are_entries'
    end
  into broken
  from sellers s
  join bank_accounts b on b.id = new.bank_account_id
  join ledger_accounts a on a.id = new.account_id
  left join lateral (
    select e.account_seq, e.amount_minor, e.balance_after from ledger_transactions t
    join ledger_entries e on e.transaction_id = t.id and e.account_id = new.account_id
    where t.source_id = new.id and t.kind = 'payout_requested'
  ) taken on true
  left join lateral (
    select p.last_seq from payouts p where p.account_id = new.account_id and p.first_seq < new.first_seq order by p.first_seq desc limit 1
  ) before on true
  left join ledger_entries start on start.account_id = new.account_id and start.account_seq = new.first_seq - 1
  where s.id = new.seller_id;
  if broken is not null then
    perform refuse(broken, 'payouts', 'a payout takes what its entries leave available, of a verified seller, after the payout before it');
  end if;
  return null;
end $$;
create constraint trigger payouts_checked_at_commit after insert on payouts deferrable initially deferred
  for each row execute function check_new_payout();

-- ---------------------------------------------------------------------------------------------------------------
-- Payout state: the row always agrees with its history, and the history has no gap
-- ---------------------------------------------------------------------------------------------------------------

create function check_payout_history() returns trigger language plpgsql set search_path = public, pg_temp
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off as $$
begin
  if exists (
    select from new_transitions n
    left join payout_transitions p on p.payout_id = n.payout_id and p.seq = n.seq - 1
    where (n.seq = 1 and n.from_state <> 'REQUESTED') or (n.seq <> 1 and p.to_state is distinct from n.from_state)
  ) then
    perform refuse('payout_transitions_contiguous', 'payout_transitions', 'a transition starts where the one before it ended');
  end if;
  if exists (
    select from new_transitions n left join payouts p on p.id = n.payout_id where p.state_seq is null or p.state_seq < n.seq
  ) then
    perform refuse('payout_transitions_payout_follows', 'payout_transitions', 'a payout and its history move together');
  end if;
  return null;
end $$;
create trigger payout_transitions_checked after insert on payout_transitions
  referencing new table as new_transitions for each statement execute function check_payout_history();

create function check_payout_state() returns trigger language plpgsql set search_path = public, pg_temp
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off as $$
begin
  if exists (
    select from new_payouts n
    left join lateral (
      select seq, to_state from payout_transitions where payout_id = n.id order by seq desc limit 1
    ) last on true
    where n.state_seq <> coalesce(last.seq, 0) or n.state <> coalesce(last.to_state, 'REQUESTED')
  ) then
    perform refuse('payouts_state_has_history', 'payouts', 'a payout''s state is the end of its last transition');
  end if;
  return null;
end $$;
create trigger payouts_checked_on_insert after insert on payouts
  referencing new table as new_payouts for each statement execute function check_payout_state();
create trigger payouts_checked_on_update after update on payouts
  referencing new table as new_payouts for each statement execute function check_payout_state();

create trigger payouts_append_only before delete or truncate on payouts for each statement execute function refuse_change();
create trigger payout_transitions_append_only before update or delete or truncate on payout_transitions
  for each statement execute function refuse_change();
create trigger bank_accounts_append_only before delete or truncate on bank_accounts for each statement execute function refuse_change();
create trigger seller_verifications_append_only before update or delete or truncate on seller_verifications
  for each statement execute function refuse_change();

alter table dead_letters
  drop constraint dead_letters_kind_known,
  add constraint dead_letters_kind_known check (kind in ('attempt', 'webhook', 'refund', 'settlement', 'payout'));

grant select, insert on payout_accounts, bank_accounts, seller_verifications, payout_schedules, payouts, payout_transitions to countinghouse_app;
grant update (state, failure_code, replaced_at) on bank_accounts to countinghouse_app;
grant update (every, on_day, next_on, changed_by, changed_at) on payout_schedules to countinghouse_app;
grant update (state, state_seq, approved_by, psp_payout_id, tries, error, resolve_at, recall_at, recall_tries, finished_at)
  on payouts to countinghouse_app;
