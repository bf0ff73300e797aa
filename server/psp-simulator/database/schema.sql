-- The books and records of the PSP simulator: another company's database. Applied at boot, create-if-missing.
-- Ids sort by creation (UUID version 7 behind a prefix), so a list is a range of the primary key.
-- Amounts are integers in the currency's minor unit; times named "created" are Unix seconds, as on the wire.

-- What the simulator must not forget: the setting of its clock, up to when it has done what it does by itself.
create table if not exists simulator_state (
  name text primary key,
  value bigint
);

create table if not exists payment_methods (
  id text collate "C" primary key,
  created bigint not null,
  -- Never a number or a security code: brand, last four digits and what the test card will do.
  card jsonb not null,
  behaviour jsonb not null,
  billing_details jsonb not null,
  metadata jsonb not null,
  constraint payment_methods_hold_no_card_number check (
    card - array['brand', 'last4', 'fingerprint', 'exp_month', 'exp_year', 'funding', 'country'] = '{}'
    and card ->> 'last4' ~ '^[0-9]{4}$'
  )
);

create table if not exists tokens (
  id text collate "C" primary key,
  created bigint not null,
  payment_method text collate "C" not null,
  used boolean not null
);

create table if not exists payment_intents (
  id text collate "C" primary key,
  created bigint not null,
  amount bigint not null constraint payment_intents_amount_positive check (amount > 0),
  amount_received bigint not null,
  currency text not null,
  status text not null,
  attempt_id text,
  checkout_session text collate "C",
  client_secret text not null,
  payment_method text collate "C",
  latest_charge text collate "C",
  last_payment_error jsonb,
  next_action jsonb,
  cancellation_reason text,
  canceled_at bigint,
  description text,
  receipt_email text,
  return_url text,
  statement_descriptor text,
  metadata jsonb not null
);
create index if not exists payment_intents_attempt on payment_intents (attempt_id) where attempt_id is not null;

create table if not exists charges (
  id text collate "C" primary key,
  created bigint not null,
  payment_intent text collate "C" not null,
  attempt_id text,
  amount bigint not null constraint charges_amount_positive check (amount > 0),
  currency text not null,
  status text not null,
  balance_transaction text collate "C",
  failure jsonb,
  risk_level text not null,
  payment_method text collate "C" not null,
  card jsonb not null,
  billing_details jsonb not null,
  authenticated boolean not null,
  description text,
  receipt_email text,
  metadata jsonb not null,
  constraint charges_booked_when_succeeded check ((status = 'succeeded') = (balance_transaction is not null)),
  constraint charges_failure_when_failed check ((status = 'failed') = (failure is not null))
);
create index if not exists charges_failed_of_intent on charges (payment_intent) where status = 'failed';

-- Moved under the charge's lock together with each refund: whatever comes at once, never more goes back than came in.
alter table charges add column if not exists amount_refunded bigint not null default 0;

create table if not exists refunds (
  id text collate "C" primary key,
  created bigint not null,
  amount bigint not null constraint refunds_amount_positive check (amount > 0),
  currency text not null,
  charge text collate "C" not null,
  payment_intent text collate "C" not null,
  status text not null,
  reason text,
  balance_transaction text collate "C" not null,
  failure_balance_transaction text collate "C",
  failure_reason text,
  next_status text,
  next_at timestamptz,
  metadata jsonb not null,
  constraint refunds_next_has_time check ((next_status is null) = (next_at is null))
);
create index if not exists refunds_charge on refunds (charge);
create index if not exists refunds_intent on refunds (payment_intent);
create index if not exists refunds_next on refunds (next_at) where next_at is not null;

create table if not exists checkout_sessions (
  id text collate "C" primary key,
  created bigint not null,
  status text not null constraint checkout_sessions_status_known check (status in ('open', 'complete', 'expired')),
  payment_status text not null
    constraint checkout_sessions_payment_status_known check (payment_status in ('paid', 'unpaid', 'no_payment_required')),
  amount_total bigint not null,
  currency text not null,
  payment_intent text collate "C" not null,
  client_reference_id text,
  customer_email text,
  url text not null,
  success_url text not null,
  cancel_url text,
  expires_at bigint not null,
  line_items jsonb not null,
  metadata jsonb not null
);
create index if not exists checkout_sessions_reference on checkout_sessions (client_reference_id)
  where client_reference_id is not null;
create index if not exists checkout_sessions_intent on checkout_sessions (payment_intent);
create index if not exists checkout_sessions_open on checkout_sessions (expires_at) where status = 'open';

create table if not exists idempotency_keys (
  key text collate "C" primary key,
  created bigint not null,
  fingerprint text not null,
  request_id text not null,
  status integer not null,
  body text not null
);
create index if not exists idempotency_keys_created on idempotency_keys using brin (created);

create table if not exists events (
  id text collate "C" primary key,
  created bigint not null,
  type text not null,
  object_id text collate "C" not null,
  -- The object as it was, already as wire JSON.
  object text not null,
  request_id text,
  idempotency_key text
);

alter table events add column if not exists account text collate "C";

create table if not exists webhook_endpoints (
  id text collate "C" primary key,
  created bigint not null,
  url text not null,
  secret text not null,
  enabled_events jsonb not null,
  status text not null constraint webhook_endpoints_status_known check (status in ('enabled', 'disabled')),
  description text,
  metadata jsonb not null
);

create table if not exists webhook_deliveries (
  event text collate "C" not null,
  endpoint text collate "C" not null,
  -- 2 for the second sending of a doubled event
  copy integer not null,
  state text not null constraint webhook_deliveries_state_known
    check (state in ('pending', 'delivered', 'dropped', 'given_up')),
  attempts integer not null,
  -- the next try, or while one is under way (leased) the time at which it counts as lost
  next_attempt_at timestamptz,
  leased boolean not null,
  primary key (event, endpoint, copy),
  constraint webhook_deliveries_due_when_pending check ((state = 'pending') = (next_attempt_at is not null))
);
create index if not exists webhook_deliveries_due on webhook_deliveries (next_attempt_at) where state = 'pending';

create table if not exists webhook_attempts (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  event text collate "C" not null,
  endpoint text collate "C" not null,
  copy integer not null,
  attempt integer not null,
  status integer,
  error text,
  duration_ms integer not null
);
create index if not exists webhook_attempts_event on webhook_attempts (event);

create table if not exists faults (
  id text collate "C" primary key,
  created bigint not null,
  kind text not null,
  match text,
  params jsonb not null,
  count integer,
  rate double precision not null,
  cleared boolean not null,
  constraint faults_rate_is_a_share check (rate > 0 and rate <= 1),
  constraint faults_count_positive check (count is null or count > 0)
);

-- Everything the simulator did wrong on purpose.
create table if not exists fault_journal (
  id text collate "C" primary key,
  created bigint not null,
  fault text collate "C",
  kind text not null,
  subject text not null,
  idempotency_key text,
  detail jsonb not null
);
create index if not exists fault_journal_fault on fault_journal (fault);
create index if not exists fault_journal_key on fault_journal (idempotency_key) where idempotency_key is not null;
