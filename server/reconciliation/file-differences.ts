/**
 * What is wrong with the files of a day themselves. `$1` day, `$2` currency, `$3` sources of which the provider has no file.
 * A file that is missing or not whole stands for everything that it should have held.
 */
export const FILE_DIFFERENCES = `
  select s.source, 'file_missing' as type, s.source as subject, null::bigint as expected_minor, null::bigint as found_minor,
         'there is no such file' as detail, null::text as file_id, null::int as line
  from (
    select unnest($3::text[])
    union select x.source from reconciliation_exceptions x
    where x.day = $1 and x.currency = $2 and x.type = 'file_missing' and x.closed_by is distinct from 'match'
  ) s (source)
  where not exists (select from reconciliation_files f where f.source = s.source and f.day = $1 and f.currency = $2)
  union all
  select f.source, case f.state when 'truncated' then 'file_truncated' else 'file_unreadable' end, 'version ' || f.version, null, null,
         f.rows || ' rows, ' || f.bytes || ' bytes', f.id, null
  from reconciliation_files f where f.day = $1 and f.currency = $2 and f.state <> 'whole'
    and f.version = (select max(version) from reconciliation_files n where (n.source, n.day, n.currency) = (f.source, f.day, f.currency))
    and not exists (select from reconciliation_files n where (n.source, n.day, n.currency) = (f.source, f.day, f.currency) and n.state = 'whole')
  union all
  select f.source, 'file_changed', 'version ' || f.version, p.net_minor, f.net_minor,
         'version ' || p.version || ' had ' || p.rows || ' rows, this one has ' || f.rows, f.id, null
  from reconciliation_files f
  join reconciliation_files p on (p.source, p.day, p.currency, p.version) = (f.source, f.day, f.currency, f.version - 1)
  where f.day = $1 and f.currency = $2
  union all
  select f.source, 'copies_differ', 'version ' || f.version, null, null, f.copies || ' copies', f.id, null
  from reconciliation_files f where f.id in (select id from counted) and not f.copies_agree
  union all
  select f.source, 'control_total_differs', 'version ' || f.version, f.control_net_minor, f.net_minor,
         'the control row counts ' || f.control_rows || ' rows, gross ' || f.control_gross_minor || ', fee ' || f.control_fee_minor
           || '; the file has ' || f.rows || ', ' || f.gross_minor || ', ' || f.fee_minor, f.id, null
  from reconciliation_files f where f.id in (select id from counted)
    and (f.control_rows, f.control_gross_minor, f.control_fee_minor, f.control_net_minor) <> (f.rows, f.gross_minor, f.fee_minor, f.net_minor)
  union all
  select f.source, 'row_unreadable', 'line ' || r.line, null, null, r.error, f.id, r.line
  from reconciliation_files f join reconciliation_rows r on r.file_id = f.id
  where f.id in (select id from counted) and r.error is not null and (r.copy = 1 or not f.copies_agree)`;

/** The file that counts of each source: the newest whole one. */
export const COUNTED = `
  counted as (
    select distinct on (source) * from reconciliation_files where day = $1 and currency = $2 and state = 'whole'
    order by source, version desc
  )`;
