import type { Invariant } from './invariant.ts';

/** What goes to sellers' banks. */
export const PAYOUT_INVARIANTS: readonly Invariant[] = [
  {
    id: 'I9c',
    rule: 'What is in transit to a seller is exactly its payouts that were sent and not answered, per currency',
    keptBy: 'one transaction',
    timing: 'always',
    violations: `select coalesce(a.code, o.code) as subject
                 from (select code, -balance as amount from ledger_accounts where kind = 'payout_in_transit') a
                 full join (
                   select 'payout_in_transit:' || seller_id || ':' || currency as code, sum(amount_minor) as amount
                   from payouts where state in ('SUBMITTED', 'UNKNOWN') group by 1
                 ) o on o.code = a.code
                 where coalesce(a.amount, 0) <> coalesce(o.amount, 0)
                 union all
                 select a.code from ledger_accounts a
                 join (select seller_id, currency, sum(amount_minor) as amount from payouts where state in ('REQUESTED', 'APPROVED') group by 1, 2) o
                   on a.code = 'seller_reserved:' || o.seller_id || ':' || o.currency
                 where -a.balance < o.amount`,
  },
  {
    id: 'I23b',
    rule: 'Every step of a payout is booked once with its amount, and one that ended without arriving has taken all of them back',
    keptBy: 'unique constraints, one transaction',
    timing: 'always',
    violations: `select coalesce(p.id, t.source_id) as subject from (
                   select id, case state
                     when 'REQUESTED' then '{payout_requested}' when 'APPROVED' then '{payout_requested}'
                     when 'SUBMITTED' then '{payout_requested,payout_sent}' when 'UNKNOWN' then '{payout_requested,payout_sent}'
                     when 'PAID' then '{payout_paid,payout_requested,payout_sent}'
                     when 'FAILED' then '{payout_released,payout_requested,payout_sent,payout_unsent}'
                     when 'RETURNED' then '{payout_paid,payout_released,payout_requested,payout_returned,payout_sent,payout_unsent}'
                     else '{payout_released,payout_requested}' end as expected
                   from payouts
                 ) p
                 full join (
                   select source_id, array_agg(kind::text order by kind::text)::text as booked from ledger_transactions
                   where kind::text like 'payout\\_%' group by source_id
                 ) t on t.source_id = p.id
                 where p.expected is distinct from t.booked
                 union all
                 select p.id from payouts p join ledger_transactions t on t.source_id = p.id
                 join ledger_entries e on e.transaction_id = t.id
                 where abs(e.amount_minor) <> p.amount_minor or e.currency <> p.currency
                 union all
                 select t.source_id from ledger_transactions t left join ledger_transactions r on r.id = t.reversal_of
                 where t.kind in ('payout_released', 'payout_unsent', 'payout_returned')
                   and (r.source_id is distinct from t.source_id or r.kind::text <> case t.kind::text
                     when 'payout_released' then 'payout_requested' when 'payout_unsent' then 'payout_sent' else 'payout_paid' end)`,
  },
  {
    id: 'I24',
    rule: 'Every movement of what a seller can have is in one payout at most; its lines come to its amount, and never to more than was there',
    keptBy: 'checks, unique constraint, trigger at commit',
    timing: 'always',
    violations: `select p.id as subject from (
                   select p.*, coalesce(lag(last_seq + 2) over w, 1) as first_expected, coalesce(lag(left_minor) over w, 0) as opening_expected
                   from payouts p window w as (partition by account_id order by first_seq)
                 ) p
                 left join ledger_transactions t on t.kind = 'payout_requested' and t.source_id = p.id
                 left join ledger_entries taken on taken.transaction_id = t.id and taken.account_id = p.account_id
                 left join lateral (
                   select coalesce(-sum(e.amount_minor), 0) as moved from ledger_entries e
                   where e.account_id = p.account_id and e.account_seq between p.first_seq and p.last_seq
                 ) lines on true
                 where p.first_seq <> p.first_expected or p.opening_minor <> p.opening_expected or p.left_minor < 0
                   or taken.account_seq is distinct from p.last_seq + 1 or taken.balance_after <> -p.left_minor
                   or lines.moved <> p.moved_minor or p.opening_minor + lines.moved - p.left_minor <> p.amount_minor
                 union all
                 select p.id from payouts p join bank_accounts b on b.id = p.bank_account_id join sellers s on s.id = p.seller_id
                 where b.seller_id <> p.seller_id or b.currency <> p.currency or s.verification <> 'verified'`,
  },
  {
    id: 'I24b',
    rule: "A payout's history has no gap and ends in its state; above the limit two people wanted it; whoever must look at it was told",
    keptBy: 'checks, triggers, state table',
    timing: 'always',
    violations: `select h.payout_id as subject from (
                   select payout_id, seq, from_state, row_number() over w as place, coalesce(lag(to_state) over w, 'REQUESTED') as expected
                   from payout_transitions window w as (partition by payout_id order by seq)
                 ) h where h.seq <> h.place or h.from_state <> h.expected
                 union all
                 select p.id from payouts p left join payout_transitions t on t.payout_id = p.id and t.seq = p.state_seq
                 where coalesce(t.to_state, 'REQUESTED') <> p.state
                 union all
                 select p.id from payouts p where p.state in ('APPROVED', 'SUBMITTED', 'UNKNOWN') and p.resolve_at is null
                 union all
                 select p.id from payouts p where p.approved_by = p.requested_by or (p.needs_approval and p.approved_by = 'policy')
                   or (p.state not in ('REQUESTED', 'CANCELLED') and p.approved_by is null)
                 union all
                 select p.id from payouts p where p.state in ('FAILED', 'RETURNED')
                   and not exists (select from dead_letters d where d.kind = 'payout' and d.subject_id = p.id)`,
  },
];
