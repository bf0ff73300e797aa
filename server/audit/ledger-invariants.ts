import { PLATFORM } from '#ledger';
import { WALLET_KINDS } from '#wallet';
import type { Invariant } from './invariant.ts';

/** Kinds of account that somebody else than the platform may have: what a wallet shows. */
const SHOWN = ['buyer', ...WALLET_KINDS].map((kind) => `'${kind}'`).join(', ');

/** What holds inside the ledger, whatever it is about. */
export const LEDGER_INVARIANTS: readonly Invariant[] = [
  {
    id: 'I1',
    rule: 'Each ledger transaction adds up to zero in each currency',
    keptBy: 'trigger, posting constructor',
    timing: 'always',
    violations:
      'select transaction_id::text as subject from ledger_entries group by transaction_id, currency having sum(amount_minor) <> 0',
  },
  {
    id: 'I2',
    rule: 'All entries of a currency add up to zero, and so does the trial balance',
    keptBy: 'I1',
    timing: 'always',
    violations: `select currency as subject from ledger_entries group by currency having sum(amount_minor) <> 0
                 union all select currency from ledger_accounts group by currency having sum(balance) <> 0`,
  },
  {
    id: 'I3',
    rule: 'A transaction has at least two entries on two accounts, as many as it says, and none is zero or beyond the limit',
    keptBy: 'trigger, checks',
    timing: 'always',
    violations: `select coalesce(t.id, e.transaction_id)::text as subject from ledger_transactions t
                 full join (
                   select transaction_id, count(*) as legs, min(account_id) as lowest, max(account_id) as highest,
                          min(abs(amount_minor)) as smallest, max(abs(amount_minor)) as largest
                   from ledger_entries group by transaction_id
                 ) e on e.transaction_id = t.id
                 where e.legs is distinct from t.legs or e.lowest = e.highest or e.smallest = 0 or e.largest > 1000000000000000`,
  },
  {
    id: 'I4',
    rule: "An entry has its account's currency",
    keptBy: 'trigger',
    timing: 'always',
    violations:
      'select a.code as subject from ledger_entries e join ledger_accounts a on a.id = e.account_id where a.currency <> e.currency',
  },
  {
    id: 'I6',
    rule: 'Entries of an account are numbered without a gap, each continues the balance, the last one is the balance',
    keptBy: 'primary key, trigger',
    timing: 'always',
    violations: `select a.code as subject from ledger_entries e
                 left join ledger_entries before on before.account_id = e.account_id and before.account_seq = e.account_seq - 1
                 join ledger_accounts a on a.id = e.account_id
                 where (before.account_seq is null) <> (e.account_seq = 1) or e.balance_after <> coalesce(before.balance_after, 0) + e.amount_minor
                 union all
                 select a.code from ledger_accounts a left join ledger_entries e on e.account_id = a.id and e.account_seq = a.version
                 where a.balance <> coalesce(e.balance_after, 0) or (a.version <> 0 and e.account_id is null)`,
  },
  {
    id: 'I7',
    rule: 'A business fact is posted once; a reversal is posted once and mirrors its original entry by entry',
    keptBy: 'unique constraints',
    timing: 'always',
    violations: `select source_id as subject from ledger_transactions group by source_id, kind having count(*) > 1
                 union all
                 select reversal_of::text from ledger_transactions where reversal_of is not null group by reversal_of having count(*) > 1
                 union all
                 select r.id::text from ledger_transactions r where r.reversal_of is not null and exists (
                   select from (
                     select account_id, currency, -amount_minor as amount, 1 as side from ledger_entries where transaction_id = r.id
                     union all select account_id, currency, amount_minor, -1 from ledger_entries where transaction_id = r.reversal_of
                   ) legs group by account_id, currency, amount having sum(side) <> 0)`,
  },
  {
    id: 'I10',
    rule: "A balance is the sum of its entries, and nobody's money stands on an account that no wallet shows",
    keptBy: 'trigger, wallets are stored nowhere else',
    timing: 'always',
    violations: `select a.code as subject from ledger_accounts a
                 left join (select account_id, sum(amount_minor) as total from ledger_entries group by account_id) e on e.account_id = a.id
                 where a.balance <> coalesce(e.total, 0)
                 union all
                 select code from ledger_accounts where owner_id <> '${PLATFORM}' and kind not in (${SHOWN})`,
  },
  {
    id: 'I11',
    rule: 'Every balance stands on the side its account must stay on',
    keptBy: 'check',
    timing: 'always',
    violations: `select code as subject from ledger_accounts
                 where (balance_rule = 'debit' and balance < 0) or (balance_rule = 'credit' and balance > 0)`,
  },
];
