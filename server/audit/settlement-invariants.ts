import type { Invariant } from './invariant.ts';

const BOOKED = `state in ('booked', 'suspense')`;
/** Types of balance transaction whose other side is the buyer. */
const OF_BUYERS = `('charge', 'payment', 'refund', 'payment_refund', 'refund_failure', 'payment_failure_refund')`;

/** What holds between the provider's balance transactions, the ledger and what sellers wait for. */
export const SETTLEMENT_INVARIANTS: readonly Invariant[] = [
  {
    id: 'I9b',
    rule: "What stands at the provider is the sum of its balance transactions that are booked and of disputes whose own are not read yet, and a buyer's account is what was taken from him and not settled",
    keptBy: 'one transaction',
    timing: 'always',
    violations: `select coalesce(a.code, 'psp_clearing ' || t.currency) as subject
                 from (select code, currency, balance from ledger_accounts where kind = 'psp_clearing') a
                 full join (
                   select currency, sum(net) as net from (
                     select currency, net_minor as net from psp_balance_transactions where ${BOOKED}
                     union all
                     select e.currency, e.amount_minor from ledger_transactions l
                     join ledger_entries e on e.transaction_id = l.id join ledger_accounts a on a.id = e.account_id and a.kind = 'psp_clearing'
                     where l.kind in ('dispute_opened', 'dispute_won')
                       and not exists (select from psp_balance_transactions t where t.ledger_transaction_id = l.id)
                   ) moved group by currency
                 ) t
                   on t.currency = a.currency
                 where coalesce(a.balance, 0) <> coalesce(t.net, 0)
                 union all
                 select coalesce(a.code, o.owner_id || ' ' || o.currency)
                 from (select code, owner_id, currency, balance from ledger_accounts where kind = 'buyer') a
                 full join (
                   select e.buyer_user_id as owner_id, i.currency, sum(i.amount) as open from (
                     select checkout_id, currency, amount_minor as amount from payment_attempts where state = 'SUCCEEDED'
                     union all
                     select p.checkout_id, r.currency, -r.amount_minor from refunds r join payment_attempts p on p.id = r.attempt_id
                     where r.state = 'SUCCEEDED'
                     union all
                     select p.checkout_id, t.currency, -t.amount_minor from psp_balance_transactions t
                     left join refunds r on r.id = t.subject_id
                     join payment_attempts p on p.id = coalesce(r.attempt_id, t.subject_id)
                     where t.state = 'booked' and t.type in ${OF_BUYERS}
                   ) i join payment_events e on e.checkout_id = i.checkout_id group by e.buyer_user_id, i.currency
                 ) o on o.owner_id = a.owner_id and o.currency = a.currency
                 where coalesce(a.balance, 0) <> coalesce(o.open, 0)`,
  },
  {
    id: 'I14b',
    rule: 'What a seller waits for is the earnings of his paid orders that neither went back nor became available, order by order, and is what stands on his pending account',
    keptBy: 'checks, one transaction',
    timing: 'always',
    violations: `select coalesce(f.payment_order_id, o.payment_order_id) as subject
                 from (select * from payment_orders where state = 'SUCCESS') o
                 full join order_funds f on f.payment_order_id = o.payment_order_id
                 where f.earned_minor is distinct from o.amount_minor - o.commission_minor or f.seller_id <> o.seller_id or f.currency <> o.currency
                 union all
                 select coalesce(a.code, f.seller_id || ' ' || f.currency)
                 from (select code, owner_id, currency, balance from ledger_accounts where kind = 'seller_pending') a
                 full join (select seller_id, currency, sum(pending_minor) as pending from order_funds group by seller_id, currency) f
                   on f.seller_id = a.owner_id and f.currency = a.currency
                 where coalesce(-a.balance, 0) <> coalesce(f.pending, 0)
                 union all
                 select coalesce(t.source_id, f.payment_order_id)
                 from (
                   select t.source_id, a.owner_id, e.currency, e.amount_minor from ledger_transactions t
                   join ledger_entries e on e.transaction_id = t.id
                   join ledger_accounts a on a.id = e.account_id and a.kind = 'seller_pending' where t.kind = 'funds_available'
                 ) t
                 left join refunds r on r.id = t.source_id
                 left join order_funds f on f.payment_order_id = coalesce(r.payment_order_id, t.source_id)
                 where f.released_at is null or f.seller_id <> t.owner_id or f.currency <> t.currency or t.amount_minor > f.earned_minor
                    or (r.id is not null and (r.state <> 'FAILED_LATE' or t.amount_minor <> r.pending_minor))
                 union
                 select f.payment_order_id from order_funds f
                 left join (
                   select payment_order_id, sum(pending_minor) as amount from refunds where state = 'SUCCEEDED' group by payment_order_id
                 ) back on back.payment_order_id = f.payment_order_id
                 left join (
                   select coalesce(r.payment_order_id, t.source_id) as payment_order_id, sum(e.amount_minor) as amount
                   from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
                   join ledger_accounts a on a.id = e.account_id and a.kind = 'seller_pending'
                   left join refunds r on r.id = t.source_id where t.kind = 'funds_available' group by 1
                 ) released on released.payment_order_id = f.payment_order_id
                 where f.earned_minor <> f.pending_minor + coalesce(back.amount, 0) + coalesce(released.amount, 0)`,
  },
  {
    id: 'I20b',
    rule: 'Of each balance transaction that is booked, gross is net and fee: its net stands at the provider, its fee is our expense, its gross is on the other side',
    keptBy: 'check, posting function',
    timing: 'always',
    violations: `select t.id as subject from psp_balance_transactions t
                 left join lateral (
                   select coalesce(sum(e.amount_minor) filter (where a.kind = 'psp_clearing'), 0) as net,
                          coalesce(sum(e.amount_minor) filter (where a.kind not in ('psp_clearing', 'psp_fees')), 0) as other,
                          bool_and(e.currency = t.currency) as same_currency
                   from ledger_entries e join ledger_accounts a on a.id = e.account_id where e.transaction_id = t.ledger_transaction_id
                 ) p on true
                 where t.${BOOKED} and (t.net_minor <> t.amount_minor - t.fee_minor or p.net is distinct from t.net_minor
                   or not coalesce(p.same_currency, false)
                   or p.other is distinct from (case when t.type like 'stripe%fee' and t.state = 'booked' then 0 else -t.amount_minor end))`,
  },
  {
    id: 'I34',
    rule: 'Each balance transaction of the provider is booked once, as settled or with its dispute, waits, or is known to somebody, and nothing else is booked as settled',
    keptBy: 'keys, one transaction',
    timing: 'always',
    violations: `select coalesce(t.id, l.source_id) as subject
                 from (select * from psp_balance_transactions where ${BOOKED}) t
                 full join (
                   select id, source_id from ledger_transactions where kind = 'psp_settled'
                   union all
                   select l.id, t.id from psp_balance_transactions t join disputes d on d.psp_dispute_id = t.source_id
                   join ledger_transactions l on l.id = t.ledger_transaction_id and l.source_id = d.id and l.kind in ('dispute_opened', 'dispute_won')
                   where t.type = 'adjustment' and t.state = 'booked'
                 ) l
                   on l.id = t.ledger_transaction_id and l.source_id = t.id
                 where t.id is null or l.id is null
                 union all
                 select t.id from psp_balance_transactions t where t.state in ('suspense', 'refused')
                   and not exists (select from dead_letters d where d.kind = 'settlement' and d.subject_id = t.id)
                 union all
                 select subject_id from psp_balance_transactions
                 where state = 'booked' and subject_id is not null group by subject_id, type having count(*) > 1`,
  },
];
