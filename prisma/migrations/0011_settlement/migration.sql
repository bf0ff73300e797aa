-- Settlement: what the provider pays out of its hands, when a seller's earnings become available, and commission by versioned plans.

-- A value cannot be used in the transaction that adds it, and nothing here does.
alter type ledger_transaction_kind add value 'psp_settled';
alter type ledger_transaction_kind add value 'funds_available';

-- ---------------------------------------------------------------------------------------------------------------
-- Commission plans: a version is never changed, a new one takes its place from its date on
-- ---------------------------------------------------------------------------------------------------------------

-- `seller_id` null: the platform's own. `currency` null: every currency without a plan of its own. The most specific plan holds.
create table fee_plans (
  id          bigint generated always as identity primary key,
  seller_id   text references sellers (id),
  currency    char(3),
  bps         integer not null,
  fixed_minor bigint not null default 0,
  valid_from  timestamptz not null default now(),
  created_at  timestamptz not null default now(),
  constraint fee_plans_one_per_date unique nulls not distinct (seller_id, currency, valid_from),
  constraint fee_plans_bps_range check (bps between 0 and 10000),
  constraint fee_plans_fixed_range check (fixed_minor between 0 and 99999999),
  -- Minor units are of a currency: a plan for all of them has none.
  constraint fee_plans_fixed_has_currency check (fixed_minor = 0 or currency is not null),
  constraint fee_plans_currency_shape check (currency ~ '^[A-Z]{3}$'),
  -- What held at a time in the past is never decided afterwards.
  constraint fee_plans_not_backdated check (valid_from >= created_at)
);
create trigger fee_plans_append_only before update or delete or truncate on fee_plans for each statement execute function refuse_change();

insert into fee_plans (seller_id, bps) values (null, 250);
insert into fee_plans (seller_id, bps) select id, commission_bps from sellers where commission_bps <> 250;
alter table sellers drop column commission_bps;

-- The line that is frozen on an order: the plan's version, its terms, and the amount in `commission_minor`. Orders from before have
-- the amount alone.
alter table payment_orders
  add column fee_plan_id bigint,
  add column commission_bps integer,
  add column commission_fixed_minor bigint,
  add constraint payment_orders_commission_of_plan check (
    (fee_plan_id is null) = (commission_bps is null) and (fee_plan_id is null) = (commission_fixed_minor is null)
    and (fee_plan_id is null
      or commission_minor = least(amount_minor, amount_minor * commission_bps / 10000 + commission_fixed_minor)));

create or replace function check_new_orders() returns trigger language plpgsql set search_path = public, pg_temp
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off as $$
begin
  if exists (select from new_rows n where not exists (select from payment_events e where e.checkout_id = n.checkout_id)) then
    perform refuse('payment_orders_checkout_exists', 'payment_orders', 'an order belongs to a checkout');
  end if;
  if exists (select from new_rows n where not exists (select from sellers s where s.id = n.seller_id)) then
    perform refuse('payment_orders_seller_exists', 'payment_orders', 'an order pays a known seller');
  end if;
  if exists (
    select from new_rows n left join fee_plans p on p.id = n.fee_plan_id
    where n.fee_plan_id is not null
      and (p.bps is distinct from n.commission_bps or p.fixed_minor is distinct from n.commission_fixed_minor)
  ) then
    perform refuse('payment_orders_fee_plan_exists', 'payment_orders', 'an order has the terms of its commission plan');
  end if;
  return null;
end $$;

-- ---------------------------------------------------------------------------------------------------------------
-- What a seller earned by each captured order, and how much of it is still pending
-- ---------------------------------------------------------------------------------------------------------------

-- Days between the provider's availability and the seller's; `seller_id` null: everyone without a rule of his own.
create table availability_delays (
  id        bigint generated always as identity primary key,
  seller_id text references sellers (id),
  days      smallint not null,
  constraint availability_delays_one_per_seller unique nulls not distinct (seller_id),
  constraint availability_delays_range check (days between 0 and 90)
);
insert into availability_delays (seller_id, days) values (null, 0);

-- One row per order that was credited to its seller. `pending_minor` is its part of the account seller_pending, whatever moves it:
-- a refund of what is not yet available takes from it, and what is left becomes available at `available_on`.
create table order_funds (
  payment_order_id text not null,
  seller_id        text not null,
  currency         char(3) not null,
  earned_minor     bigint not null,
  pending_minor    bigint not null,
  available_on     timestamptz,
  released_at      timestamptz,
  constraint order_funds_one_per_order primary key (payment_order_id),
  constraint order_funds_pending_within_earned check (pending_minor between 0 and earned_minor),
  constraint order_funds_released_when_due check (released_at is null or (available_on is not null and pending_minor = 0))
) with (fillfactor = 80);
create index order_funds_waiting on order_funds (available_on) where released_at is null;
create index order_funds_of_seller on order_funds (seller_id, currency, available_on) where released_at is null;
create trigger order_funds_append_only before delete or truncate on order_funds for each statement execute function refuse_change();

