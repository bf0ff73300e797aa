-- Seals over the ledger, and what the check of the books finds.

-- A seal holds the digest of every ledger transaction recorded after the one before it and up to its own end, its entries included,
-- chained to the seal before it. Whoever changes, adds or takes away a sealed row has to forge every later seal as well.
create table ledger_seals (
  number         bigint not null,
  sealed_from    timestamptz not null,
  sealed_through timestamptz not null,
  transactions   bigint not null,
  entries        bigint not null,
  previous_hash  bytea not null,
  hash           bytea not null,
  sealed_at      timestamptz not null default now(),
  constraint ledger_seals_pkey primary key (number),
  constraint ledger_seals_through_unique unique (sealed_through),
  constraint ledger_seals_first check (
    number > 0 and (number > 1 or (sealed_from = '-infinity' and previous_hash = decode(repeat('00', 32), 'hex')))),
  constraint ledger_seals_range check (sealed_from < sealed_through),
  constraint ledger_seals_holds_something check (transactions > 0 and entries >= 2 * transactions),
  constraint ledger_seals_hash_length check (octet_length(hash) = 32 and octet_length(previous_hash) = 32)
);

create function check_ledger_seals() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if exists (
    select from new_seals n left join ledger_seals p on p.number = n.number - 1
    where n.number > 1 and (p.hash is distinct from n.previous_hash or p.sealed_through is distinct from n.sealed_from)
  ) then
    perform refuse('ledger_seals_chain', 'ledger_seals', 'a seal continues the one before it: its hash, and where it ended');
  end if;
  return null;
end $$;
create trigger ledger_seals_checked after insert on ledger_seals
  referencing new table as new_seals for each statement execute function check_ledger_seals();
create trigger ledger_seals_append_only before update or delete or truncate on ledger_seals for each statement execute function refuse_change();

-- Ranges of time over a table that is written in order of time: a few bytes per megabyte, and nothing to do for an insert.
create index ledger_transactions_recorded on ledger_transactions using brin (recorded_at) with (pages_per_range = 32, autosummarize = on);

-- What somebody has to look at. One open alert per kind and subject; it closes by itself or with a word of a person, and stays on record.
create table alerts (
  id            bigint generated always as identity primary key,
  kind          text not null,
  subject       text not null,
  detail        text not null,
  first_seen_at timestamptz not null,
  last_seen_at  timestamptz not null,
  times         integer not null default 1,
  resolved_at   timestamptz,
  resolution    text,
  constraint alerts_kind_shape check (kind ~ '^[a-z_]+$'),
  constraint alerts_subject_named check (subject <> ''),
  constraint alerts_times_positive check (times > 0),
  constraint alerts_seen_in_order check (first_seen_at <= last_seen_at),
  constraint alerts_resolved_has_reason check ((resolved_at is null) = (resolution is null))
);
create unique index alerts_open_once on alerts (kind, subject) where resolved_at is null;
create index alerts_newest on alerts (first_seen_at desc);
create trigger alerts_append_only before delete or truncate on alerts for each statement execute function refuse_change();

-- The last verdict on each invariant: one row each, overwritten by every check.
create table audit_verdicts (
  invariant    text not null,
  checked_at   timestamptz not null,
  violations   bigint not null,
  detail       text not null,
  milliseconds integer not null,
  skipped      boolean not null,
  constraint audit_verdicts_pkey primary key (invariant),
  constraint audit_verdicts_counts check (violations >= 0 and milliseconds >= 0 and (violations = 0 or not skipped))
);

-- Where a text of any table matches a pattern, row by row: `table at (block,row)` and what was found there. The last `pages` of each
-- table (8 kB each), or all of them for null. It reads what its caller may read.
create function find_texts(pattern text, pages integer) returns table (place text, found text) language plpgsql stable
  set search_path = public, pg_temp as $$
declare
  relation record;
begin
  for relation in
    select c.oid, c.relname, pg_relation_size(c.oid) / current_setting('block_size')::int as size, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> '_prisma_migrations'
      and a.atttypid in ('text'::regtype, 'varchar'::regtype, 'json'::regtype, 'jsonb'::regtype, 'text[]'::regtype)
    group by c.oid
  loop
    return query execute format(
      'select %L || '' at '' || ctid::text, (regexp_matches(texts, $1, ''g''))[1]
       from (select ctid, concat_ws(chr(10), %s) as texts from %s where ctid >= $2) rows where texts ~ $1',
      relation.relname, relation.columns, relation.oid::regclass)
    using pattern, format('(%s,0)', greatest(relation.size - coalesce(pages, relation.size), 0))::tid;
  end loop;
end $$;

-- Whether the digits of a text pass the check of ISO/IEC 7812 (Luhn), as every payment card number does.
create function passes_luhn(number text) returns boolean language sql immutable strict parallel safe as $$
  select sum(case when place % 2 = 1 then digit when digit > 4 then 2 * digit - 9 else 2 * digit end) % 10 = 0
  from (select digit::int, row_number() over (order by place desc) as place
        from regexp_split_to_table(regexp_replace(number, '[^0-9]', '', 'g'), '') with ordinality d (digit, place)) digits
$$;

grant select, insert on ledger_seals, alerts, audit_verdicts to countinghouse_app;
grant update (detail, last_seen_at, times, resolved_at, resolution) on alerts to countinghouse_app;
grant update (checked_at, violations, detail, milliseconds, skipped) on audit_verdicts to countinghouse_app;
