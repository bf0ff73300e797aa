/**
 * What must be true of the simulator's books: each question counts what breaks it. All are asked in one statement, so that all see
 * the same moment. Where money stands is asked of the entries; what is said about it, of the objects.
 */
export const QUESTIONS = {
  transactions_out_of_balance: `select count(*) from (
    select from book_entries group by transaction, currency having sum(amount) <> 0) as bad`,
  currencies_out_of_balance: `select count(*) from (
    select from book_entries group by currency having sum(amount) <> 0) as bad`,
  entries_without_transaction: `select count(*) from book_entries e
    where not exists (select from book_transactions t where t.id = e.transaction)`,
  transactions_that_differ_from_entries: `select count(*) from book_transactions t
    where coalesce(t.owner, '') <> 'psp' and (
      t.net <> (select coalesce(-sum(e.amount), 0) from book_entries e where e.transaction = t.id
        and e.account = any(case when t.owner is null then array['merchant_pending', 'merchant_available'] else array['connected'] end))
      or t.fee <> (select coalesce(-sum(e.amount), 0) from book_entries e
        where e.transaction = t.id and e.account = 'fee_income'))`,
  balances_that_differ_from_transactions: `select count(*) from (
    select t.currency from book_transactions t where t.owner is null group by t.currency
    having sum(t.net) <> (select coalesce(-sum(e.amount), 0) from book_entries e
      where e.currency = t.currency and e.account in ('merchant_pending', 'merchant_available'))) as bad`,
  accounts_below_zero: `select count(*) from (
    select from book_transactions where owner like 'acct%' group by owner, currency having sum(net) < 0) as bad`,
  gross_differs_from_entries: `select count(*) from book_transactions t join book_entries e
    on e.transaction = t.id and e.account = 'card_network'
    where t.type in ('charge', 'refund', 'refund_failure', 'adjustment') and e.amount <> t.amount`,
  charges_without_booking: `select count(*) from charges c where c.status = 'succeeded' and not exists (
    select from book_transactions t where t.id = c.balance_transaction and t.source = c.id
      and t.amount = c.amount - c.released and t.currency = c.currency)`,
  bookings_without_charge: `select count(*) from book_transactions t where t.type = 'charge' and not exists (
    select from charges c where c.id = t.source and c.status = 'succeeded' and c.balance_transaction = t.id)`,
  intents_charged_twice: `select count(*) from (
    select from charges where status = 'succeeded' group by payment_intent having count(*) > 1) as bad`,
  intents_that_disagree: `select count(*) from payment_intents i where i.amount_received <> coalesce((
    select sum(c.amount - c.released) from charges c where c.payment_intent = i.id and c.status = 'succeeded'), 0)
    or (i.status = 'succeeded') <> (i.amount_received > 0)`,
  holds_that_disagree: `select count(*) from payment_intents i where case i.status
    when 'requires_capture' then 'authorized' when 'processing' then 'pending' else 'none' end <> coalesce((
    select c.status from charges c where c.payment_intent = i.id and c.status in ('authorized', 'pending')), 'none')`,
  sessions_that_disagree: `select count(*) from checkout_sessions s join payment_intents i on i.id = s.payment_intent
    where (s.payment_status = 'paid') <> (i.status = 'succeeded') or (s.status = 'expired') <> (i.status = 'canceled')`,
  refunds_without_booking: `select count(*) from refunds r where not exists (
    select from book_transactions t where t.id = r.balance_transaction and t.type = 'refund' and t.source = r.id
      and t.amount = -r.amount and t.currency = r.currency)`,
  failed_refunds_without_booking: `select count(*) from refunds r where (r.status in ('failed', 'canceled')) <> exists (
    select from book_transactions t where t.id = r.failure_balance_transaction and t.type = 'refund_failure' and t.source = r.id
      and t.amount = r.amount and t.currency = r.currency)`,
  bookings_without_refund: `select count(*) from book_transactions t where t.type in ('refund', 'refund_failure') and not exists (
    select from refunds r where r.id = t.source and t.id in (r.balance_transaction, r.failure_balance_transaction))`,
  charges_refunded_wrongly: `select count(*) from charges c where c.amount_refunded > c.amount - c.released or c.amount_refunded <> (
    select coalesce(sum(r.amount), 0) from refunds r where r.charge = c.id and r.status not in ('failed', 'canceled'))`,
  disputes_without_withdrawal: `select count(*) from disputes d where (d.status like 'warning%') = exists (
    select from book_transactions t where t.id = d.withdrawal and t.type = 'adjustment' and t.reporting_category = 'dispute'
      and t.source = d.id and t.amount = -d.amount and t.currency = d.currency)`,
  won_disputes_without_reversal: `select count(*) from disputes d where (d.status = 'won') <> exists (
    select from book_transactions t where t.id = d.reinstatement and t.reporting_category = 'dispute_reversal'
      and t.source = d.id and t.amount = d.amount and t.fee = 0)`,
  bookings_without_dispute: `select count(*) from book_transactions t where t.reporting_category like 'dispute%' and not exists (
    select from disputes d where d.id = t.source and t.id in (d.withdrawal, d.reinstatement))`,
  disputes_without_disputed_charge: `select count(*) from charges c where c.disputed <> exists (
    select from disputes d where d.charge = c.id)`,
  payouts_without_booking: `select count(*) from payouts p where not exists (
    select from book_transactions t where t.id = p.balance_transaction and t.type = 'payout' and t.source = p.id
      and t.net = -p.amount and t.currency = p.currency and t.owner is not distinct from p.owner)`,
  returned_payouts_without_booking: `select count(*) from payouts p where (p.status in ('failed', 'canceled')) <> exists (
    select from book_transactions t where t.source = p.id and t.type in ('payout_failure', 'payout_cancel')
      and t.net = p.amount and t.currency = p.currency and t.owner is not distinct from p.owner)`,
  bookings_without_payout: `select count(*) from book_transactions t
    where t.type in ('payout', 'payout_failure', 'payout_cancel', 'payout_paid') and not exists (
    select from payouts p where p.id = t.source
      and (t.type = 'payout_paid' or t.id in (p.balance_transaction, p.failure_balance_transaction)))`,
  payouts_that_differ_from_items: `select count(*) from payouts p where p.automatic and (
    (select coalesce(sum(t.net), 0) from payout_items i join book_transactions t on t.id = i.transaction
      where i.payout = p.id and i.transaction <> p.balance_transaction and t.currency = p.currency and t.owner is null) <> p.amount
    or not exists (select from payout_items i where i.transaction = p.balance_transaction and i.payout = p.id))`,
  items_without_payout: `select count(*) from payout_items i where not exists (select from payouts p where p.id = i.payout and p.automatic)
    or not exists (select from book_transactions t where t.id = i.transaction and t.owner is null)`,
  money_in_transit_that_differs_from_payouts: `select count(*) from (
    select from (
      select currency, amount from book_entries where account = 'payouts_in_transit'
      union all select currency, amount from payouts where status in ('pending', 'in_transit')) as moved
    group by currency having sum(amount) <> 0) as bad`,
  transfers_without_booking: `select count(*) from transfers r where not exists (
    select from book_transactions t where t.type = 'payment' and t.source = r.destination_payment and t.net = r.amount
      and t.owner = r.destination and t.currency = r.currency)
    or (r.balance_transaction is not null and not exists (
    select from book_transactions t where t.id = r.balance_transaction and t.type = 'transfer' and t.source = r.id and t.net = -r.amount))`,
  transfers_reversed_wrongly: `select count(*) from transfers r where r.amount_reversed <> (
    select coalesce(sum(v.amount), 0) from transfer_reversals v join book_transactions t
      on t.type = 'payment_refund' and t.source = v.destination_payment_refund and t.net = -v.amount and t.owner = r.destination
    where v.transfer = r.id)`,
  transfers_on_their_way: `select count(*) from (
    select from book_entries where account = 'transfers_in_transit' group by currency having sum(amount) <> 0) as bad`,
  statement_that_differs_from_payouts: `select count(*) from payouts p where p.owner is null and (
    select coalesce(sum(l.amount), 0) from bank_lines l where l.reference = p.id and l.currency = p.currency
  ) <> case when p.status = 'paid' then p.amount else 0 end`,
  statement_that_differs_from_transfers: `select count(*) from transfers r where r.funding = 'bank' and (
    select coalesce(sum(l.amount), 0) from bank_lines l
    where l.reference = r.id or l.reference in (select v.id from transfer_reversals v where v.transfer = r.id)
  ) <> r.amount_reversed - r.amount`,
  statement_lines_without_reason: `select count(*) from bank_lines l where not exists (
    select from payouts p where p.id = l.reference and p.owner is null and abs(l.amount) = p.amount)
    and not exists (select from transfers r where r.id = l.reference and r.amount = -l.amount)
    and not exists (select from transfer_reversals v where v.id = l.reference and v.amount = l.amount)`,
} as const;
