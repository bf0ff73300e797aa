-- Disputes: what a shopper's bank takes back. Applied at boot after the tables they belong to, create-if-missing.

-- What becomes of a charge by itself, and when.
alter table charges add column if not exists next text
  constraint charges_next_known check (next in ('dispute'));
alter table charges add column if not exists next_at timestamptz
  constraint charges_next_has_time check ((next is null) = (next_at is null));
alter table charges add column if not exists disputed boolean not null default false;
create index if not exists charges_next on charges (next_at) where next_at is not null;

create table if not exists disputes (
  id text collate "C" primary key,
  created bigint not null,
  -- May exceed the charge: banks add costs, and rates of exchange move.
  amount bigint not null constraint disputes_amount_positive check (amount > 0),
  currency text not null,
  charge text collate "C" not null constraint disputes_one_per_charge unique,
  payment_intent text collate "C" not null,
  reason text not null constraint disputes_reason_known
    check (reason in ('credit_not_processed', 'duplicate', 'fraudulent', 'general', 'product_not_received',
      'product_unacceptable', 'subscription_canceled', 'unrecognized')),
  status text not null constraint disputes_status_known check (status in ('warning_needs_response',
    'warning_under_review', 'warning_closed', 'needs_response', 'under_review', 'won', 'lost')),
  evidence jsonb not null,
  submission_count integer not null constraint disputes_evidence_once check (submission_count between 0 and 1),
  due_by bigint not null,
  withdrawal text collate "C",
  reinstatement text collate "C",
  next text,
  next_at timestamptz,
  metadata jsonb not null,
  constraint disputes_inquiry_moves_nothing check ((status like 'warning%') = (withdrawal is null)),
  constraint disputes_won_is_reinstated check ((status = 'won') = (reinstatement is not null)),
  constraint disputes_next_has_time check ((next is null) = (next_at is null))
);
create index if not exists disputes_intent on disputes (payment_intent);
create index if not exists disputes_next on disputes (next_at) where next_at is not null;
