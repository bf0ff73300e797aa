-- Webhooks: secrets that roll, and deliveries that are wrong on purpose. Applied at boot after the tables they belong to.

alter table webhook_endpoints
  add column if not exists previous_secret text,
  -- Unix seconds until which events are signed with it as well.
  add column if not exists previous_secret_until bigint
    constraint webhook_endpoints_previous_secret_ends
      check ((previous_secret is null) = (previous_secret_until is null));
alter table webhook_deliveries
  add column if not exists flaw text
    constraint webhook_deliveries_flaw_known check (flaw in ('forged', 'stale'));
