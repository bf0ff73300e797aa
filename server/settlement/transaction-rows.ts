import { columns, type Statement } from '#db';
import type { BalanceTransaction, UnreadableTransaction } from '#psp';
import { UNREADABLE } from './decide-booking.ts';

/** What our books made of a balance transaction, or that a person has to say. */
export interface Booking {
  readonly id: string;
  /** `suspense`: it is booked, but where it belongs nobody knows. `refused`: it cannot be booked. */
  readonly state: 'booked' | 'suspense' | 'refused';
  readonly cause: string | null;
  readonly ledgerTransactionId: string | null;
}

const UNREAD = { type: UNREADABLE, currency: 'XXX', sourceId: null, subjectId: null, pspPaymentId: null };

const rowColumns = (rows: readonly BalanceTransaction[]): unknown[][] =>
  columns(
    rows,
    (row) => row.id,
    (row) => row.type,
    (row) => row.amountMinor,
    (row) => row.feeMinor,
    (row) => row.netMinor,
    (row) => row.currency,
    (row) => row.sourceId,
    (row) => row.subjectId,
    (row) => row.pspPaymentId,
    (row) => row.createdAt,
    (row) => row.availableOn,
  );
const ROWS = `unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::char(3)[], $7::text[], $8::text[],
                $9::text[], $10::timestamptz[], $11::timestamptz[])`;

/**
 * Keeps balance transactions as they were told. One that is here already stays as it is, since what the PSP booked never changes, but
 * for one that could not be read: it becomes what it is, waits to be booked, and whoever was asked about it has his answer.
 */
export function keepTransactions(
  told: readonly (BalanceTransaction | UnreadableTransaction)[],
  pspTime: Date,
): Statement[] {
  if (told.length === 0) return [];
  const nothing = { ...UNREAD, amountMinor: 0n, feeMinor: 0n, netMinor: 0n };
  const rows = told.map((one) =>
    'unreadable' in one ? { ...nothing, id: one.id, createdAt: pspTime, availableOn: pspTime } : one,
  );
  return [
    {
      name: 'read-balance-transactions-afresh',
      text: `with unread as (
               select t.id from psp_balance_transactions t
               where t.id = any($1::text[]) and t.type = '${UNREADABLE}' and t.state in ('waiting', 'refused') order by t.id for no key update
             ), read as (
               update psp_balance_transactions t
               set type = n.type, amount_minor = n.amount_minor, fee_minor = n.fee_minor, net_minor = n.net_minor, currency = n.currency,
                   source_id = n.source_id, subject_id = n.subject_id, psp_payment_id = n.psp_payment_id, created_at = n.created_at,
                   available_on = n.available_on, state = 'waiting', cause = null, tries = 0, look_at = now()
               from unread join ${ROWS}
                 n (id, type, amount_minor, fee_minor, net_minor, currency, source_id, subject_id, psp_payment_id, created_at, available_on)
                 on n.id = unread.id and n.type <> '${UNREADABLE}'
               where t.id = unread.id returning t.id
             )
             update dead_letters set resolved_at = now(), resolution = 'settlement: it could be read now'
             where kind = 'settlement' and resolved_at is null and subject_id in (select id from read)`,
      values: rowColumns(rows),
    },
    {
      name: 'insert-balance-transactions',
      text: `insert into psp_balance_transactions
               (id, type, amount_minor, fee_minor, net_minor, currency, source_id, subject_id, psp_payment_id, created_at, available_on)
             select * from ${ROWS} on conflict (id) do nothing`,
      values: rowColumns(rows),
    },
  ];
}

/**
 * Dates the earnings of orders that these charges paid: the PSP's day and the seller's delay, frozen once known. Whoever learns of
 * the charge before the order is credited finds nothing to date, and dates it when the charge is booked.
 */
export function dateFunds(transactionIds: readonly string[]): Statement[] {
  if (transactionIds.length === 0) return [];
  return [
    {
      name: 'date-order-funds',
      text: `with dated as (
               select f.payment_order_id, t.available_on + make_interval(hours => 24 * coalesce(own.days, everyone.days)) as available_on
               from psp_balance_transactions t
               join attempt_orders ao on ao.attempt_id = t.subject_id
               join captures c on c.payment_order_id = ao.payment_order_id and c.attempt_id = t.subject_id
               join order_funds f on f.payment_order_id = c.payment_order_id and f.available_on is null
               join availability_delays everyone on everyone.seller_id is null
               left join availability_delays own on own.seller_id = f.seller_id
               where t.id = any($1::text[]) and t.type in ('charge', 'payment')
               order by f.payment_order_id for no key update of f
             )
             update order_funds f set available_on = dated.available_on from dated where f.payment_order_id = dated.payment_order_id`,
      values: [transactionIds],
    },
  ];
}

/** Writes down what became of balance transactions that are locked and waiting; whoever must look at one is told. */
export function finishTransactions(bookings: readonly Booking[]): Statement[] {
  if (bookings.length === 0) return [];
  return [
    {
      name: 'finish-balance-transactions',
      text: `update psp_balance_transactions t
             set state = n.state, cause = n.cause, ledger_transaction_id = n.ledger_transaction_id, look_at = null,
                 booked_at = case when n.ledger_transaction_id is null then null else now() end
             from unnest($1::text[], $2::text[], $3::text[], $4::uuid[]) n (id, state, cause, ledger_transaction_id)
             where t.id = n.id and t.state = 'waiting'`,
      values: columns(
        bookings,
        (row) => row.id,
        (row) => row.state,
        (row) => row.cause,
        (row) => row.ledgerTransactionId,
      ),
      expectRows: bookings.length,
    },
    {
      name: 'answer-settlement-letters',
      text: `update dead_letters set resolved_at = now(), resolution = 'settlement: it is booked'
             where kind = 'settlement' and resolved_at is null and subject_id = any($1::text[])`,
      values: [bookings.filter((row) => row.cause === null).map((row) => row.id)],
    },
    ...tellSomebody(bookings.flatMap(({ id, cause }) => (cause === null ? [] : [{ id, cause }]))),
  ];
}

/** Asks a person about balance transactions. One has one open question at most: another takes its place, the same again renews it. */
export function tellSomebody(questions: readonly { readonly id: string; readonly cause: string }[]): Statement[] {
  if (questions.length === 0) return [];
  return [
    {
      name: 'replace-settlement-letters',
      text: `update dead_letters d set resolved_at = now(), resolution = 'replaced by ' || n.cause
             from unnest($1::text[], $2::text[]) n (id, cause)
             where d.kind = 'settlement' and d.subject_id = n.id and d.resolved_at is null and d.cause <> n.cause`,
      values: columns(
        questions,
        (one) => one.id,
        (one) => one.cause,
      ),
    },
    {
      name: 'insert-settlement-letters',
      text: `insert into dead_letters as d (kind, subject_id, cause, tries)
             select 'settlement', t.id, n.cause, t.tries from unnest($1::text[], $2::text[]) n (id, cause)
             join psp_balance_transactions t on t.id = n.id
             on conflict (kind, subject_id) where resolved_at is null do update set tries = excluded.tries, last_at = now()`,
      values: columns(
        questions,
        (one) => one.id,
        (one) => one.cause,
      ),
    },
  ];
}
