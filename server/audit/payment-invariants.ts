import { type AttemptState, MAX_SENDS, NEVER_REACHED, ORDER_TRANSITIONS, type OrderState } from '#payments';
import type { Invariant } from './invariant.ts';

/** An order that has its money does not wait for an attempt that is still open: an earlier one brought it. */
const PAID: readonly OrderState[] = ['SUCCESS', 'LATE_SUCCESS', 'AUTO_REFUNDING'];

/** An open attempt in this state → where its orders may stand. */
const ORDER_OF_OPEN_ATTEMPT: Partial<Record<AttemptState, readonly OrderState[]>> = {
  // The one that follows passing trouble of the bank leaves its orders where the one before had put them.
  PENDING: ['EXECUTING', 'REQUIRES_ACTION', 'UNKNOWN', 'MANUAL_REVIEW', ...PAID],
  // An earlier one that took another amount leaves its order to a person.
  REQUIRES_ACTION: ['REQUIRES_ACTION', 'MANUAL_REVIEW', ...PAID],
  UNKNOWN: ['UNKNOWN', 'MANUAL_REVIEW', ...PAID],
};

const pairs = (table: Partial<Record<string, readonly string[]>>) =>
  Object.entries(table)
    .flatMap(([one, others = []]) => others.map((other) => `('${one}', '${other}')`))
    .join(', ');

