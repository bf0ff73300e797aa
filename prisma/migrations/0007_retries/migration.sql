-- How often an attempt was sent, who asked for a look at it, and dead letters that say what was met last and when.

alter table payment_attempts
  -- Sends that may have reached the provider since a person last pushed it: the first one counts, and is under way when the row is written.
  add column sends smallint not null default 1,
  -- When it was last looked at, or a reader asked for a look. A look out of turn is one whose time was set by a reader: resolve_at = asked_at.
  add column asked_at timestamptz,
  -- When a person last pushed it: its tries and its age count from here.
  add column pushed_at timestamptz;

-- Silence is asked about for ever: what was left to a person alone is taken up again.
update payment_attempts set resolve_at = now() where finished_at is null and resolve_at is null;
alter table payment_attempts alter column resolve_at set default now();
alter table payment_attempts
  add constraint payment_attempts_sends_bounded check (sends between 0 and 6),
  add constraint payment_attempts_open_has_next_look check (finished_at is not null or resolve_at is not null);

alter table dead_letters
  add column last_error text,
  add column last_at timestamptz not null default now();
update dead_letters set last_at = created_at;
create index dead_letters_open_by_cause on dead_letters (kind, cause, id) where resolved_at is null;

-- What each process sees of the provider. A report that is not renewed is of a process that is gone.
create table psp_health (
  process     text primary key,
  breaker     text not null,
  since       timestamptz not null,
  reported_at timestamptz not null default now(),
  constraint psp_health_breaker_known check (breaker in ('closed', 'open', 'half-open'))
);

grant update (sends, asked_at, pushed_at) on payment_attempts to countinghouse_app;
grant update (tries, last_error, last_at) on dead_letters to countinghouse_app;
grant select, insert, delete on psp_health to countinghouse_app;
grant update (breaker, since, reported_at) on psp_health to countinghouse_app;
