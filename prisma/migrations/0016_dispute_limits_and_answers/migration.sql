-- Disputes of large checkouts.

-- ---------------------------------------------------------------------------------------------------------------
-- A dispute takes of every seller of its charge: two legs each, and amount, fee and claim of the provider. A checkout has 100 orders
-- at most, each perhaps of another seller, so that is 203. Captures, refunds and releases are booked order by order, payouts seller by
-- seller: none has more than four.
-- ---------------------------------------------------------------------------------------------------------------

alter table ledger_transactions
  drop constraint ledger_transactions_legs_range,
  add constraint ledger_transactions_legs_range check (legs between 2 and 203);
