-- Disputes of large checkouts, and answers that the provider refused.

-- ---------------------------------------------------------------------------------------------------------------
-- A dispute takes of every seller of its charge: two legs each, and amount, fee and claim of the provider. A checkout has 100 orders
-- at most, each perhaps of another seller, so that is 203. Captures, refunds and releases are booked order by order, payouts seller by
-- seller: none has more than four.
-- ---------------------------------------------------------------------------------------------------------------

alter table ledger_transactions
  drop constraint ledger_transactions_legs_range,
  add constraint ledger_transactions_legs_range check (legs between 2 and 203);

-- ---------------------------------------------------------------------------------------------------------------
-- What the provider refused can be said anew. The refused answer stays as it was; the new one has the next number, and a key of its
-- own at the provider. One that was sent, or is on its way, is still the only one.
-- ---------------------------------------------------------------------------------------------------------------

alter table dispute_responses
  add column answer_no smallint not null default 1,
  drop constraint dispute_responses_once_per_stage,
  add constraint dispute_responses_pkey primary key (dispute_id, stage, answer_no),
  add constraint dispute_responses_number_positive check (answer_no > 0);
create unique index dispute_responses_once_per_stage on dispute_responses (dispute_id, stage) where refused_at is null;
