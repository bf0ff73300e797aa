import { run, runInTransaction, type Tx } from '#db';
import { BANK_DIFFERENCES, BANK_LINES } from './bank-differences.ts';
import { DIFFERENCE_TYPES, type Source } from './difference-types.ts';
import { COUNTED, FILE_DIFFERENCES } from './file-differences.ts';
import { SETTLEMENT_DIFFERENCES, SETTLEMENT_ROWS } from './settlement-differences.ts';

/** A day of the provider's clock and a currency, and what was learned of it from the provider. */
export interface MatchRequest {
  /** `2026-06-18`. */
  readonly day: string;
  readonly currency: string;
  /** Sources of which the provider has no file. */
  readonly absent: readonly Source[];
  /** Rows of which the provider knows nothing. */
  readonly unknown: readonly string[];
}

/**
 * Compares the files of a day with our books and writes down what it finds, in one transaction: matches, new differences, and those
 * that are no more. Finding the same again changes no row; one such comparison at a time per day and currency.
 */
export async function matchDay({ day, currency, absent, unknown }: MatchRequest): Promise<void> {
  const values = [day, currency, absent, unknown];
  await runInTransaction(async (tx) => {
    const subject = `reconciliation ${day} ${currency}`;
    await run(tx, { text: 'select pg_advisory_xact_lock(hashtextextended($1, 0))', values: [subject] });
    await keepMatches(tx, values);
    const types = Object.entries(DIFFERENCE_TYPES);
    await run(tx, {
      text: KEEP_DIFFERENCES,
      values: [...values, types.map(([type]) => type), types.map(([, itsClass]) => itsClass)],
    });
    await run(tx, { text: KEEP_RUN, values });
  });
}

/** What the comparison sees. `given` only tells the types of the parameters, of which not every statement needs all. */
const FOUND = `
  with given as (select $1::date, $2::bpchar, $3::text[], $4::text[]), ${COUNTED}, ${SETTLEMENT_ROWS}, ${BANK_LINES}`;

/** What a movement is matched with stays, unless a newer version of the file has taken its place. */
async function keepMatches(tx: Tx, values: readonly unknown[]): Promise<void> {
  await run(tx, {
    text: `${FOUND}
      insert into reconciliation_matches as m (source, movement, file_id, line)
      select 'settlement', movement, file_id, line from settlement_judged where type is null
      union all
      select 'bank_statement', movement, file_id, line from bank_judged where type is null
      on conflict (source, movement) do update set file_id = excluded.file_id, line = excluded.line, matched_at = now()
      where (m.file_id, m.line) <> (excluded.file_id, excluded.line)`,
    values,
  });
}

const KEEP_DIFFERENCES = `${FOUND},
  found as (${FILE_DIFFERENCES} union all ${SETTLEMENT_DIFFERENCES} union all ${BANK_DIFFERENCES}),
  closed as (
    update reconciliation_exceptions x set closed_at = now(), closed_by = 'match', resolution = 'match: the file and the books agree now'
    where x.day = $1 and x.currency = $2 and x.closed_at is null and not exists (
      select from found f where (f.source, f.type, f.subject) = (x.source, x.type, x.subject)
        and f.expected_minor is not distinct from x.expected_minor and f.found_minor is not distinct from x.found_minor)
  )
  insert into reconciliation_exceptions (source, day, currency, type, class, subject, expected_minor, found_minor, detail, file_id, line)
  select f.source, $1, $2, f.type, c.class, f.subject, f.expected_minor, f.found_minor, coalesce(f.detail, ''), f.file_id, f.line
  from found f join unnest($5::text[], $6::text[]) c (type, class) on c.type = f.type
  where not exists (
    select from reconciliation_exceptions x
    where (x.source, x.day, x.currency, x.type, x.subject) = (f.source, $1, $2, f.type, f.subject)
      and x.expected_minor is not distinct from f.expected_minor and x.found_minor is not distinct from f.found_minor
      and x.closed_by is distinct from 'match')
  order by f.source, f.type, f.subject`;

const KEEP_RUN = `${FOUND},
  figures as (
    select (select id from counted where source = 'settlement') as settlement_file_id,
           (select id from counted where source = 'bank_statement') as bank_file_id,
           count(*)::int as expected_rows, coalesce(sum(amount_minor), 0)::bigint as expected_gross_minor,
           coalesce(sum(fee_minor), 0)::bigint as expected_fee_minor, coalesce(sum(net_minor), 0)::bigint as expected_net_minor,
           (select count(*)::int from settlement_judged where type is null) as matched_rows,
           (select count(*)::int from bank_expected) as bank_expected_rows,
           (select coalesce(sum(amount_minor), 0)::bigint from bank_expected) as bank_expected_minor,
           (select count(*)::int from bank_judged where type is null) as bank_matched_rows
    from settlement_expected
  )
  insert into reconciliation_runs as r (day, currency, settlement_file_id, bank_file_id, expected_rows, expected_gross_minor,
    expected_fee_minor, expected_net_minor, matched_rows, bank_expected_rows, bank_expected_minor, bank_matched_rows)
  select $1, $2, * from figures
  on conflict (day, currency) do update
  set (settlement_file_id, bank_file_id, expected_rows, expected_gross_minor, expected_fee_minor, expected_net_minor, matched_rows,
       bank_expected_rows, bank_expected_minor, bank_matched_rows, changed_at)
    = (excluded.settlement_file_id, excluded.bank_file_id, excluded.expected_rows, excluded.expected_gross_minor, excluded.expected_fee_minor,
       excluded.expected_net_minor, excluded.matched_rows, excluded.bank_expected_rows, excluded.bank_expected_minor,
       excluded.bank_matched_rows, now())
  where (r.settlement_file_id, r.bank_file_id, r.expected_rows, r.expected_gross_minor, r.expected_fee_minor, r.expected_net_minor,
         r.matched_rows, r.bank_expected_rows, r.bank_expected_minor, r.bank_matched_rows)
    is distinct from (excluded.settlement_file_id, excluded.bank_file_id, excluded.expected_rows, excluded.expected_gross_minor,
         excluded.expected_fee_minor, excluded.expected_net_minor, excluded.matched_rows, excluded.bank_expected_rows,
         excluded.bank_expected_minor, excluded.bank_matched_rows)`;
