-- Reconciliation: the provider's settlement file and the bank's statement, day by day, against what our books say.

-- Payouts to our bank, as the provider lists them once their day is over. `created_at`, `arrives_on`: its clock.
create table psp_bank_payouts (
  id           text not null,
  currency     char(3) not null,
  amount_minor bigint not null,
  automatic    boolean not null,
  -- The movement by which it left our balance there.
  balance_transaction_id text not null,
  created_at   timestamptz not null,
  arrives_on   date not null,
  seen_at      timestamptz not null default now(),
  constraint psp_bank_payouts_pkey primary key (id),
  constraint psp_bank_payouts_amount_positive check (amount_minor > 0),
  constraint psp_bank_payouts_currency_shape check (currency ~ '^[A-Z]{3}$')
);
create index psp_bank_payouts_day on psp_bank_payouts (currency, arrives_on);
create index psp_bank_payouts_course on psp_bank_payouts (currency, created_at) where automatic;
create trigger psp_bank_payouts_append_only before update or delete or truncate on psp_bank_payouts
  for each statement execute function refuse_change();

-- ---------------------------------------------------------------------------------------------------------------
-- Files as they came, and their rows
-- ---------------------------------------------------------------------------------------------------------------

-- The same bytes again are the same file. Other bytes for the same day are another version; the newest whole one counts.
-- `rows` and the sums are of the first copy; `copies`: how often the file holds its content, each with a control row.
create table reconciliation_files (
  id                  text not null,
  source              text not null,
  day                 date not null,
  currency            char(3) not null,
  version             smallint not null,
  sha256              bytea not null,
  bytes               bigint not null,
  state               text not null,
  copies              smallint not null,
  copies_agree        boolean not null,
  rows                integer not null,
  gross_minor         bigint not null,
  fee_minor           bigint not null,
  net_minor           bigint not null,
  control_rows        integer,
  control_gross_minor bigint,
  control_fee_minor   bigint,
  control_net_minor   bigint,
  fetched_at          timestamptz not null default now(),
  constraint reconciliation_files_pkey primary key (id),
  constraint reconciliation_files_one_version unique (source, day, currency, version),
  constraint reconciliation_files_same_once unique (source, day, currency, sha256),
  constraint reconciliation_files_source_known check (source in ('settlement', 'bank_statement')),
  constraint reconciliation_files_currency_shape check (currency ~ '^[A-Z]{3}$'),
  constraint reconciliation_files_hash_size check (length(sha256) = 32),
  constraint reconciliation_files_state_known check (state in ('whole', 'truncated', 'unreadable')),
  -- A file without its control row is never taken for a whole one.
  constraint reconciliation_files_whole_has_control check (state <> 'whole' or (
    control_rows is not null and control_gross_minor is not null and control_fee_minor is not null and control_net_minor is not null))
);
create trigger reconciliation_files_append_only before update or delete or truncate on reconciliation_files
  for each statement execute function refuse_change();