/** What holds between orders, attempts, captures and the ledger. */
export const PAYMENT_INVARIANTS: readonly Invariant[] = [
  {
    id: 'I13',
    rule: 'An order is captured at most once, whole, by an attempt of its checkout that succeeded; a charge pays one attempt',
    keptBy: 'primary key, trigger, one transaction',
    timing: 'always',
    violations: `select c.payment_order_id as subject from captures c
                 left join payment_orders o using (payment_order_id) left join payment_attempts a on a.id = c.attempt_id
                 where c.amount_minor is distinct from o.amount_minor or c.currency is distinct from o.currency
                    or a.state is distinct from 'SUCCEEDED' or a.checkout_id is distinct from o.checkout_id
                 union all
                 select payment_order_id from captures group by payment_order_id having count(*) > 1
                 union all
                 select psp_charge_id from captures group by psp_charge_id having min(attempt_id) <> max(attempt_id)`,
  },
  {
    id: 'I14',
    rule: 'A wallet grows by a capture alone: of the same order, for its own seller, its amount less the commission, its currency; what becomes available, is set aside or disputed goes from one part to another',
    keptBy: 'one transaction, posting function',
    timing: 'always',
    violations: `select t.source_id as subject from ledger_entries e
                 join ledger_accounts a on a.id = e.account_id
                 join ledger_transactions t on t.id = e.transaction_id
                 left join captures c on c.payment_order_id = t.source_id
                 left join payment_orders o on o.payment_order_id = t.source_id
                 where a.kind in ('seller_pending', 'seller_available', 'seller_reserved') and e.amount_minor < 0 and t.kind = 'order_captured'
                   and (c.currency is distinct from e.currency or o.seller_id is distinct from a.owner_id
                     or -e.amount_minor is distinct from c.amount_minor - o.commission_minor)
                 union all
                 select min(t.source_id) from ledger_entries e
                 join ledger_accounts a on a.id = e.account_id and a.kind in ('seller_pending', 'seller_available', 'seller_reserved')
                 join ledger_transactions t on t.id = e.transaction_id
                 where t.kind <> 'order_captured' and t.reversal_of is null
                 group by e.transaction_id, a.owner_id having sum(e.amount_minor) < 0 or (min(e.amount_minor) < 0
                   and min(t.kind::text) not in ('funds_available', 'payout_requested', 'dispute_opened', 'dispute_won'))`,
  },
  {
    id: 'I15',
    rule: 'Every captured order is credited to its seller or held in suspense, and nothing else is credited',
    keptBy: 'one transaction',
    timing: 'always',
    violations: `select coalesce(c.payment_order_id, t.source_id) as subject
                 from (select c.payment_order_id from captures c join payment_orders o using (payment_order_id) where o.state = 'SUCCESS') c
                 full join (select source_id from ledger_transactions where kind = 'order_captured') t on t.source_id = c.payment_order_id
                 where c.payment_order_id is null or t.source_id is null
                 union all
                 select o.payment_order_id from payment_orders o left join captures c using (payment_order_id)
                 where (o.state in ('SUCCESS', 'LATE_SUCCESS', 'AUTO_REFUNDING')) <> (c.payment_order_id is not null)
                 union all
                 select c.payment_order_id from captures c join payment_orders o using (payment_order_id)
                 left join ledger_transactions t on t.kind = 'late_capture_held' and t.source_id = c.attempt_id
                 where o.state in ('LATE_SUCCESS', 'AUTO_REFUNDING') and t.id is null
                 union all
                 select a.id from payment_attempts a
                 left join captures c on c.attempt_id = a.id
                 left join ledger_transactions t on t.kind = 'late_capture_held' and t.source_id = a.id
                 where a.state = 'SUCCEEDED' and c.attempt_id is null and t.id is null`,
  },
  {
    id: 'I16',
    rule: "An order's history is legal, has no gap, ends in its state, and its attempts say the same",
    keptBy: 'check, trigger, state tables',
    timing: 'always',
    violations: `select t.payment_order_id as subject from order_transitions t
                 left join order_transitions before on before.payment_order_id = t.payment_order_id and before.seq = t.seq - 1
                 where (before.seq is null) <> (t.seq = 1) or t.from_state <> coalesce(before.to_state, 'NOT_STARTED')
                    or (t.from_state, t.to_state) not in (${pairs(ORDER_TRANSITIONS)})
                 union all
                 select o.payment_order_id from payment_orders o
                 left join order_transitions t on t.payment_order_id = o.payment_order_id and t.seq = o.state_seq
                 where coalesce(t.to_state, 'NOT_STARTED') <> o.state
                 union all
                 select o.payment_order_id from payment_attempts a join attempt_orders ao on ao.attempt_id = a.id
                 join payment_orders o on o.payment_order_id = ao.payment_order_id
                 where a.finished_at is null and (a.state, o.state) not in (${pairs(ORDER_OF_OPEN_ATTEMPT)})
                 union all
                 select o.payment_order_id from payment_orders o
                 where o.state in ('EXPIRED', 'CANCELLED') and not exists (
                   select from attempt_orders ao join payment_attempts a on a.id = ao.attempt_id
                   where ao.payment_order_id = o.payment_order_id and a.state = o.state)`,
  },
  {
    id: 'I17',
    rule: 'An order failed on a definite answer only, and has no second attempt while another may still be charged',
    keptBy: 'state tables, row locks',
    timing: 'always',
    violations: `select ao.payment_order_id as subject from attempt_orders ao join payment_attempts a on a.id = ao.attempt_id
                 where a.finished_at is null group by ao.payment_order_id having count(*) > 1
                 union all
                 select o.payment_order_id from payment_orders o
                 left join lateral (
                   select a.state from attempt_orders ao join payment_attempts a on a.id = ao.attempt_id
                   where ao.payment_order_id = o.payment_order_id order by a.attempt_no desc, a.id desc limit 1
                 ) last on true
                 where o.state = 'FAILED' and coalesce(last.state, '') not in ('DECLINED', 'REFUSED', 'EXPIRED', 'CANCELLED')
                 union all
                 select o.payment_order_id from payment_attempts a join attempt_orders ao on ao.attempt_id = a.id
                 join payment_orders o on o.payment_order_id = ao.payment_order_id
                 where a.state = 'CANCELLED' and a.decline_code = '${NEVER_REACHED}' and o.state not in (${PAID.map((state) => `'${state}'`).join(', ')})`,
  },
  {
    id: 'I18',
    rule: "Each attempt has one key at the provider, its own id, and nothing of the provider's belongs to two attempts",
    keptBy: 'the key is the primary key',
    timing: 'always',
    violations: `select psp_payment_id as subject from payment_attempts where psp_payment_id is not null group by psp_payment_id having count(*) > 1
                 union all
                 select psp_session_id from payment_attempts where psp_session_id is not null group by psp_session_id having count(*) > 1
                 union all
                 select left(id, 40) from payment_attempts where id !~ '^att_' or length(id) > 255`,
  },
  {
    id: 'I19',
    rule: 'An attempt asks for exactly the sum of its orders',
    keptBy: 'one transaction',
    timing: 'always',
    violations: `select a.id as subject from payment_attempts a join (
                   select ao.attempt_id, sum(o.amount_minor) as amount, min(o.currency) as lowest, max(o.currency) as highest
                   from attempt_orders ao join payment_orders o on o.payment_order_id = ao.payment_order_id group by ao.attempt_id
                 ) o on o.attempt_id = a.id
                 where o.amount <> a.amount_minor or o.lowest <> a.currency or o.highest <> a.currency`,
  },
  {
    id: 'I20',
    rule: 'Of each captured order, commission and seller share add up to the gross amount',
    keptBy: 'posting function',
    timing: 'always',
    violations: `select t.source_id as subject from ledger_entries e
                 join ledger_accounts a on a.id = e.account_id
                 join ledger_transactions t on t.id = e.transaction_id
                 join payment_orders o on o.payment_order_id = t.source_id
                 where t.kind = 'order_captured' and a.kind in ('buyer', 'platform_fees')
                   and case a.kind when 'buyer' then e.amount_minor <> o.amount_minor else -e.amount_minor <> o.commission_minor end
                 union all
                 select t.source_id from ledger_transactions t join payment_orders o on o.payment_order_id = t.source_id
                 where t.kind = 'order_captured'
                   and t.legs <> 1 + (o.commission_minor > 0)::int + (o.commission_minor < o.amount_minor)::int`,
  },
  {
    id: 'I28',
    rule: 'A request left its whole trace or none: no checkout without orders, no order on its way without an attempt, no attempt without orders',
    keptBy: 'one transaction, triggers',
    timing: 'always',
    violations: `select checkout_id as subject from payment_events e
                 where not exists (select from payment_orders o where o.checkout_id = e.checkout_id)
                 union all
                 select payment_order_id from payment_orders o
                 where not exists (select from payment_events e where e.checkout_id = o.checkout_id)
                    or (state <> 'NOT_STARTED' and not exists (select from attempt_orders ao where ao.payment_order_id = o.payment_order_id))
                 union all
                 select id from payment_attempts a where not exists (select from attempt_orders ao where ao.attempt_id = a.id)`,
  },
  {
    id: 'I33',
    rule: 'No attempt was sent more often than the retry policy allows',
    keptBy: 'check, state table',
    timing: 'always',
    violations: `select id as subject from payment_attempts where sends > ${MAX_SENDS}`,
  },
  {
    id: 'I41',
    rule: 'Every order on its way has a next action, every open attempt a next look, and who has to look was told',
    keptBy: 'check, state table',
    timing: 'always',
    violations: `select id as subject from payment_attempts where finished_at is null and resolve_at is null
                 union all
                 select o.payment_order_id from payment_orders o
                 where o.state in ('EXECUTING', 'REQUIRES_ACTION', 'UNKNOWN') and not exists (
                   select from attempt_orders ao join payment_attempts a on a.id = ao.attempt_id
                   where ao.payment_order_id = o.payment_order_id and a.finished_at is null and a.resolve_at is not null)
                 union all
                 select o.payment_order_id from payment_orders o
                 where o.state = 'MANUAL_REVIEW' and not exists (
                   select from attempt_orders ao join dead_letters d on d.kind = 'attempt' and d.subject_id = ao.attempt_id
                   where ao.payment_order_id = o.payment_order_id)
                 union all
                 select o.payment_order_id from payment_orders o
                 where o.state in ('LATE_SUCCESS', 'AUTO_REFUNDING') and not exists (
                   select from attempt_orders ao join payment_attempts a on a.id = ao.attempt_id
                   where ao.payment_order_id = o.payment_order_id
                     and (a.refund_due or (o.state = 'AUTO_REFUNDING' and exists (select from refunds r where r.attempt_id = a.id))))`,
  },
];
