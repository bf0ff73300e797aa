-- Countinghouse, the core: who acts, what is paid, what the books say.
-- Every invariant has a named constraint or trigger; `server/testing/constraints.db.test.ts` attacks each by name.
-- Amounts are integer minor units. In the ledger a debit is positive and a credit negative.
-- Lengths are checked beside a pattern, not inside it: `{1,255}` takes a hundred times as long as `+`.
-- The functions behind triggers name their search_path, temporary tables last: otherwise any role could put a table of its own in
-- front of a real one and blind the checks.

-- ---------------------------------------------------------------------------------------------------------------
-- People, keys, sellers, the demo catalogue
-- ---------------------------------------------------------------------------------------------------------------

create table sellers (
  id             text primary key,
  display_name   text not null,
  tagline        text not null default '',
  verification   text not null default 'unverified',
  commission_bps integer not null default 250,
  opened_at      timestamptz not null default now(),
  constraint sellers_id_shape check (id ~ '^[A-Za-z0-9_.-]+$' and length(id) <= 64),
  constraint sellers_verification_known check (verification in ('unverified', 'verified')),
  constraint sellers_commission_range check (commission_bps between 0 and 10000)
);

create table users (
  id              text primary key,
  email           text not null,
  name            text not null,
  role            text not null,
  seller_id       text references sellers (id),
  password_hash   text not null,
  session_version integer not null default 1,
  suspended_at    timestamptz,
  created_at      timestamptz not null default now(),
  constraint users_email_lower check (email = lower(email)),
  constraint users_email_unique unique (email),
  constraint users_role_known check (role in ('shopper', 'seller', 'support', 'finance', 'approver', 'admin')),
  constraint users_seller_has_shop check ((role = 'seller') = (seller_id is not null))
);

create table api_keys (
  id         text primary key,
  name       text not null,
  prefix     text not null,
  key_hash   bytea not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  constraint api_keys_hash_unique unique (key_hash),
  constraint api_keys_hash_length check (octet_length(key_hash) = 32)
);

create table products (
  id          text primary key,
  seller_id   text not null references sellers (id),
  name        text not null,
  description text not null,
  price_minor bigint not null,
  currency    char(3) not null,
  art         text not null,
  position    integer not null,
  constraint products_price_range check (price_minor between 1 and 99999999),
  constraint products_currency_shape check (currency ~ '^[A-Z]{3}$')
);

-- ---------------------------------------------------------------------------------------------------------------
-- Payments: a checkout (payment event), its orders, the attempts at the PSP, the history
-- ---------------------------------------------------------------------------------------------------------------

create table payment_events (
  checkout_id   text primary key,
  principal     text not null,
  flow          text not null,
  request_hash  bytea not null,
  buyer_user_id text not null,
  buyer_email   text not null,
  buyer_name    text not null,
  created_at    timestamptz not null default now(),
  constraint payment_events_checkout_id_shape check (checkout_id ~ '^[A-Za-z0-9_.:-]+$' and length(checkout_id) <= 255),
  constraint payment_events_buyer_shape check (buyer_user_id ~ '^[A-Za-z0-9_.-]+$' and length(buyer_user_id) <= 64),
  constraint payment_events_flow_known check (flow in ('direct', 'hosted')),
  constraint payment_events_hash_length check (octet_length(request_hash) = 32)
);
create index payment_events_created on payment_events (created_at desc, checkout_id desc);

create table payment_orders (
  payment_order_id text primary key,
  checkout_id      text not null,
  line_no          smallint not null,
  seller_id        text not null,
  description      text not null default '',
  amount_minor     bigint not null,
  currency         char(3) not null,
  commission_minor bigint not null,
  state            text not null,
  state_seq        smallint not null,
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now(),
  constraint payment_orders_id_shape check (payment_order_id ~ '^[A-Za-z0-9_.:-]+$' and length(payment_order_id) <= 255),
  constraint payment_orders_amount_range check (amount_minor between 1 and 99999999),
  constraint payment_orders_commission_range check (commission_minor between 0 and amount_minor),
  constraint payment_orders_currency_shape check (currency ~ '^[A-Z]{3}$'),
  constraint payment_orders_line_unique unique (checkout_id, line_no),
  constraint payment_orders_state_known check (state in (
    'NOT_STARTED', 'EXECUTING', 'REQUIRES_ACTION', 'UNKNOWN', 'SUCCESS', 'FAILED', 'EXPIRED', 'CANCELLED',
    'LATE_SUCCESS', 'AUTO_REFUNDING', 'MANUAL_REVIEW'))
) with (fillfactor = 80);
create index payment_orders_seller on payment_orders (seller_id, created_at desc);

