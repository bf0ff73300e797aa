-- A replayed answer carries the headers of the first one (Location, Content-Type), not only its status and body.
alter table idempotency_keys add column response_headers jsonb;
alter table idempotency_keys add constraint idempotency_keys_headers_with_answer check (
  (recovery_point = 'finished') = (response_headers is not null));
grant update (response_headers) on idempotency_keys to countinghouse_app;
