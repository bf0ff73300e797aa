-- Signed-in sessions, ended by sign-out, by suspension and by a raised session version; and the counters that slow down guessing.

create table sessions (
  id              uuid primary key,
  user_id         text not null references users (id),
  session_version integer not null,
  started_at      timestamptz not null default now(),
  ended_at        timestamptz,
  constraint sessions_end_after_start check (ended_at >= started_at)
);
create index sessions_user on sessions (user_id);

-- The shape rate-limiter-flexible works on. It counts time in milliseconds since 1970; double precision holds them exactly and
-- arrives as a number, whereas bigint arrives as BigInt, which the library cannot add to.
create table sign_in_throttle (
  key    varchar(255) primary key,
  points integer not null default 0,
  expire double precision
);

grant select, insert, delete on sessions to countinghouse_app;
grant update (ended_at) on sessions to countinghouse_app;
grant select, insert, update, delete on sign_in_throttle to countinghouse_app;