create table payment_attempts (
  id             text primary key,
  checkout_id    text not null,
  attempt_no     smallint not null,
  kind           text not null,
  amount_minor   bigint not null,
  currency       char(3) not null,
  payment_method text,
  card_last4     text,
  state          text not null default 'PENDING',
  tries          smallint not null default 0,
  psp_payment_id text,
  psp_session_id text,
  page_url       text,
  decline_code   text,
  error          text,
  latency_ms     integer,
  resolve_at     timestamptz,
  created_at     timestamptz not null default now(),
  finished_at    timestamptz,
  constraint payment_attempts_kind_known check (kind in ('direct', 'hosted')),
  constraint payment_attempts_state_known check (state in (
    'PENDING', 'REQUIRES_ACTION', 'UNKNOWN', 'SUCCEEDED', 'DECLINED', 'REFUSED', 'EXPIRED', 'CANCELLED')),
  constraint payment_attempts_amount_positive check (amount_minor > 0),
  constraint payment_attempts_last4_shape check (card_last4 ~ '^[0-9]{4}$'),
  constraint payment_attempts_method_is_token check (payment_method ~ '^[a-z]+_'),
  constraint payment_attempts_finished_is_final check ((finished_at is null) = (state in ('PENDING', 'REQUIRES_ACTION', 'UNKNOWN')))
) with (fillfactor = 80);
create index payment_attempts_checkout on payment_attempts (checkout_id);
create index payment_attempts_psp_payment on payment_attempts (psp_payment_id) where psp_payment_id is not null;
create index payment_attempts_psp_session on payment_attempts (psp_session_id) where psp_session_id is not null;
-- The work list of "ask the PSP when it stays silent": only attempts without an outcome are in it.
create index payment_attempts_unresolved on payment_attempts (resolve_at) where finished_at is null;

create table attempt_orders (
  attempt_id       text not null,
  payment_order_id text not null,
  primary key (payment_order_id, attempt_id)
);
create index attempt_orders_attempt on attempt_orders (attempt_id);

create table order_transitions (
  payment_order_id text not null,
  seq              smallint not null,
  from_state       text not null,
  to_state         text not null,
  reason           text not null,
  attempt_id       text,
  actor            text not null,
  at               timestamptz not null default now(),
  primary key (payment_order_id, seq),
  constraint order_transitions_legal check ((from_state, to_state) in (
    ('NOT_STARTED', 'EXECUTING'),
    ('EXECUTING', 'SUCCESS'), ('EXECUTING', 'FAILED'), ('EXECUTING', 'REQUIRES_ACTION'), ('EXECUTING', 'UNKNOWN'),
    ('REQUIRES_ACTION', 'EXECUTING'), ('REQUIRES_ACTION', 'EXPIRED'), ('REQUIRES_ACTION', 'CANCELLED'),
    ('UNKNOWN', 'SUCCESS'), ('UNKNOWN', 'FAILED'), ('UNKNOWN', 'MANUAL_REVIEW'),
    ('MANUAL_REVIEW', 'SUCCESS'), ('MANUAL_REVIEW', 'FAILED'),
    ('FAILED', 'EXECUTING'),
    ('EXPIRED', 'LATE_SUCCESS'), ('CANCELLED', 'LATE_SUCCESS'), ('FAILED', 'LATE_SUCCESS'),
    ('LATE_SUCCESS', 'AUTO_REFUNDING')))
);

-- One row per order that the PSP has charged: the database's own "charged at most once".
create table captures (
  payment_order_id text not null,
  attempt_id       text not null,
  psp_charge_id    text not null,
  amount_minor     bigint not null,
  currency         char(3) not null,
  captured_at      timestamptz not null default now(),
  constraint captures_one_per_order primary key (payment_order_id),
  constraint captures_amount_positive check (amount_minor > 0)
);

-- ---------------------------------------------------------------------------------------------------------------
-- Ledger: append-only, zero-sum, each entry with its place in its account and the balance after it
-- ---------------------------------------------------------------------------------------------------------------

create type ledger_transaction_kind as enum ('order_captured', 'late_capture_held');

