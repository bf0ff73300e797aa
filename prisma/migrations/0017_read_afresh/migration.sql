-- A balance transaction that could not be read when it came is read afresh; and look-ups that no longer walk all that were ever settled.

-- What was read stays as it was told, whoever asks, but for one step: what could not be read (type `unreadable`, of no amount) and is
-- not booked becomes what it is, and waits to be booked.
create function keep_told_transactions() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform refuse('psp_balance_transactions_told_is_final', 'psp_balance_transactions', 'what is known of a balance transaction never changes');
  return null;
end $$;
create trigger psp_balance_transactions_told_is_final
  before update of id, type, amount_minor, fee_minor, net_minor, currency, source_id, subject_id, psp_payment_id, created_at, available_on, seen_at
  on psp_balance_transactions for each row
  when (old.type <> 'unreadable' or new.type = 'unreadable' or old.state not in ('waiting', 'refused') or new.state <> 'waiting'
    or (new.id, new.seen_at) <> (old.id, old.seen_at))
  execute function keep_told_transactions();
grant update (type, amount_minor, fee_minor, net_minor, currency, source_id, subject_id, psp_payment_id, created_at, available_on)
  on psp_balance_transactions to countinghouse_app;

-- Payouts to our bank that are on their way: few, and looked at sooner whenever the provider tells that its balance moved.
create index psp_balance_transactions_payouts_waiting on psp_balance_transactions (id) where state = 'waiting' and type like 'payout%';
-- Of what waits, what a dispute is the source of.
create index psp_balance_transactions_disputes_waiting on psp_balance_transactions (source_id) where state = 'waiting' and type = 'adjustment';
-- What an automatic payout took: everything that had become payable since the one before.
create index psp_balance_transactions_payable on psp_balance_transactions (currency, (greatest(available_on, created_at)));
-- Since when there is something to reconcile in a currency.
create index psp_balance_transactions_currency on psp_balance_transactions (currency, created_at);
