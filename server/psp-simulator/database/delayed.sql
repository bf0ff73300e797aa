-- Payments that are not done at once: bank debits, and authorizations that are captured later. Applied at boot after the tables they
-- belong to. Rules that grew are laid again; `not valid` spares reading rows that kept the narrower rule of before.

alter table payment_methods alter column card drop not null;
-- Never an IBAN: the bank and the last four digits.
alter table payment_methods add column if not exists sepa_debit jsonb
  constraint payment_methods_hold_no_iban check (
    sepa_debit - array['bank_code', 'branch_code', 'country', 'fingerprint', 'last4'] = '{}'
    and sepa_debit ->> 'last4' ~ '^[0-9]{4}$')
  constraint payment_methods_of_one_kind check (num_nonnulls(card, sepa_debit) = 1);

alter table payment_intents
  add column if not exists payment_method_types jsonb not null default '["card"]',
  add column if not exists capture_method text not null default 'automatic'
    constraint payment_intents_capture_known check (capture_method in ('automatic', 'automatic_async', 'manual')),
  drop constraint if exists payment_intents_status_known,
  add constraint payment_intents_status_known check (status in ('requires_payment_method', 'requires_confirmation',
    'requires_action', 'processing', 'requires_capture', 'succeeded', 'canceled')) not valid,
  drop constraint if exists payment_intents_received_only_on_success,
  add constraint payment_intents_received_only_on_success check (
    case when status <> 'succeeded' then amount_received = 0
      when capture_method = 'manual' then amount_received between 1 and amount
      else amount_received = amount end) not valid;

alter table charges alter column card drop not null;
alter table charges
  add column if not exists sepa_debit jsonb
    constraint charges_of_one_kind check (num_nonnulls(card, sepa_debit) = 1),
  -- What was authorized and not captured.
  add column if not exists released bigint not null default 0
    constraint charges_released_not_negative check (released >= 0),
  drop constraint if exists charges_status_known,
  add constraint charges_status_known check (
    status in ('pending', 'authorized', 'released', 'succeeded', 'failed')) not valid,
  drop constraint if exists charges_refunded_within_amount,
  add constraint charges_refunded_within_amount check (amount_refunded between 0 and amount - released) not valid;
-- The promise to the shopper, as a constraint: one payment intent takes, holds or is about to take money at most once.
create unique index if not exists charges_one_live_per_intent on charges (payment_intent)
  where status in ('pending', 'authorized', 'succeeded');
drop index if exists charges_one_success_per_intent;

alter table checkout_sessions
  add column if not exists payment_method_types jsonb not null default '["card"]',
  drop constraint if exists checkout_sessions_paid_when_complete,
  drop constraint if exists checkout_sessions_paid_only_when_complete,
  add constraint checkout_sessions_paid_only_when_complete check (
    payment_status <> 'paid' or status = 'complete') not valid;

-- A refund that is called back returns its money as one that fails does.
alter table refunds
  drop constraint if exists refunds_status_known,
  add constraint refunds_status_known check (status in ('pending', 'succeeded', 'failed', 'canceled')) not valid,
  drop constraint if exists refunds_failure_is_booked,
  add constraint refunds_failure_is_booked check (
    (status in ('failed', 'canceled')) = (failure_balance_transaction is not null)
    and (status = 'failed') = (failure_reason is not null)) not valid;