create table ledger_accounts (
  id           bigint generated always as identity primary key,
  code         text not null,
  kind         text not null,
  owner_id     text not null,
  currency     char(3) not null,
  balance_rule text not null,
  balance      bigint not null default 0,
  version      bigint not null default 0,
  opened_at    timestamptz not null default now(),
  constraint ledger_accounts_code_unique unique (code),
  constraint ledger_accounts_code_shape check (code = kind || ':' || owner_id || ':' || currency),
  constraint ledger_accounts_kind_known check (kind in (
    'buyer', 'seller_pending', 'seller_available', 'seller_reserved', 'platform_fees', 'psp_clearing', 'psp_fees', 'bank_cash',
    'payout_in_transit', 'dispute_receivable', 'platform_loss', 'suspense', 'fx_clearing')),
  constraint ledger_accounts_currency_shape check (currency ~ '^[A-Z]{3}$'),
  constraint ledger_accounts_rule_of_kind check (balance_rule = case
    when kind in ('seller_pending', 'seller_reserved', 'payout_in_transit') then 'credit'
    when kind in ('dispute_receivable', 'platform_loss') then 'debit'
    else 'either' end),
  constraint ledger_accounts_balance_side check (
    balance_rule = 'either' or (balance_rule = 'debit' and balance >= 0) or (balance_rule = 'credit' and balance <= 0))
) with (fillfactor = 50);
create index ledger_accounts_owner on ledger_accounts (owner_id);

create table ledger_transactions (
  id           uuid primary key,
  kind         ledger_transaction_kind not null,
  legs         smallint not null,
  source_id    text not null,
  reversal_of  uuid references ledger_transactions (id),
  effective_at timestamptz not null default now(),
  recorded_at  timestamptz not null default now(),
  constraint ledger_transactions_one_per_fact unique (source_id, kind),
  constraint ledger_transactions_legs_range check (legs between 2 and 100),
  constraint ledger_transactions_not_own_reversal check (reversal_of <> id)
);
create unique index ledger_transactions_reversed_once on ledger_transactions (reversal_of) where reversal_of is not null;

create table ledger_entries (
  account_id     bigint not null,
  account_seq    bigint not null,
  transaction_id uuid not null,
  amount_minor   bigint not null,
  balance_after  bigint not null,
  currency       char(3) not null,
  constraint ledger_entries_place_unique primary key (account_id, account_seq),
  constraint ledger_entries_amount_not_zero check (amount_minor <> 0),
  constraint ledger_entries_amount_limit check (amount_minor between -1000000000000000 and 1000000000000000),
  constraint ledger_entries_seq_positive check (account_seq > 0)
);
create index ledger_entries_transaction on ledger_entries (transaction_id);

create function refuse(broken_constraint text, relation text, message text) returns void language plpgsql as $$
begin
  raise exception '%', message using errcode = 'integrity_constraint_violation', constraint = broken_constraint, table = relation;
end $$;

-- All rules about a set of new entries in one set-based pass: foreign keys checked row by row would cost a third of the rate.
-- Their plans are held to index look-ups by settings, and look-ups stand in joins, never in a subquery beside an `or`, which could
-- be planned as a hash of the whole table: a plan made while the tables were empty would read them whole ever after.
-- It relies on a transaction, its entries and its account updates being written by one statement, as the posting engine does.
create function check_ledger_entries() returns trigger language plpgsql set search_path = public, pg_temp
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off as $$
declare
  broken text;
begin
  select case
      when t.id is null then 'ledger_entries_transaction_exists'
      when e.legs <> t.legs or e.legs <> stored.legs then 'ledger_entries_complete'
      else 'ledger_entries_two_accounts'
    end
  into broken
  from (
    select transaction_id, count(*) as legs, min(account_id) as lowest_account, max(account_id) as highest_account
    from new_entries group by transaction_id
  ) e
  left join ledger_transactions t on t.id = e.transaction_id
  cross join lateral (select count(*) as legs from ledger_entries where transaction_id = e.transaction_id) stored
  where t.id is null or e.legs <> t.legs or e.legs <> stored.legs or e.lowest_account = e.highest_account
  limit 1;
  if broken is not null then
    perform refuse(broken, 'ledger_entries', 'a ledger transaction is written once, whole, over at least two accounts');
  end if;

  if exists (select from new_entries group by transaction_id, currency having sum(amount_minor) <> 0) then
    perform refuse('ledger_entries_zero_sum', 'ledger_entries', 'the entries of a transaction must add up to zero in each currency');
  end if;

  select case
      when a.id is null then 'ledger_entries_account_exists'
      when a.currency <> n.currency then 'ledger_entries_currency_matches_account'
      else 'ledger_entries_account_updated'
    end
  into broken
  from new_entries n
  left join ledger_accounts a on a.id = n.account_id
  where a.id is null or a.currency <> n.currency or n.account_seq > a.version
  limit 1;
  if broken is not null then
    perform refuse(broken, 'ledger_entries', 'an entry has the currency of its account and moves its balance and version');
  end if;
  return null;
