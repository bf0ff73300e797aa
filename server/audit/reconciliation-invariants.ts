import type { Invariant } from './invariant.ts';

/** Days whose files are looked at each time; all of them once a night. */
const NEWEST = `f.day > (select max(day) - 7 from reconciliation_files)`;

/** Rows of the files that count in their day's run, and runs, for files that `which` names. */
const unmatched = (which: string) => `
  with run_files as (
    select settlement_file_id as file_id, matched_rows from reconciliation_runs where settlement_file_id is not null
    union all select bank_file_id, bank_matched_rows from reconciliation_runs where bank_file_id is not null
  )
  select r.file_id || ' line ' || r.line as subject
  from run_files u join reconciliation_files f on f.id = u.file_id and ${which}
  join reconciliation_rows r on r.file_id = f.id and r.copy = 1
  where not exists (select from reconciliation_matches m where m.file_id = r.file_id and m.line = r.line)
    and not exists (
      select from reconciliation_exceptions x
      where (x.day, x.currency, x.source) = (f.day, f.currency, f.source)
        and (x.subject in (r.reference, 'line ' || r.line) or x.type = 'duplicate_row' and x.subject like r.reference || ' #%'))
  union all
  select u.file_id from run_files u join reconciliation_files f on f.id = u.file_id and ${which}
  left join (select file_id, count(*) as matched from reconciliation_matches group by file_id) m on m.file_id = u.file_id
  where u.matched_rows <> coalesce(m.matched, 0)`;

/** Files whose bytes or rows are not what their own row says. */
const spoiled = (which: string) => `
  select f.id as subject from reconciliation_files f
  left join lateral (
    select sha256(string_agg(content, ''::bytea order by part)) as digest from reconciliation_file_parts p where p.file_id = f.id
  ) p on true
  left join lateral (
    select count(*) filter (where r.copy = 1 and r.error is distinct from 'it stands after the control row') as rows
    from reconciliation_rows r where r.file_id = f.id
  ) r on true
  where ${which} and (coalesce(p.digest, sha256(''::bytea)) <> f.sha256 or f.state <> 'unreadable' and r.rows <> f.rows)`;

/** What holds between files of the provider and the bank, and what was made of them. */
export const RECONCILIATION_INVARIANTS: readonly Invariant[] = [
  {
    id: 'I34b',
    rule: 'Every row of a file that counts is matched once, or is an exception; the run of its day says how many',
    keptBy: 'keys, one transaction',
    timing: 'always',
    violations: unmatched(NEWEST),
    thorough: unmatched('true'),
  },
  {
    id: 'I34c',
    rule: 'A matched row says what its movement says: amount, fee, net and currency',
    keptBy: 'one transaction',
    timing: 'always',
    violations: `select m.source || ' ' || m.movement as subject
                 from reconciliation_matches m
                 join reconciliation_rows r on r.file_id = m.file_id and r.line = m.line
                 left join psp_balance_transactions t on t.id = m.movement
                 left join (
                   select t.id::text, e.currency, e.amount_minor from ledger_transactions t
                   join ledger_entries e on e.transaction_id = t.id
                   join ledger_accounts a on a.id = e.account_id and a.kind = 'payout_in_transit'
                   where t.kind in ('payout_sent', 'payout_unsent')
                 ) p on p.id = m.movement and m.source = 'bank_statement'
                 where t.id is null and p.id is null
                   or m.source = 'settlement' and (r.gross_minor, r.fee_minor, r.net_minor, r.currency)
                     is distinct from (t.amount_minor, t.fee_minor, t.net_minor, t.currency::text)
                   or m.source = 'bank_statement' and (r.gross_minor, r.currency) is distinct from (coalesce(-t.net_minor, p.amount_minor), coalesce(t.currency, p.currency)::text)`,
  },
  {
    id: 'I35',
    rule: 'A difference is closed by a match, or by a person with a written reason, never by what opened it',
    keptBy: 'checks, trigger',
    timing: 'always',
    violations: `select id::text as subject from reconciliation_exceptions
                 where closed_at is not null
                   and (closed_by = opened_by or coalesce(resolution, '') not like closed_by || ': _%')`,
  },
  {
    id: 'I36',
    rule: 'A file is kept once, with the bytes that its digest is of, and all of its rows',
    keptBy: 'keys, one transaction',
    timing: 'always',
    violations: spoiled(NEWEST),
    thorough: spoiled('true'),
  },
];
