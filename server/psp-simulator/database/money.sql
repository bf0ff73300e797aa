-- Where the merchant's money goes: payouts to banks, connected accounts, transfers to them, the platform's bank statement.

create table if not exists accounts (
  id text collate "C" primary key,
  created bigint not null,
  country text not null,
  default_currency text not null,
  email text,
  business_type text,
  metadata jsonb not null
);
create index if not exists accounts_metadata on accounts using gin (metadata jsonb_path_ops);

-- Tokens of bank accounts, and the accounts they became. Never a whole number: what may be shown, and what a payout to it comes to.
create table if not exists bank_accounts (
  id text collate "C" primary key,
  created bigint not null,
  -- The connected account; null while it is a token, and for the platform's own.
  owner text collate "C",
  token text collate "C",
  facts jsonb not null,
  status text not null constraint bank_accounts_status_known check (status in ('new', 'errored')),
  default_for_currency boolean not null,
  deleted boolean not null,
  metadata jsonb not null,
  constraint bank_accounts_hold_no_number check (
    facts - array['country', 'currency', 'last4', 'routing_number', 'fingerprint', 'bank_name', 'holder_name', 'holder_type', 'fate'] = '{}'
    and facts ->> 'last4' ~ '^[0-9A-Z]{4}$')
);
create index if not exists bank_accounts_owner on bank_accounts (owner) where owner is not null;
create unique index if not exists bank_accounts_token on bank_accounts (token) where token is not null;
create unique index if not exists bank_accounts_one_default on bank_accounts (owner, (facts ->> 'currency'))
  where default_for_currency and not deleted;

create table if not exists payouts (
  id text collate "C" primary key,
  created bigint not null,
  owner text collate "C",
  amount bigint not null constraint payouts_amount_positive check (amount > 0),
  currency text not null,
  status text not null
    constraint payouts_status_known check (status in ('pending', 'in_transit', 'paid', 'failed', 'canceled')),
  automatic boolean not null,
  arrival_date bigint not null,
  destination text collate "C" not null,
  balance_transaction text collate "C" not null,
  failure_balance_transaction text collate "C",
  failure_code text,
  description text,
  statement_descriptor text,
  -- What becomes of it by itself: the steps to come, the time of the next, and why it will fail if it will.
  course jsonb not null,
  next_at bigint,
  fate text,
  metadata jsonb not null,
  constraint payouts_return_is_booked
    check ((status in ('failed', 'canceled')) = (failure_balance_transaction is not null)),
  constraint payouts_failure_has_code check ((status = 'failed') = (failure_code is not null)),
  constraint payouts_next_has_time check ((jsonb_array_length(course) = 0) = (next_at is null))
);
create index if not exists payouts_next on payouts (next_at) where next_at is not null;
create index if not exists payouts_owner on payouts (owner, id);
create index if not exists payouts_arrival on payouts (arrival_date) where automatic;
create index if not exists payouts_metadata on payouts using gin (metadata jsonb_path_ops);

-- What an automatic payout consists of, itself included, so that the items of each sum to zero. Paid out once, for ever.
create table if not exists payout_items (
  transaction text collate "C" primary key,
  payout text collate "C" not null
);
create index if not exists payout_items_payout on payout_items (payout, transaction);

create table if not exists transfers (
  id text collate "C" primary key,
  created bigint not null,
  amount bigint not null constraint transfers_amount_positive check (amount > 0),
  -- Moved together with each reversal under the transfer's lock.
  amount_reversed bigint not null
    constraint transfers_reversed_within_amount check (amount_reversed between 0 and amount),
  currency text not null,
  destination text collate "C" not null,
  destination_payment text collate "C" not null,
  -- Of the platform's balance; null when the platform's bank account paid.
  balance_transaction text collate "C",
  funding text not null constraint transfers_funding_known check (funding in ('balance', 'bank')),
  description text,
  transfer_group text,
  metadata jsonb not null,
  constraint transfers_booked_when_from_balance check ((funding = 'balance') = (balance_transaction is not null))
);
create index if not exists transfers_group on transfers (transfer_group) where transfer_group is not null;
create index if not exists transfers_metadata on transfers using gin (metadata jsonb_path_ops);

create table if not exists transfer_reversals (
  id text collate "C" primary key,
  created bigint not null,
  transfer text collate "C" not null,
  amount bigint not null constraint transfer_reversals_amount_positive check (amount > 0),
  currency text not null,
  balance_transaction text collate "C",
  destination_payment_refund text collate "C" not null,
  metadata jsonb not null
);
create index if not exists transfer_reversals_transfer on transfer_reversals (transfer);

-- The platform's account at its bank, as the bank sees it: what arrived is positive.
create table if not exists bank_lines (
  id text collate "C" primary key,
  at bigint not null,
  currency text not null,
  amount bigint not null constraint bank_lines_amount_not_zero check (amount <> 0),
  kind text not null constraint bank_lines_kind_known
    check (kind in ('payout', 'payout_return', 'transfer', 'transfer_reversal')),
  -- The payout, transfer or reversal; each has at most one line of a kind.
  reference text collate "C" not null,
  details text,
  constraint bank_lines_sign_follows_kind check ((kind in ('payout', 'transfer_reversal')) = (amount > 0)),
  constraint bank_lines_once unique (reference, kind)
);
create index if not exists bank_lines_day on bank_lines (currency, at);
create or replace trigger bank_lines_append_only before update or delete or truncate on bank_lines
  for each statement execute function refuse_change_of_books();
create or replace trigger payout_items_append_only before update or delete or truncate on payout_items
  for each statement execute function refuse_change_of_books();