end $$;
create trigger ledger_entries_checked after insert on ledger_entries
  referencing new table as new_entries for each statement execute function check_ledger_entries();

create function check_ledger_transactions() returns trigger language plpgsql set search_path = public, pg_temp
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off as $$
begin
  if exists (
    select from new_transactions n where not exists (select from ledger_entries e where e.transaction_id = n.id)
  ) then
    perform refuse('ledger_transactions_have_entries', 'ledger_transactions', 'a ledger transaction is written together with its entries');
  end if;
  return null;
end $$;
create trigger ledger_transactions_checked after insert on ledger_transactions
  referencing new table as new_transactions for each statement execute function check_ledger_transactions();

create function check_opened_accounts() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if exists (select from new_accounts where version <> 0 or balance <> 0) then
    perform refuse('ledger_accounts_balance_is_last_entry', 'ledger_accounts', 'an account is opened empty');
  end if;
  return null;
end $$;
create trigger ledger_accounts_checked_on_insert after insert on ledger_accounts
  referencing new table as new_accounts for each statement execute function check_opened_accounts();

-- From what an account was to what it is there must be entries without a gap, each continuing the balance before it. What it was
-- has been checked when it became that, so no older entry is read: in large books it would lie on a page that nobody has at hand.
-- Old and new rows are matched by hash, whatever the planner makes of their number; the entries are looked up, as above.
create function check_moved_accounts() returns trigger language plpgsql set search_path = public, pg_temp
  set enable_hashjoin = on set enable_nestloop = off
  set enable_seqscan = off set enable_bitmapscan = off set enable_mergejoin = off set enable_material = off as $$
declare
  broken text;
begin
  select case
      when o.id is null or moved.entries = 0 then 'ledger_accounts_balance_is_last_entry'
      when moved.entries <> n.version - o.version then 'ledger_entries_seq_contiguous'
      when not moved.in_steps then 'ledger_entries_running_balance'
      else 'ledger_accounts_balance_is_last_entry'
    end
  into broken
  from new_accounts n
  left join old_accounts o on o.id = n.id
  left join lateral (
    select count(*) as entries, coalesce(sum(amount_minor), 0) as amount, bool_and(balance_after = balance_before + amount_minor) as in_steps
    from (
      select amount_minor, balance_after, lag(balance_after, 1, o.balance) over (order by account_seq) as balance_before
      from ledger_entries where account_id = n.id and account_seq > o.version
    ) steps
  ) moved on true
  where o.id is null or moved.entries <> n.version - o.version or not moved.in_steps or n.balance <> o.balance + moved.amount
  limit 1;
  if broken is not null then
    perform refuse(broken, 'ledger_accounts', 'an account moves by entries: next number, running balance, no other way');
  end if;
  return null;
end $$;
create trigger ledger_accounts_checked_on_update after update on ledger_accounts
  referencing old table as old_accounts new table as new_accounts for each statement execute function check_moved_accounts();

-- ---------------------------------------------------------------------------------------------------------------
-- Order state: the row always agrees with its history, and the history has no gap
-- ---------------------------------------------------------------------------------------------------------------

create function check_order_history() returns trigger language plpgsql set search_path = public, pg_temp
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off as $$
begin
  if exists (
    select from new_transitions n
    left join order_transitions p on p.payment_order_id = n.payment_order_id and p.seq = n.seq - 1
    where (n.seq = 1 and n.from_state <> 'NOT_STARTED') or (n.seq <> 1 and p.to_state is distinct from n.from_state)
  ) then
    perform refuse('order_transitions_contiguous', 'order_transitions', 'a transition starts where the one before it ended');
  end if;
  if exists (
    select from new_transitions n left join payment_orders o on o.payment_order_id = n.payment_order_id
    where o.state_seq is null or o.state_seq < n.seq
  ) then
    perform refuse('order_transitions_order_follows', 'order_transitions', 'an order and its history move together');
  end if;
  return null;
end $$;
create trigger order_transitions_checked after insert on order_transitions
  referencing new table as new_transitions for each statement execute function check_order_history();

