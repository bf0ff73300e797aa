-- Double entry: debit positive, credit negative; append-only; every transaction sums to zero in its currency.

create table if not exists book_transactions (
  id text collate "C" primary key,
  created bigint not null,
  available_on bigint not null,
  type text not null,
  currency text not null,
  amount bigint not null,
  fee bigint not null,
  net bigint not null,
  source text collate "C" not null,
  description text,
  constraint book_transactions_net_is_amount_less_fee check (net = amount - fee)
);
-- One source may be booked for several reasons: a dispute takes money, and gives it back when it is won.
alter table book_transactions add column if not exists reporting_category text;
create unique index if not exists book_transactions_once_per_purpose
  on book_transactions (source, type, coalesce(reporting_category, ''));
drop index if exists book_transactions_once_per_source;

create table if not exists book_entries (
  transaction text collate "C" not null,
  line smallint not null,
  account text not null constraint book_entries_account_known
    check (account in ('card_network', 'merchant_pending', 'merchant_available', 'fee_income')),
  currency text not null,
  amount bigint not null constraint book_entries_amount_not_zero check (amount <> 0),
  primary key (transaction, line)
);

create or replace function check_book_entries() returns trigger language plpgsql as $$
begin
  if exists (
    select from fresh_entries e
    left join book_transactions t on t.id = e.transaction and t.currency = e.currency
    group by e.transaction
    having sum(e.amount) <> 0 or count(*) < 2 or count(t.id) <> count(*)
  ) then
    raise exception 'a book transaction does not balance' using errcode = '23514', constraint = 'book_entries_balance';
  end if;
  return null;
end $$;
create or replace trigger book_entries_balance after insert on book_entries
  referencing new table as fresh_entries for each statement execute function check_book_entries();

create or replace function refuse_change_of_books() returns trigger language plpgsql as $$
begin
  raise exception 'the books are append-only' using errcode = '23514', constraint = tg_table_name || '_append_only';
end $$;
create or replace trigger book_entries_append_only before update or delete or truncate on book_entries
  for each statement execute function refuse_change_of_books();
create or replace trigger book_transactions_append_only before update or delete or truncate on book_transactions
  for each statement execute function refuse_change_of_books();
