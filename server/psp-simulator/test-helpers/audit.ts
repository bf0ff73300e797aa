import { ok } from '../http/answer.ts';
import type { Handler } from '../requests/request.ts';

/** Each question counts what breaks a rule of the books; all of them see the same snapshot, being one statement. */
const QUESTIONS = {
  transactions_out_of_balance: `select count(*) from (
    select from book_entries group by transaction, currency having sum(amount) <> 0) as bad`,
  currencies_out_of_balance: `select count(*) from (
    select from book_entries group by currency having sum(amount) <> 0) as bad`,
  entries_without_transaction: `select count(*) from book_entries e
    where not exists (select from book_transactions t where t.id = e.transaction)`,
  charges_without_booking: `select count(*) from charges c where c.status = 'succeeded' and not exists (
    select from book_transactions t where t.id = c.balance_transaction and t.source = c.id
      and t.amount = c.amount and t.currency = c.currency)`,
  bookings_without_charge: `select count(*) from book_transactions t where t.type = 'charge' and not exists (
    select from charges c where c.id = t.source and c.status = 'succeeded' and c.balance_transaction = t.id)`,
  gross_differs_from_entries: `select count(*) from book_transactions t join book_entries e
    on e.transaction = t.id and e.account = 'card_network' where e.amount <> t.amount`,
  intents_charged_twice: `select count(*) from (
    select from charges where status = 'succeeded' group by payment_intent having count(*) > 1) as bad`,
  intents_that_disagree: `select count(*) from payment_intents i where (i.status = 'succeeded') <> exists (
    select from charges c where c.payment_intent = i.id and c.status = 'succeeded' and c.amount = i.amount_received)`,
  sessions_that_disagree: `select count(*) from checkout_sessions s join payment_intents i on i.id = s.payment_intent
    where (s.status = 'complete') <> (i.status = 'succeeded') or (s.status = 'expired') <> (i.status = 'canceled')`,
  refunds_without_booking: `select count(*) from refunds r where not exists (
    select from book_transactions t where t.id = r.balance_transaction and t.type = 'refund' and t.source = r.id
      and t.amount = -r.amount and t.currency = r.currency)`,
  failed_refunds_without_booking: `select count(*) from refunds r where (r.status = 'failed') <> exists (
    select from book_transactions t where t.id = r.failure_balance_transaction and t.type = 'refund_failure' and t.source = r.id
      and t.amount = r.amount and t.currency = r.currency)`,
  bookings_without_refund: `select count(*) from book_transactions t where t.type in ('refund', 'refund_failure') and not exists (
    select from refunds r where r.id = t.source and t.id in (r.balance_transaction, r.failure_balance_transaction))`,
  charges_refunded_wrongly: `select count(*) from charges c where c.amount_refunded > c.amount or c.amount_refunded <> (
    select coalesce(sum(r.amount), 0) from refunds r where r.charge = c.id and r.status <> 'failed')`,
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
} as const;

const AUDIT = `select ${Object.entries(QUESTIONS)
  .map(([name, question]) => `(${question}) as ${name}`)
  .join(', ')}, (select count(*) from charges where status = 'succeeded') as charges,
  (select count(*) from refunds where status <> 'failed') as refunds`;

/** `GET /v1/test_helpers/audit`: adds the books up again from their rows. `balanced` is true when every count is zero. */
export const auditBooks: Handler = async ({ simulator: { store } }) => {
  const [found] = await store.rows<Record<string, number>>('audit', AUDIT, []);
  const { charges = 0, refunds = 0, ...problems } = found ?? {};
  const balanced = Object.values(problems).every((count) => count === 0);
  return ok({ object: 'audit', balanced, charges, refunds, problems });
};