create function check_order_state() returns trigger language plpgsql set search_path = public, pg_temp
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off as $$
begin
  if exists (
    select from new_orders n
    left join lateral (
      select seq, to_state from order_transitions where payment_order_id = n.payment_order_id order by seq desc limit 1
    ) last on true
    where n.state_seq <> coalesce(last.seq, 0) or n.state <> coalesce(last.to_state, 'NOT_STARTED')
  ) then
    perform refuse('payment_orders_state_has_history', 'payment_orders', 'an order''s state is the end of its last transition');
  end if;
  return null;
end $$;
create trigger payment_orders_checked_on_insert after insert on payment_orders
  referencing new table as new_orders for each statement execute function check_order_state();
create trigger payment_orders_checked_on_update after update on payment_orders
  referencing new table as new_orders for each statement execute function check_order_state();

-- ---------------------------------------------------------------------------------------------------------------
-- References of the hot tables: one look-up per statement. Row-by-row foreign keys would cost a quarter of the rate, and what
-- they point at is never deleted.
-- ---------------------------------------------------------------------------------------------------------------

create function check_new_orders() returns trigger language plpgsql set search_path = public, pg_temp
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off as $$
begin
  if exists (select from new_rows n where not exists (select from payment_events e where e.checkout_id = n.checkout_id)) then
    perform refuse('payment_orders_checkout_exists', 'payment_orders', 'an order belongs to a checkout');
  end if;
  if exists (select from new_rows n where not exists (select from sellers s where s.id = n.seller_id)) then
    perform refuse('payment_orders_seller_exists', 'payment_orders', 'an order pays a known seller');
  end if;
  return null;
end $$;
create trigger payment_orders_references after insert on payment_orders
  referencing new table as new_rows for each statement execute function check_new_orders();

create function check_new_attempts() returns trigger language plpgsql set search_path = public, pg_temp
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off as $$
begin
  if exists (select from new_rows n where not exists (select from payment_events e where e.checkout_id = n.checkout_id)) then
    perform refuse('payment_attempts_checkout_exists', 'payment_attempts', 'an attempt belongs to a checkout');
  end if;
  return null;
end $$;
create trigger payment_attempts_references after insert on payment_attempts
  referencing new table as new_rows for each statement execute function check_new_attempts();

create function check_attempt_orders() returns trigger language plpgsql set search_path = public, pg_temp
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off as $$
begin
  if exists (
    select from new_rows n
    left join payment_attempts a on a.id = n.attempt_id
    left join payment_orders o on o.payment_order_id = n.payment_order_id
    where a.checkout_id is null or a.checkout_id is distinct from o.checkout_id
  ) then
    perform refuse('attempt_orders_same_checkout', 'attempt_orders', 'an attempt covers orders of its own checkout');
  end if;
  return null;
end $$;
create trigger attempt_orders_references after insert on attempt_orders
  referencing new table as new_rows for each statement execute function check_attempt_orders();

create function check_captures() returns trigger language plpgsql set search_path = public, pg_temp
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off as $$
begin
  if exists (
    select from new_rows n left join payment_orders o on o.payment_order_id = n.payment_order_id
    where o.payment_order_id is null or o.amount_minor <> n.amount_minor or o.currency <> n.currency
  ) then
    perform refuse('captures_whole_order', 'captures', 'a capture takes exactly the amount of its order');
  end if;
  return null;
end $$;
create trigger captures_references after insert on captures
  referencing new table as new_rows for each statement execute function check_captures();

-- ---------------------------------------------------------------------------------------------------------------
-- Messages: inbox, outbox, idempotency keys, dead letters
-- ---------------------------------------------------------------------------------------------------------------

create table webhook_inbox (
  id          bigint generated always as identity primary key,
  source      text not null,
  account     text not null,
  event_id    text not null,
  type        text not null,
  payload     text not null,
  state       text not null default 'received',
  tries       smallint not null default 0,
  verdict     text,
  attempt_id  text,
  received_at timestamptz not null default now(),
  retry_at    timestamptz not null default now(),
  handled_at  timestamptz,
  constraint webhook_inbox_event_once unique (source, account, event_id),
  constraint webhook_inbox_state_known check (state in ('received', 'handled', 'dead')),
  constraint webhook_inbox_handled_has_verdict check (
    (state = 'received') = (handled_at is null) and (state = 'received' or verdict is not null))
);
create index webhook_inbox_waiting on webhook_inbox (id) where state = 'received';
create index webhook_inbox_attempt on webhook_inbox (attempt_id) where attempt_id is not null;

