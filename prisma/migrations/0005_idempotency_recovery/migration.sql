-- A keyed request that its process left unfinished is brought to its end by another one. So it says how far it came, what it made,
-- what the ids of what it makes follow from, and how to run it again: the call, kept until there is an answer and no longer.
alter table idempotency_keys
  add column run_id       uuid not null default gen_random_uuid(),
  add column subject_id   text,
  add column call         jsonb,
  add column worker_tries smallint not null default 0,
  add constraint idempotency_keys_recovery_point_known check (recovery_point in ('started', 'accepted', 'finished')),
  add constraint idempotency_keys_accepted_has_subject check (
    recovery_point = 'finished' or (recovery_point = 'accepted') = (subject_id is not null)),
  add constraint idempotency_keys_call_until_finished check (recovery_point <> 'finished' or call is null);

create index idempotency_keys_unfinished on idempotency_keys (locked_until) where recovery_point <> 'finished';

-- As long as a key is valid its answer is the answer of every repetition, byte for byte.
create function keep_answer() returns trigger language plpgsql as $$
begin
  perform refuse('idempotency_keys_answer_kept', 'idempotency_keys', 'the answer that is kept under a key does not change');
  return null;
end $$;
create trigger idempotency_keys_answer_kept
  before delete or update of request_hash, recovery_point, status_code, response_headers, response_body on idempotency_keys
  for each row when (old.recovery_point = 'finished' and old.expires_at > clock_timestamp()) execute function keep_answer();

grant update (subject_id, call, worker_tries) on idempotency_keys to countinghouse_app;
