import { APP_DATABASE_ROLE } from '#config';
import { RETRY_DELAYS_SECONDS } from '#payments';

/** One invariant of the books, as SQL that lists what breaks it. */
export interface Invariant {
  readonly id: string;
  readonly rule: string;
  /** Answers one row per violation, at most a few; `subject` names it. */
  readonly violations: string;
}

/** The invariants of the ledger, of the wallets and of the payments' side of the books. The numbers are those of docs/reliability.md. */
export const INVARIANTS: readonly Invariant[] = [
  {
    id: 'I1',
    rule: 'Each ledger transaction adds up to zero in each currency',
    violations:
      'select transaction_id::text as subject from ledger_entries group by transaction_id, currency having sum(amount_minor) <> 0',
  },
  {
    id: 'I2',
    rule: 'All entries of a currency add up to zero, and so does the trial balance',
    violations: `select currency as subject from ledger_entries group by currency having sum(amount_minor) <> 0
                 union all select currency from ledger_accounts group by currency having sum(balance) <> 0`,
  },
  {
    id: 'I3',
    rule: 'A transaction has at least two entries on two accounts, as many as it says, and none is zero',
    violations: `select t.id::text as subject from ledger_transactions t left join ledger_entries e on e.transaction_id = t.id
                 group by t.id, t.legs having count(e.account_id) <> t.legs or count(distinct e.account_id) < 2 or bool_or(e.amount_minor = 0)`,
  },
  {
    id: 'I4',
    rule: "An entry has its account's currency",
    violations:
      'select a.code as subject from ledger_entries e join ledger_accounts a on a.id = e.account_id where a.currency <> e.currency',
  },
  {
    id: 'I5',
    rule: 'Books, captures and history refuse every change, and the application holds no right to make one',
    violations: `select c.relname::text as subject from pg_class c
                 where c.oid in ('ledger_entries'::regclass, 'ledger_transactions'::regclass, 'captures'::regclass, 'order_transitions'::regclass)
                   and (has_any_column_privilege('${APP_DATABASE_ROLE}', c.oid, 'UPDATE') or has_table_privilege('${APP_DATABASE_ROLE}', c.oid, 'DELETE, TRUNCATE')
                     or not exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = c.relname || '_append_only' and t.tgenabled in ('O', 'A')))`,
  },
  {
    id: 'I6',
    rule: 'Entries of an account are numbered without a gap, each continues the balance, the last one is the balance',
    violations: `select a.code as subject from (
                   select account_id, account_seq, balance_after,
                          row_number() over w as place, coalesce(lag(balance_after) over w, 0) + amount_minor as expected
                   from ledger_entries window w as (partition by account_id order by account_seq)
                 ) e join ledger_accounts a on a.id = e.account_id where e.account_seq <> e.place or e.balance_after <> e.expected
                 union all
                 select a.code from ledger_accounts a left join ledger_entries e on e.account_id = a.id and e.account_seq = a.version
                 where a.balance <> coalesce(e.balance_after, 0) or (a.version <> 0 and e.account_id is null)`,
  },
  {
    id: 'I7',
    rule: 'A business fact is posted once',
    violations: 'select source_id as subject from ledger_transactions group by kind, source_id having count(*) > 1',
  },
  {
    id: 'I11',
    rule: 'Every balance stands on the side its account must stay on',
    violations: `select code as subject from ledger_accounts
                 where (balance_rule = 'debit' and balance < 0) or (balance_rule = 'credit' and balance > 0)`,
  },
  {
    id: 'I13',
    rule: 'An order is captured at most once, for its own amount and currency',
    violations: `select c.payment_order_id as subject from captures c join payment_orders o using (payment_order_id)
                 where c.amount_minor <> o.amount_minor or c.currency <> o.currency`,
  },
  {
    id: 'I15',
    rule: 'Every captured order is credited to its seller or held in suspense, and nothing else is credited',
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
    rule: "An order's history has no gap and ends in its state",
    violations: `select h.payment_order_id as subject from (
                   select payment_order_id, seq, from_state, row_number() over w as place, coalesce(lag(to_state) over w, 'NOT_STARTED') as expected
                   from order_transitions window w as (partition by payment_order_id order by seq)
                 ) h where h.seq <> h.place or h.from_state <> h.expected
                 union all
                 select o.payment_order_id from payment_orders o
                 left join order_transitions t on t.payment_order_id = o.payment_order_id and t.seq = o.state_seq
                 where coalesce(t.to_state, 'NOT_STARTED') <> o.state`,
  },
  {
    id: 'I17',
    rule: 'No order has a second open attempt while another may still be charged',
    violations: `select ao.payment_order_id as subject from attempt_orders ao join payment_attempts a on a.id = ao.attempt_id
                 where a.finished_at is null group by ao.payment_order_id having count(*) > 1`,
  },
  {
    id: 'I19',
    rule: 'An attempt asks for exactly the sum of its orders',
    violations: `select a.id as subject from payment_attempts a join attempt_orders ao on ao.attempt_id = a.id
                 join payment_orders o on o.payment_order_id = ao.payment_order_id
                 group by a.id having sum(o.amount_minor) <> a.amount_minor or bool_or(o.currency <> a.currency)`,
  },
  {
    id: 'I20',
    rule: 'Of each captured order, commission and seller share add up to the gross amount',
    violations: `select o.payment_order_id as subject from payment_orders o
                 join ledger_transactions t on t.kind = 'order_captured' and t.source_id = o.payment_order_id
                 join ledger_entries e on e.transaction_id = t.id
                 join ledger_accounts a on a.id = e.account_id
                 group by o.payment_order_id, o.amount_minor, o.commission_minor
                 having coalesce(sum(e.amount_minor) filter (where a.kind = 'buyer'), 0) <> o.amount_minor
                     or coalesce(-sum(e.amount_minor) filter (where a.kind = 'platform_fees'), 0) <> o.commission_minor`,
  },
  {
    id: 'I29',
    rule: 'A webhook event is stored once, and a handled one says what became of it',
    violations: `select event_id as subject from webhook_inbox group by source, account, event_id having count(*) > 1
                 union all select event_id from webhook_inbox where state <> 'received' and verdict is null`,
  },
  {
    id: 'I30',
    rule: 'What became of an order is in the outbox',
    violations: `select o.payment_order_id as subject from payment_orders o where o.state not in ('NOT_STARTED', 'EXECUTING')
                 and not exists (select from outbox b where b.key = o.payment_order_id and b.payload ->> 'state' = o.state)`,
  },
  {
    id: 'I33',
    rule: 'No attempt was tried more often than the retry policy allows',
    violations: `select id as subject from payment_attempts where tries > ${RETRY_DELAYS_SECONDS.length + 1}`,
  },
  {
    id: 'I41',
    rule: 'Every order on its way has a next action or a person who was told',
    violations: `select o.payment_order_id as subject from payment_orders o
                 where o.state in ('EXECUTING', 'REQUIRES_ACTION', 'UNKNOWN') and not exists (
                   select from attempt_orders ao join payment_attempts a on a.id = ao.attempt_id
                   where ao.payment_order_id = o.payment_order_id and a.finished_at is null and a.resolve_at is not null)
                 union all
                 select o.payment_order_id from payment_orders o
                 where o.state in ('MANUAL_REVIEW', 'LATE_SUCCESS') and not exists (
                   select from attempt_orders ao join dead_letters d on d.kind = 'attempt' and d.subject_id = ao.attempt_id
                   where ao.payment_order_id = o.payment_order_id and (o.state = 'MANUAL_REVIEW' or d.cause = 'late_success'))`,
  },
];
