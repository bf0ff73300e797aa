/**
 * The bank statement of a day against our books, line by line: what arrived from the provider's payouts and what was sent back of
 * them, what went to sellers' banks and what came back of it. `$1` day, `$2` currency, `$4` references that nobody knows. A line without a `type` is matched.
 */
export const BANK_LINES = `
  bank_rows as (
    select r.*, row_number() over (partition by r.reference, sign(r.gross_minor) order by r.line) as nth
    from reconciliation_rows r
    where r.file_id = (select id from counted where source = 'bank_statement') and r.copy = 1 and r.error is null
  ),
  bank_judged as (
    select r.*, b.movement, b.book_state,
      case
        when r.nth > 1 or e.day is not null then 'duplicate_row'
        when b.movement is null and exists (select from psp_bank_payouts p where p.id = r.reference) then 'missing_in_books'
        when b.movement is null then 'unknown_row'
        when r.currency <> $2 or b.currency <> $2 then 'currency_differs'
        when b.amount_minor <> r.gross_minor then 'bank_amount_differs'
      end as type,
      b.amount_minor as expected_minor, e.day as elsewhere
    from bank_rows r
    left join lateral (
      select t.id as movement, t.state as book_state, t.currency, -t.net_minor as amount_minor from psp_balance_transactions t
      where t.source_id = r.reference and t.type in ('payout', 'payout_failure') and sign(-t.net_minor) = sign(r.gross_minor)
      union all
      select t.id::text, 'booked', e.currency, e.amount_minor from ledger_transactions t
      join ledger_entries e on e.transaction_id = t.id
      join ledger_accounts a on a.id = e.account_id and a.kind = 'payout_in_transit'
      where t.source_id = r.payout_id and t.kind in ('payout_sent', 'payout_unsent') and sign(e.amount_minor) = sign(r.gross_minor)
      limit 1
    ) b on true
    left join lateral (
      select f.day from reconciliation_matches m join reconciliation_files f on f.id = m.file_id
      where m.source = 'bank_statement' and m.movement = b.movement and f.day <> $1
    ) e on true
  ),
  bank_expected as (
    select t.id, t.source_id, -t.net_minor as amount_minor
    from psp_bank_payouts p join psp_balance_transactions t on t.source_id = p.id and t.type = 'payout'
    where p.currency = $2 and p.arrives_on = $1
      and not exists (
        select from psp_balance_transactions b
        where b.source_id = p.id and b.type in ('payout_failure', 'payout_cancel') and b.created_at < $1::date + 1)
    union all
    select t.id, t.source_id, -t.net_minor
    from psp_balance_transactions t
    where t.type = 'payout_failure' and t.currency = $2 and t.created_at >= $1::date and t.created_at < $1::date + 1
      and exists (
        select from psp_balance_transactions b join reconciliation_matches m on m.source = 'bank_statement' and m.movement = b.id
        where b.source_id = t.source_id and b.type = 'payout')
    union all
    -- On which day a seller's bank is paid is the provider's to say.
    select j.movement, j.reference, j.expected_minor from bank_judged j
    where j.type is null and not exists (select from psp_bank_payouts p where p.id = j.reference)
  )`;

/** Every difference between the statement and our books; none without a statement that counts. */
export const BANK_DIFFERENCES = `
  select 'bank_statement' as source, j.type, j.reference || case when j.nth > 1 then ' #' || j.nth else '' end as subject,
         j.expected_minor, j.gross_minor as found_minor, concat_ws(', ', j.payout_id, 'in the statement of ' || j.elsewhere) as detail,
         j.file_id, j.line
  from bank_judged j where j.type is not null
  union all
  select 'bank_statement', case j.book_state when 'refused' then 'not_bookable' else 'not_booked_yet' end, j.reference, j.gross_minor, null,
         j.movement, j.file_id, j.line
  from bank_judged j where j.type is null and j.book_state in ('waiting', 'refused')
  union all
  select 'bank_statement', 'missing_in_file', t.source_id, t.amount_minor, null, t.id, f.id, null
  from bank_expected t join counted f on f.source = 'bank_statement'
  where not exists (select from bank_rows r where r.reference = t.source_id and sign(r.gross_minor) = sign(t.amount_minor))`;
