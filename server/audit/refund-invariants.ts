import type { Invariant } from './invariant.ts';

/** What goes back to buyers. */
export const REFUND_INVARIANTS: readonly Invariant[] = [
  {
    id: 'I9',
    rule: 'Suspense is exactly what is held for buyers and has not gone back, and what the provider settled and nobody knows, per currency',
    keptBy: 'one transaction',
    timing: 'always',
    violations: `select coalesce(s.currency, o.currency) as subject
                 from (select currency, balance from ledger_accounts where kind = 'suspense') s
                 full join (
                   select currency, sum(amount) as amount from (
                     select currency, held_minor as amount from payment_attempts where held_minor is not null
                     union all select currency, -amount_minor from refunds where state = 'SUCCEEDED' and payment_order_id is null
                     union all select currency, amount_minor from psp_balance_transactions where state = 'suspense'
                   ) moved group by currency
                 ) o on o.currency = s.currency
                 where coalesce(-s.balance, 0) <> coalesce(o.amount, 0)`,
  },
  {
    id: 'I21',
    rule: 'Refunds that did not fail never come to more than was taken; attempt and order count them, and the commission in them',
    keptBy: 'check, one transaction',
    timing: 'always',
    violations: `select a.id as subject from payment_attempts a
                 left join (
                   select attempt_id, sum(amount_minor) as amount from refunds where state not in ('FAILED', 'FAILED_LATE') group by attempt_id
                 ) r on r.attempt_id = a.id
                 where a.refunded_minor <> coalesce(r.amount, 0) or a.refunded_minor > a.amount_minor
                 union all
                 select r.id from refunds r join payment_attempts a on a.id = r.attempt_id
                 where r.currency <> a.currency or a.state <> 'SUCCEEDED'
                 union all
                 select o.payment_order_id from payment_orders o
                 left join (
                   select payment_order_id, sum(amount_minor) as amount, sum(commission_minor) as commission
                   from refunds where state not in ('FAILED', 'FAILED_LATE') group by payment_order_id
                 ) r on r.payment_order_id = o.payment_order_id
                 where o.refunded_minor <> coalesce(r.amount, 0) or o.commission_returned_minor <> coalesce(r.commission, 0)
                    or o.refunded_minor > o.amount_minor or o.commission_returned_minor > o.commission_minor
                    or (o.refunded_minor = o.amount_minor and o.commission_returned_minor <> o.commission_minor)
                 union all
                 select r.id from refunds r left join captures c on c.payment_order_id = r.payment_order_id
                 where r.payment_order_id is not null and (c.attempt_id is distinct from r.attempt_id or c.currency is distinct from r.currency)`,
  },
  {
    id: 'I23',
    rule: 'A refund that was accepted is booked once; one that failed late is taken back once, entry by entry; others move nothing',
    keptBy: 'unique constraints, one transaction',
    timing: 'always',
    violations: `select coalesce(r.id, t.source_id) as subject from (select * from refunds where state in ('SUCCEEDED', 'FAILED_LATE')) r
                 full join (select * from ledger_transactions where kind = 'refund_accepted') t on t.source_id = r.id
                 where r.id is null or t.id is null
                 union all
                 select coalesce(r.id, t.source_id) from (select * from refunds where state = 'FAILED_LATE') r
                 full join (select * from ledger_transactions where kind = 'refund_failed') t on t.source_id = r.id
                 left join ledger_transactions taken_back on taken_back.id = t.reversal_of
                 where r.id is null or t.id is null or taken_back.kind is distinct from 'refund_accepted' or taken_back.source_id <> t.source_id
                 union all
                 select t.source_id from ledger_transactions t
                 join (select transaction_id, account_id, sum(amount_minor) as amount from ledger_entries group by 1, 2) e
                   on e.transaction_id in (t.id, t.reversal_of)
                 where t.reversal_of is not null group by t.id, t.source_id, e.account_id having sum(e.amount) <> 0
                 union all
                 select r.id from refunds r join ledger_transactions t on t.kind = 'refund_accepted' and t.source_id = r.id
                 join ledger_entries e on e.transaction_id = t.id
                 join ledger_accounts a on a.id = e.account_id
                 left join payment_orders o on o.payment_order_id = r.payment_order_id
                 where e.currency <> r.currency or e.amount_minor <> case
                   when a.kind = 'buyer' then -r.amount_minor
                   when a.kind = 'suspense' and o.payment_order_id is null then r.amount_minor
                   when a.kind = 'platform_fees' then r.commission_minor
                   when a.kind = 'seller_pending' and a.owner_id = o.seller_id then r.pending_minor
                   when a.kind = 'seller_available' and a.owner_id = o.seller_id then r.amount_minor - r.commission_minor - r.pending_minor
                   else 0 end`,
  },
  {
    id: 'I42',
    rule: "A refund's history has no gap and ends in its state, and whoever must look at it was told",
    keptBy: 'checks, triggers, state table',
    timing: 'always',
    violations: `select h.refund_id as subject from (
                   select refund_id, seq, from_state, row_number() over w as place, coalesce(lag(to_state) over w, 'REQUESTED') as expected
                   from refund_transitions window w as (partition by refund_id order by seq)
                 ) h where h.seq <> h.place or h.from_state <> h.expected
                 union all
                 select r.id from refunds r left join refund_transitions t on t.refund_id = r.id and t.seq = r.state_seq
                 where coalesce(t.to_state, 'REQUESTED') <> r.state
                 union all
                 select r.id from refunds r where r.finished_at is null and r.resolve_at is null
                 union all
                 select r.id from refunds r where r.state in ('FAILED', 'FAILED_LATE')
                   and not exists (select from dead_letters d where d.kind = 'refund' and d.subject_id = r.id)`,
  },
];