-- The bytes themselves, in order. (The file's own row is written last, when it is known what it holds: so it is looked up at commit.)
create table reconciliation_file_parts (
  file_id text not null,
  part    integer not null,
  content bytea not null,
  constraint reconciliation_file_parts_pkey primary key (file_id, part),
  constraint reconciliation_file_parts_of_file foreign key (file_id) references reconciliation_files (id) deferrable initially deferred
);
create trigger reconciliation_file_parts_append_only before update or delete or truncate on reconciliation_file_parts
  for each statement execute function refuse_change();

-- `reference`: of a settlement row the balance transaction, of a bank line what it names. `payout_id`: of a settlement row the payout
-- that paid it out, of a bank line what its details name. A row that cannot be read keeps its text and what is wrong with it.
create table reconciliation_rows (
  file_id     text not null,
  line        integer not null,
  copy        smallint not null,
  reference   text not null,
  category    text not null,
  payout_id   text,
  currency    text,
  gross_minor bigint,
  fee_minor   bigint,
  net_minor   bigint,
  error       text,
  raw         text,
  constraint reconciliation_rows_pkey primary key (file_id, line),
  constraint reconciliation_rows_of_file foreign key (file_id) references reconciliation_files (id) deferrable initially deferred,
  constraint reconciliation_rows_readable_or_kept check (case when error is null
    then currency is not null and gross_minor is not null and fee_minor is not null and net_minor is not null
    else raw is not null end)
);
create index reconciliation_rows_reference on reconciliation_rows (reference);
create trigger reconciliation_rows_append_only before update or delete or truncate on reconciliation_rows
  for each statement execute function refuse_change();

-- ---------------------------------------------------------------------------------------------------------------
-- What was matched, what differs, and how each day stands
-- ---------------------------------------------------------------------------------------------------------------

-- `movement`: a balance transaction of the provider, or the ledger transaction of a seller's payout. A newer version of a file takes
-- over the matches of the one before it.
create table reconciliation_matches (
  source     text not null,
  movement   text not null,
  file_id    text not null,
  line       integer not null,
  matched_at timestamptz not null default now(),
  constraint reconciliation_matches_movement_once primary key (source, movement),
  constraint reconciliation_matches_row_once unique (file_id, line),
  constraint reconciliation_matches_of_row foreign key (file_id, line) references reconciliation_rows (file_id, line),
  constraint reconciliation_matches_source_known check (source in ('settlement', 'bank_statement'))
);
create trigger reconciliation_matches_append_only before delete or truncate on reconciliation_matches
  for each statement execute function refuse_change();

create table reconciliation_exceptions (
  id             bigint generated always as identity,
  source         text not null,
  day            date not null,
  currency       char(3) not null,
  type           text not null,
  class          text not null,
  subject        text not null,
  expected_minor bigint,
  found_minor    bigint,
  detail         text not null default '',
  file_id        text,
  line           integer,
  opened_by      text not null default 'reconciliation',
  opened_at      timestamptz not null default now(),
  closed_at      timestamptz,
  closed_by      text,
  resolution     text,
  constraint reconciliation_exceptions_pkey primary key (id),
  constraint reconciliation_exceptions_of_file foreign key (file_id) references reconciliation_files (id),
  constraint reconciliation_exceptions_source_known check (source in ('settlement', 'bank_statement')),
  constraint reconciliation_exceptions_class_of_type check ((type, class) in (
    ('missing_in_books', 'fixed_by_rule'), ('not_booked_yet', 'fixed_by_rule'),
    ('file_missing', 'for_finance'), ('file_truncated', 'for_finance'), ('file_changed', 'for_finance'),
    ('missing_in_file', 'for_finance'), ('amount_differs', 'for_finance'), ('fee_differs', 'for_finance'),
    ('bank_amount_differs', 'for_finance'), ('duplicate_row', 'for_finance'), ('payout_total_differs', 'for_finance'),
    ('not_bookable', 'for_finance'),
    ('unknown_row', 'to_investigate'), ('unknown_payout', 'to_investigate'), ('currency_differs', 'to_investigate'),
    ('control_total_differs', 'to_investigate'), ('copies_differ', 'to_investigate'), ('row_unreadable', 'to_investigate'),
    ('file_unreadable', 'to_investigate'))),
  constraint reconciliation_exceptions_closed_with_reason check (
    (closed_at is null) = (closed_by is null) and (closed_at is null) = (resolution is null) and resolution ~ '\S'),
  constraint reconciliation_exceptions_closed_by_another check (closed_by <> opened_by)
);
-- One difference is one exception, however often it is found. One that a match has closed may come again; what a person has closed
-- stays closed while nothing about it changes.
create unique index reconciliation_exceptions_once on reconciliation_exceptions
  (source, day, currency, type, subject, expected_minor, found_minor) nulls not distinct where closed_by is distinct from 'match';
create index reconciliation_exceptions_open on reconciliation_exceptions (day, currency) where closed_at is null;
create trigger reconciliation_exceptions_append_only before delete or truncate on reconciliation_exceptions
  for each statement execute function refuse_change();
create function keep_closed_exceptions() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform refuse('reconciliation_exceptions_closed_is_final', 'reconciliation_exceptions', 'what is closed stays closed');
  return null;
end $$;
create trigger reconciliation_exceptions_closed_is_final before update on reconciliation_exceptions
  for each row when (old.closed_at is not null) execute function keep_closed_exceptions();

-- One row per day and currency, as it was last found. `expected_…`: what our books say that the settlement file must hold.
create table reconciliation_runs (
  day                  date not null,
  currency             char(3) not null,
  settlement_file_id   text,
  bank_file_id         text,
  expected_rows        integer not null default 0,
  expected_gross_minor bigint not null default 0,
  expected_fee_minor   bigint not null default 0,
  expected_net_minor   bigint not null default 0,
  matched_rows         integer not null default 0,
  bank_expected_rows   integer not null default 0,
  bank_expected_minor  bigint not null default 0,
  bank_matched_rows    integer not null default 0,
  first_at             timestamptz not null default now(),
  changed_at           timestamptz not null default now(),
  constraint reconciliation_runs_pkey primary key (day, currency),
  constraint reconciliation_runs_settlement_file foreign key (settlement_file_id) references reconciliation_files (id),
  constraint reconciliation_runs_bank_file foreign key (bank_file_id) references reconciliation_files (id),
  constraint reconciliation_runs_currency_shape check (currency ~ '^[A-Z]{3}$')
);
create trigger reconciliation_runs_append_only before delete or truncate on reconciliation_runs
  for each statement execute function refuse_change();

grant select on psp_bank_payouts, reconciliation_files, reconciliation_file_parts, reconciliation_rows, reconciliation_matches,
  reconciliation_exceptions, reconciliation_runs to countinghouse_app;
grant insert on psp_bank_payouts, reconciliation_files, reconciliation_file_parts, reconciliation_rows, reconciliation_matches,
  reconciliation_exceptions, reconciliation_runs to countinghouse_app;
grant update (file_id, line, matched_at) on reconciliation_matches to countinghouse_app;
grant update (closed_at, closed_by, resolution) on reconciliation_exceptions to countinghouse_app;
grant update (settlement_file_id, bank_file_id, expected_rows, expected_gross_minor, expected_fee_minor, expected_net_minor, matched_rows,
  bank_expected_rows, bank_expected_minor, bank_matched_rows, changed_at) on reconciliation_runs to countinghouse_app;
