import type { Invariant } from './invariant.ts';

/** What banks ask about and take back. */
export const DISPUTE_INVARIANTS: readonly Invariant[] = [
  {
    id: 'I22',
    rule: 'Refunds and disputes of an order never come to more than was taken; what a dispute takes beyond that was told to a person',
    keptBy: 'checks, trigger, one transaction',
    timing: 'always',
    violations: `select o.payment_order_id as subject from payment_orders o
                 left join (
                   select s.payment_order_id, sum(s.disputed_minor) as amount from dispute_orders s join disputes d on d.id = s.dispute_id
                   where not exists (select from ledger_transactions t where t.kind = 'dispute_won' and t.source_id = d.id)
                   group by s.payment_order_id
                 ) s on s.payment_order_id = o.payment_order_id
                 where o.disputed_minor <> coalesce(s.amount, 0) or o.refunded_minor + o.disputed_minor > o.amount_minor
                 union all
                 select d.id from disputes d
                 join ledger_transactions t on t.kind = 'dispute_opened' and t.source_id = d.id
                 where d.withdrawn_minor > (select coalesce(sum(disputed_minor), 0) from dispute_orders s where s.dispute_id = d.id)
                   and not exists (select from dead_letters l where l.kind = 'dispute' and l.subject_id = d.id)`,
  },
  {
    id: 'I25',
    rule: "A dispute's money moves once per stage, as its state says: taken when it opens, given back when won, gone when lost",
    keptBy: 'unique constraint, one transaction',
    timing: 'always',
    violations: `select source_id as subject from ledger_transactions
                 where kind in ('dispute_opened', 'dispute_won', 'dispute_lost') and source_id not in (select id from disputes)
                 union all
                 select d.id from disputes d
                 left join ledger_transactions o on o.kind = 'dispute_opened' and o.source_id = d.id
                 left join ledger_transactions w on w.kind = 'dispute_won' and w.source_id = d.id
                 left join ledger_transactions l on l.kind = 'dispute_lost' and l.source_id = d.id
                 where (o.id is not null) <> (d.withdrawn_minor is not null and d.state in ('OPEN', 'UNDER_REVIEW', 'WON', 'LOST', 'ACCEPTED'))
                    or (w.id is not null) <> (o.id is not null and d.state = 'WON' and d.reinstated_minor is not distinct from d.withdrawn_minor)
                    or (l.id is not null) <> (o.id is not null and d.state in ('LOST', 'ACCEPTED'))
                 union all
                 select d.id from disputes d join ledger_transactions t on t.source_id = d.id and t.kind in ('dispute_opened', 'dispute_won', 'dispute_lost')
                 join ledger_entries e on e.transaction_id = t.id join ledger_accounts a on a.id = e.account_id
                 where e.currency <> d.currency
                    or (a.kind = 'dispute_receivable' and e.amount_minor <> case t.kind when 'dispute_opened' then d.withdrawn_minor else -d.withdrawn_minor end)
                    or (a.kind = 'seller_reserved' and abs(e.amount_minor) <> (
                         select sum(s.share_minor) from dispute_orders s join payment_orders p on p.payment_order_id = s.payment_order_id
                         where s.dispute_id = d.id and p.seller_id = a.owner_id))
                    or (a.kind = 'psp_fees' and t.kind = 'dispute_opened' and e.amount_minor <> d.fee_minor)
                 union all
                 select coalesce(s.currency, d.currency) from (select currency, balance from ledger_accounts where kind = 'dispute_receivable') s
                 full join (
                   select currency, sum(withdrawn_minor) as amount from disputes
                   where withdrawn_minor is not null and (state in ('OPEN', 'UNDER_REVIEW')
                     or (state = 'WON' and reinstated_minor is distinct from withdrawn_minor)) group by currency
                 ) d on d.currency = s.currency
                 where coalesce(s.balance, 0) <> coalesce(d.amount, 0)`,
  },
  {
    id: 'I43',
    rule: "A dispute's history has no gap and ends in its state, and every open one is looked at again",
    keptBy: 'checks, triggers, state table',
    timing: 'always',
    violations: `select h.dispute_id as subject from (
                   select dispute_id, seq, from_state, row_number() over w as place, coalesce(lag(to_state) over w, 'INQUIRY') as expected
                   from dispute_transitions window w as (partition by dispute_id order by seq)
                 ) h where h.seq <> h.place or h.from_state <> h.expected
                 union all
                 select d.id from disputes d left join dispute_transitions t on t.dispute_id = d.id and t.seq = d.state_seq
                 where coalesce(t.to_state, 'INQUIRY') <> d.state
                 union all
                 select d.id from disputes d where d.resolve_at is null and (d.finished_at is null
                   or (d.state in ('WON', 'LOST', 'ACCEPTED') and d.withdrawn_minor is null) or (d.state = 'WON' and d.reinstated_minor is null))`,
  },
];
