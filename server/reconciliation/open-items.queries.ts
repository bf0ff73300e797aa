import type { AccountKind } from '#ledger';

/** Disputes whose money is taken and whose end is not booked. */
const OPEN_DISPUTES = `(
  select * from disputes where withdrawn_minor is not null
    and (state in ('OPEN', 'UNDER_REVIEW') or (state = 'WON' and reinstated_minor is distinct from withdrawn_minor)))`;

/**
 * What each clearing account should consist of, as SQL over the tables of what is under way: never over the entries that made the
 * balance. Each answers `owner`, `currency`, `subject`, `amount` (minor units, debit positive) and `why`, one row per open item. An item
 * that is no more has no row.
 */
export const OPEN_ITEMS = {
  buyer: `
    with told as (
      select subject_id, id, available_on from psp_balance_transactions
      where state = 'waiting' and subject_id is not null
    ), moved as (
      select id as subject, checkout_id, currency, amount_minor as amount from payment_attempts where state = 'SUCCEEDED'
      union all
      select r.id, p.checkout_id, r.currency, -r.amount_minor from refunds r join payment_attempts p on p.id = r.attempt_id
      where r.state = 'SUCCEEDED'
      union all
      select t.subject_id, p.checkout_id, t.currency, -t.amount_minor
      from psp_balance_transactions t left join refunds r on r.id = t.subject_id
      join payment_attempts p on p.id = coalesce(r.attempt_id, t.subject_id)
      where t.state = 'booked'
        and t.type in ('charge', 'payment', 'refund', 'payment_refund', 'refund_failure', 'payment_failure_refund')
    )
    select e.buyer_user_id as owner, m.currency, m.subject, sum(m.amount) as amount,
      case when r.id is null then 'charged' when sum(m.amount) < 0 then 'given back' else 'came back' end
        || ', not settled: ' || coalesce((
          select string_agg(id || ' is available on ' || to_char(available_on at time zone 'UTC', 'YYYY-MM-DD'), ', ' order by id)
          from told where subject_id = m.subject), 'the provider has not listed it') as why
    from moved m join payment_events e on e.checkout_id = m.checkout_id left join refunds r on r.id = m.subject
    group by e.buyer_user_id, m.currency, m.subject, r.id having sum(m.amount) <> 0`,

  /**
   * An automatic payout takes all that is available when it is made. So what is booked is open until the first one made after it became
   * available is known and has arrived, as have those before it; that payout and what it took are no more.
   */
  psp_clearing: `
    with payouts as (
      select p.currency, p.created_at, p.balance_transaction_id as id,
        bool_and(coalesce(t.state = 'booked', false)) over (partition by p.currency order by p.created_at) as arrived
      from psp_bank_payouts p left join psp_balance_transactions t on t.id = p.balance_transaction_id where p.automatic
    ), emptied as (
      select currency, max(created_at) as at from payouts where arrived group by currency
    ), movements as (
      select t.*, t.state in ('booked', 'suspense') as counted,
        coalesce(greatest(t.available_on, t.created_at) <= e.at, false) as paid_out
      from psp_balance_transactions t left join emptied e on e.currency = t.currency
      where not exists (select from payouts p where p.id = t.id and p.arrived)
    ), disputed as (
      select d.psp_dispute_id, d.id, d.currency, m.amount, m.why from disputes d cross join lateral (
        select -d.withdrawn_minor - d.fee_minor as amount, -1 as sign, 'taken by a dispute' as why
        where d.withdrawn_minor is not null and d.state in ('OPEN', 'UNDER_REVIEW', 'WON', 'LOST', 'ACCEPTED')
        union all
        select d.reinstated_minor + coalesce(d.fee_returned_minor, 0), 1, 'given back by a dispute that was won'
        where d.state = 'WON' and d.reinstated_minor = d.withdrawn_minor
      ) m where not exists (
        select from psp_balance_transactions t
        where t.source_id = d.psp_dispute_id and t.type = 'adjustment' and t.state = 'booked' and sign(t.amount_minor) = m.sign)
    )
    select 'platform' as owner, currency, id as subject, net_minor as amount,
      concat_ws(' ', type, source_id) || ', ' || case when type like 'payout%' then 'its day is not reconciled' else 'not paid out' end as why
    from movements where counted and not paid_out
    union all
    select 'platform', currency, id, -net_minor, concat_ws(' ', type, source_id) || ', paid out and not booked: ' || coalesce(cause, state)
    from movements where not counted and paid_out
    union all
    select 'platform', currency, id, amount, why || ', not settled' from disputed`,

  /** The bank's own balance, and what one side has and the other has not. */
  bank_cash: `
    with lines as (
      select r.currency, f.day, r.gross_minor as amount,
        case when p.id is null then r.reference else p.id end as subject
      from (
        select distinct on (day, currency) * from reconciliation_files where source = 'bank_statement' and state = 'whole'
        order by day, currency, version desc
      ) f
      join reconciliation_rows r on r.file_id = f.id and r.copy = 1 and r.error is null
      left join payouts p on p.id = r.payout_id
    ), moved as (
      select coalesce(p.id, t.source_id) as subject, t.currency, -t.net_minor as amount
      from psp_balance_transactions t left join payouts p on p.id = t.subject_id
      where t.state = 'booked' and t.type in ('payout', 'payout_failure', 'payout_cancel', 'transfer', 'transfer_refund')
      union all
      select id, currency, -amount_minor from payouts where state = 'PAID'
      union all
      select subject, currency, -amount from lines
    )
    select 'platform' as owner, currency, 'bank statement' as subject, sum(amount) as amount,
      'what the bank shows at the end of ' || to_char(max(day), 'YYYY-MM-DD') as why
    from lines group by currency having sum(amount) <> 0
    union all
    select 'platform', m.currency, m.subject, sum(m.amount),
      case when p.state in ('SUBMITTED', 'UNKNOWN') then 'left our bank, not confirmed by the seller''s'
           when p.state in ('FAILED', 'RETURNED') then 'left our bank, not back from the provider''s account of the seller'
           when exists (select from lines l where l.subject = m.subject) then 'on the bank statement otherwise than here'
           else 'not on a bank statement' end
    from moved m left join payouts p on p.id = m.subject
    group by m.currency, m.subject, p.state having sum(m.amount) <> 0`,

  payout_in_transit: `
    select seller_id as owner, currency, id as subject, -amount_minor as amount, 'sent, ' || state as why
    from payouts where state in ('SUBMITTED', 'UNKNOWN')`,

  seller_reserved: `
    select seller_id as owner, currency, id as subject, -amount_minor as amount, 'a payout that is ' || state as why
    from payouts where state in ('REQUESTED', 'APPROVED')
    union all
    select o.seller_id, d.currency, d.id || ' ' || s.payment_order_id, -s.share_minor, 'a dispute that is ' || d.state
    from ${OPEN_DISPUTES} d join dispute_orders s on s.dispute_id = d.id join payment_orders o on o.payment_order_id = s.payment_order_id
    where s.share_minor <> 0`,

  dispute_receivable: `
    select 'platform' as owner, currency, id as subject, withdrawn_minor as amount, 'a dispute that is ' || state as why
    from ${OPEN_DISPUTES} d`,

  suspense: `
    select 'platform' as owner, p.currency, p.id as subject, coalesce(r.amount, 0) - p.held_minor as amount,
      'came too late, has to go back' as why
    from payment_attempts p left join (
      select attempt_id, sum(amount_minor) as amount from refunds where state = 'SUCCEEDED' and payment_order_id is null group by attempt_id
    ) r on r.attempt_id = p.id
    where p.held_minor <> coalesce(r.amount, 0)
    union all
    select 'platform', currency, id, -amount_minor, concat_ws(' ', type, source_id) || ' that nobody knows: ' || cause
    from psp_balance_transactions where state = 'suspense'`,

  seller_pending: `
    select seller_id as owner, currency, payment_order_id as subject, -pending_minor as amount,
      case when available_on is null then 'earned, its day is not known' else 'earned, available on ' || to_char(available_on at time zone 'UTC', 'YYYY-MM-DD') end as why
    from order_funds where pending_minor <> 0`,

  /** Nothing is exchanged yet, so nothing may stand here. */
  fx_clearing: `
    select null::text as owner, null::bpchar as currency, null::text as subject, null::bigint as amount, null::text as why where false`,
} as const satisfies Partial<Record<AccountKind, string>>;

/** Accounts through which money passes: whatever stands there is on its way and has to leave again. */
export type ClearingKind = keyof typeof OPEN_ITEMS;