insert into order_funds (payment_order_id, seller_id, currency, earned_minor, pending_minor)
select o.payment_order_id, o.seller_id, o.currency, o.amount_minor - o.commission_minor, o.amount_minor - o.commission_minor
from payment_orders o join captures c using (payment_order_id) where o.state = 'SUCCESS';

-- ---------------------------------------------------------------------------------------------------------------
-- The provider's balance transactions, as it lists them, and what our books made of each
-- ---------------------------------------------------------------------------------------------------------------

-- `subject_id`: our own id that the provider's object carries (attempt, refund, payout). `available_on`, `created_at`: its clock.
create table psp_balance_transactions (
  id                    text not null,
  type                  text not null,
  amount_minor          bigint not null,
  fee_minor             bigint not null,
  net_minor             bigint not null,
  currency              char(3) not null,
  source_id             text,
  subject_id            text,
  psp_payment_id        text,
  created_at            timestamptz not null,
  available_on          timestamptz not null,
  state                 text not null default 'waiting',
  cause                 text,
  tries                 smallint not null default 0,
  look_at               timestamptz default now(),
  -- Looked up at commit: the ledger is written last.
  ledger_transaction_id uuid references ledger_transactions (id) deferrable initially deferred,
  seen_at               timestamptz not null default now(),
  booked_at             timestamptz,
  constraint psp_balance_transactions_seen_once primary key (id),
  constraint psp_balance_transactions_booked_once unique (ledger_transaction_id),
  constraint psp_balance_transactions_state_known check (state in ('waiting', 'booked', 'suspense', 'refused')),
  -- What does not add up is kept as it was told, and never booked.
  constraint psp_balance_transactions_net_is_gross_less_fee check (net_minor = amount_minor - fee_minor or state in ('waiting', 'refused')),
  constraint psp_balance_transactions_currency_shape check (currency ~ '^[A-Z]{3}$'),
  constraint psp_balance_transactions_booked_has_posting check (
    (state in ('booked', 'suspense')) = (ledger_transaction_id is not null) and (ledger_transaction_id is null) = (booked_at is null)),
  constraint psp_balance_transactions_waiting_has_next_look check ((state = 'waiting') = (look_at is not null)),
  constraint psp_balance_transactions_trouble_has_cause check (state not in ('suspense', 'refused') or cause is not null)
) with (fillfactor = 80);
create index psp_balance_transactions_waiting on psp_balance_transactions (available_on) where state = 'waiting';
create index psp_balance_transactions_subject on psp_balance_transactions (subject_id) where subject_id is not null;
-- What the provider took for an attempt, or gave back for a refund, is settled once.
create unique index psp_balance_transactions_subject_once on psp_balance_transactions (subject_id, type) where state = 'booked';
create index psp_balance_transactions_source on psp_balance_transactions (source_id) where source_id is not null;
create trigger psp_balance_transactions_append_only before delete or truncate on psp_balance_transactions
  for each statement execute function refuse_change();

-- How far a list of the provider's has been read. `page_after` and `page_through`: a reading under way. `psp_time`: what its clock
-- showed when it last answered.
create table psp_feeds (
  name         text not null,
  read_through timestamptz not null default 'epoch',
  page_through timestamptz,
  page_after   text,
  psp_time     timestamptz not null default 'epoch',
  read_at      timestamptz not null default now(),
  constraint psp_feeds_pkey primary key (name),
  constraint psp_feeds_name_known check (name in ('balance_transactions')),
  constraint psp_feeds_page_whole check ((page_through is null) = (page_after is null))
);
insert into psp_feeds (name) values ('balance_transactions');

alter table dead_letters
  drop constraint dead_letters_kind_known,
  add constraint dead_letters_kind_known check (kind in ('attempt', 'webhook', 'refund', 'settlement'));

grant select on fee_plans, availability_delays, order_funds, psp_balance_transactions, psp_feeds to countinghouse_app;
grant insert on fee_plans, availability_delays, order_funds, psp_balance_transactions to countinghouse_app;
grant update (days) on availability_delays to countinghouse_app;
grant update (pending_minor, available_on, released_at) on order_funds to countinghouse_app;
grant update (state, cause, tries, look_at, ledger_transaction_id, booked_at) on psp_balance_transactions to countinghouse_app;
grant update (read_through, page_through, page_after, psp_time, read_at) on psp_feeds to countinghouse_app;