create table outbox (
  id           bigint generated always as identity primary key,
  topic        text not null,
  key          text not null,
  payload      jsonb not null,
  created_at   timestamptz not null default now(),
  published_at timestamptz
);
create index outbox_waiting on outbox (id) where published_at is null;

create table idempotency_keys (
  principal      text not null,
  route          text not null,
  key            text not null,
  request_hash   bytea not null,
  recovery_point text not null default 'started',
  status_code    smallint,
  response_body  text,
  locked_until   timestamptz not null,
  created_at     timestamptz not null default now(),
  expires_at     timestamptz not null,
  constraint idempotency_keys_one_per_request primary key (principal, route, key),
  constraint idempotency_keys_key_length check (length(key) between 1 and 255),
  constraint idempotency_keys_hash_length check (octet_length(request_hash) = 32),
  constraint idempotency_keys_finished_has_answer check (
    (recovery_point = 'finished') = (status_code is not null and response_body is not null))
);
create index idempotency_keys_expiry on idempotency_keys (expires_at);

create table dead_letters (
  id          bigint generated always as identity primary key,
  kind        text not null,
  subject_id  text not null,
  cause       text not null,
  tries       integer not null,
  created_at  timestamptz not null default now(),
  resolved_at timestamptz,
  resolution  text,
  constraint dead_letters_kind_known check (kind in ('attempt', 'webhook')),
  constraint dead_letters_resolved_has_reason check ((resolved_at is null) = (resolution is null))
);
create unique index dead_letters_open_once on dead_letters (kind, subject_id) where resolved_at is null;

-- ---------------------------------------------------------------------------------------------------------------
-- Append-only: refused for everyone, the owner included
-- ---------------------------------------------------------------------------------------------------------------

create function refuse_change() returns trigger language plpgsql as $$
begin
  perform refuse(tg_table_name || '_append_only', tg_table_name, format('%s is append-only: corrections are new rows', tg_table_name));
  return null;
end $$;

create trigger ledger_entries_append_only before update or delete or truncate on ledger_entries for each statement execute function refuse_change();
create trigger ledger_transactions_append_only before update or delete or truncate on ledger_transactions for each statement execute function refuse_change();
create trigger order_transitions_append_only before update or delete or truncate on order_transitions for each statement execute function refuse_change();
create trigger captures_append_only before update or delete or truncate on captures for each statement execute function refuse_change();
create trigger ledger_accounts_append_only before delete or truncate on ledger_accounts for each statement execute function refuse_change();
create trigger sellers_append_only before delete or truncate on sellers for each statement execute function refuse_change();
create trigger payment_events_append_only before update or delete or truncate on payment_events for each statement execute function refuse_change();
create trigger payment_attempts_append_only before delete or truncate on payment_attempts for each statement execute function refuse_change();
create trigger attempt_orders_append_only before update or delete or truncate on attempt_orders for each statement execute function refuse_change();
create trigger payment_orders_append_only before delete or truncate on payment_orders for each statement execute function refuse_change();

-- ---------------------------------------------------------------------------------------------------------------
-- The application's role: it reads, inserts, and updates only the columns that may change. It owns nothing.
-- ---------------------------------------------------------------------------------------------------------------

grant usage on schema public to countinghouse_app;
grant select on all tables in schema public to countinghouse_app;
grant insert on sellers, users, api_keys, products, payment_events, payment_orders, payment_attempts, attempt_orders, order_transitions,
  captures, ledger_accounts, ledger_transactions, ledger_entries, webhook_inbox, outbox, idempotency_keys, dead_letters to countinghouse_app;
grant update (display_name, tagline, verification, commission_bps) on sellers to countinghouse_app;
grant update (name, role, seller_id, password_hash, session_version, suspended_at) on users to countinghouse_app;
grant update (revoked_at) on api_keys to countinghouse_app;
grant update (state, state_seq, updated_at) on payment_orders to countinghouse_app;
grant update (state, tries, psp_payment_id, psp_session_id, page_url, card_last4, decline_code, error, latency_ms, resolve_at, finished_at)
  on payment_attempts to countinghouse_app;
grant update (balance, version) on ledger_accounts to countinghouse_app;
grant update (state, tries, verdict, attempt_id, retry_at, handled_at) on webhook_inbox to countinghouse_app;
grant update (published_at) on outbox to countinghouse_app;
grant update (recovery_point, status_code, response_body, locked_until, expires_at, request_hash) on idempotency_keys to countinghouse_app;
grant delete on idempotency_keys to countinghouse_app;
grant update (resolved_at, resolution) on dead_letters to countinghouse_app;
