/**
 * The settlement file of a day against our books, row by row. `$1` day, `$2` currency, `$4` references that the provider does not
 * know. A row without a `type` is matched.
 *
 * What the file must hold follows from the provider's own rule, not from the file: an automatic payout takes everything that is
 * available when it is made, so a movement belongs to the first automatic payout made after it became available, and its row to the
 * day on which that payout arrives.
 */
export const SETTLEMENT_ROWS = `
  day_payouts as (
    select p.*, (select max(q.created_at) from psp_bank_payouts q
                 where q.automatic and q.currency = p.currency and q.created_at < p.created_at) as before
    from psp_bank_payouts p where p.automatic and p.currency = $2 and p.arrives_on = $1
  ),
  settlement_rows as (
    select r.*, row_number() over (partition by r.reference order by r.line) as nth
    from reconciliation_rows r
    where r.file_id = (select id from counted where source = 'settlement') and r.copy = 1 and r.error is null
  ),
  expected_movements as (
    select t.* from day_payouts p join psp_balance_transactions t
      on t.currency = $2 and t.type <> 'payout' and greatest(t.available_on, t.created_at) <= p.created_at
      and greatest(t.available_on, t.created_at) > coalesce(p.before, '-infinity')
  ),
  settlement_elsewhere as (
    select m.movement, f.day from reconciliation_matches m join reconciliation_files f on f.id = m.file_id
    where m.source = 'settlement' and f.day <> $1
      and m.movement in (select reference from settlement_rows union all select id from expected_movements)
  ),
  settlement_judged as (
    select r.*, t.id as movement, t.state as book_state,
      case
        when r.nth > 1 or e.movement is not null then 'duplicate_row'
        when t.id is null and (r.reference = any($4::text[]) or x.subject is not null) then 'unknown_row'
        when t.id is null then 'missing_in_books'
        when r.currency <> $2 or t.currency <> $2 then 'currency_differs'
        when t.amount_minor <> r.gross_minor then 'amount_differs'
        when t.fee_minor <> r.fee_minor then 'fee_differs'
        when t.net_minor <> r.net_minor then 'amount_differs'
      end as type,
      case when t.amount_minor <> r.gross_minor then t.amount_minor when t.fee_minor <> r.fee_minor then t.fee_minor else t.net_minor end as expected_minor,
      case when t.amount_minor <> r.gross_minor then r.gross_minor when t.fee_minor <> r.fee_minor then r.fee_minor else r.net_minor end as found_minor,
      e.day as elsewhere
    from settlement_rows r
    left join psp_balance_transactions t on t.id = r.reference
    left join settlement_elsewhere e on e.movement = r.reference
    left join (
      select distinct subject from reconciliation_exceptions
      where source = 'settlement' and day = $1 and currency = $2 and type = 'unknown_row' and closed_by is distinct from 'match'
    ) x on x.subject = r.reference
  ),
  settlement_expected as (
    select * from expected_movements t where not exists (select from settlement_elsewhere e where e.movement = t.id)
  )`;

/** Every difference between the file and our books; none without a file that counts. */
export const SETTLEMENT_DIFFERENCES = `
  select 'settlement' as source, j.type, j.reference || case when j.nth > 1 then ' #' || j.nth else '' end as subject,
         j.expected_minor, j.found_minor,
         concat_ws(', ', j.category, 'payout ' || j.payout_id, 'in the file of ' || j.elsewhere) as detail, j.file_id, j.line
  from settlement_judged j where j.type is not null
  union all
  select 'settlement', case j.book_state when 'refused' then 'not_bookable' else 'not_booked_yet' end, j.reference, j.net_minor, null,
         j.category, j.file_id, j.line
  from settlement_judged j where j.type is null and j.book_state in ('waiting', 'refused')
  union all
  select 'settlement', 'missing_in_file', t.id, t.net_minor, null, concat_ws(' of ', t.type, t.source_id), f.id, null
  from settlement_expected t join counted f on f.source = 'settlement'
  where not exists (select from settlement_rows r where r.reference = t.id)
  union all
  select 'settlement', 'unknown_payout', r.payout_id, null, sum(r.net_minor)::bigint, count(*) || ' rows', r.file_id, null
  from settlement_rows r where not exists (select from day_payouts p where p.id = r.payout_id)
  group by r.payout_id, r.file_id
  union all
  select 'settlement', 'payout_total_differs', p.id, p.amount_minor, sum(r.net_minor)::bigint, count(*) || ' rows', r.file_id, null
  from day_payouts p join settlement_rows r on r.payout_id = p.id join counted f on f.id = r.file_id
  where f.net_minor = f.control_net_minor
  group by p.id, p.amount_minor, r.file_id having sum(r.net_minor) <> p.amount_minor`;
