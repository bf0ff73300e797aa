import { isDay, pool, readCursor, run, writeCursor } from '#db';
import { type CurrencyCode, formatMinor } from '#kernel';
import type { DifferenceClass, DifferenceType, Source } from './difference-types.ts';

/** One side of a day: what the file says, and what our books say that it must hold. Amounts are decimal strings. */
export interface SideOfDay {
  /** Null when there is no file that counts. */
  readonly file: {
    readonly rows: number;
    readonly net: string;
    readonly matched: number;
    readonly version: number;
  } | null;
  readonly expected: { readonly rows: number; readonly net: string };
  /** The file and our books come to the same, to the last row and minor unit. */
  readonly tiesOut: boolean;
}

/** How a day stands in a currency. */
export interface ReconciledDay {
  /** `2026-06-18` on the provider's clock. */
  readonly day: string;
  readonly currency: CurrencyCode;
  readonly settlement: SideOfDay;
  readonly bank: SideOfDay;
  readonly open: number;
  readonly closed: number;
  /** When something about it changed last. */
  readonly changedAt: Date;
}

/** A difference between a file and our books. Amounts are decimal strings. */
export interface Difference {
  readonly id: string;
  readonly source: Source;
  readonly day: string;
  readonly currency: CurrencyCode;
  readonly type: DifferenceType;
  readonly class: DifferenceClass;
  readonly subject: string;
  readonly expected: string | null;
  readonly found: string | null;
  readonly detail: string;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
  readonly resolution: string | null;
}

/** The open differences of one type. */
export interface DifferenceCount {
  readonly type: DifferenceType;
  readonly class: DifferenceClass;
  readonly count: number;
  readonly oldestDay: string;
}

/** Which differences; all when empty. */
export interface DifferenceFilter {
  readonly open?: boolean | undefined;
  readonly day?: string | undefined;
  readonly type?: DifferenceType | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

/** Rows on one page. */
const ON_A_PAGE = 50;

interface DayRow {
  readonly day: string;
  readonly currency: CurrencyCode;
  readonly changed_at: Date;
  readonly open: number;
  readonly closed: number;
  readonly expected_rows: number;
  readonly expected_net_minor: bigint;
  readonly matched_rows: number;
  readonly rows: number | null;
  readonly net_minor: bigint | null;
  readonly version: number | null;
  readonly bank_expected_rows: number;
  readonly bank_expected_minor: bigint;
  readonly bank_matched_rows: number;
  readonly bank_rows: number | null;
  readonly bank_net_minor: bigint | null;
  readonly bank_version: number | null;
}

/** The days that were reconciled, newest first, a page of them. `cursor` comes from the page before. */
export async function listDays({
  cursor,
  limit = ON_A_PAGE,
}: {
  cursor?: string | undefined;
  limit?: number | undefined;
} = {}) {
  const [beforeDay, afterCurrency] = cursor
    ? readCursor(cursor, /^(\d{4}-\d\d-\d\d)\.([A-Z]{3})$/, isDay)
    : [null, null];
  const rows = await run<{ [Column in keyof DayRow]: DayRow[Column] }>(pool(), {
    text: `select to_char(r.day, 'YYYY-MM-DD') as day, r.currency, r.changed_at, r.expected_rows, r.expected_net_minor, r.matched_rows,
                  r.bank_expected_rows, r.bank_expected_minor, r.bank_matched_rows, s.rows, s.net_minor, s.version,
                  b.rows as bank_rows, b.net_minor as bank_net_minor, b.version as bank_version, x.open, x.closed
           from reconciliation_runs r
           left join reconciliation_files s on s.id = r.settlement_file_id left join reconciliation_files b on b.id = r.bank_file_id
           cross join lateral (
             select count(*) filter (where closed_at is null)::int as open, count(closed_at)::int as closed
             from reconciliation_exceptions x where x.day = r.day and x.currency = r.currency
           ) x
           where $1::date is null or r.day < $1 or (r.day = $1 and r.currency > $2::bpchar)
           order by r.day desc, r.currency limit $3`,
    values: [beforeDay, afterCurrency, limit + 1],
  });
  const page = rows.slice(0, limit).map(dayOf);
  const last = page.at(-1);
  return { days: page, nextCursor: rows.length > limit && last ? writeCursor(`${last.day}.${last.currency}`) : null };
}

function dayOf(row: DayRow): ReconciledDay {
  const money = (minor: bigint) => formatMinor(minor, row.currency);
  const side = (
    file: { rows: number | null; net: bigint | null; version: number | null; matched: number },
    expected: { rows: number; net: bigint },
  ): SideOfDay => ({
    file:
      file.rows === null
        ? null
        : { rows: file.rows, net: money(file.net ?? 0n), matched: file.matched, version: file.version ?? 1 },
    expected: { rows: expected.rows, net: money(expected.net) },
    tiesOut: file.rows === expected.rows && file.net === expected.net && file.matched === file.rows,
  });
  return {
    day: row.day,
    currency: row.currency,
    changedAt: row.changed_at,
    open: row.open,
    closed: row.closed,
    settlement: side(
      { rows: row.rows, net: row.net_minor, version: row.version, matched: row.matched_rows },
      { rows: row.expected_rows, net: row.expected_net_minor },
    ),
    bank: side(
      { rows: row.bank_rows, net: row.bank_net_minor, version: row.bank_version, matched: row.bank_matched_rows },
      { rows: row.bank_expected_rows, net: row.bank_expected_minor },
    ),
  };
}

/** What is open, by type. */
export async function countDifferences(): Promise<DifferenceCount[]> {
  return run<{ [Column in keyof DifferenceCount]: DifferenceCount[Column] }>(pool(), {
    text: `select type, class, count(*)::int as count, to_char(min(day), 'YYYY-MM-DD') as "oldestDay"
           from reconciliation_exceptions where closed_at is null group by type, class order by class desc, count(*) desc, type`,
  });
}

interface DifferenceRow extends Omit<Difference, 'expected' | 'found'> {
  readonly expected_minor: bigint | null;
  readonly found_minor: bigint | null;
}

/** Differences, newest first, a page of them. `cursor` comes from the page before. */
export async function listDifferences({ open, day, type, cursor, limit = ON_A_PAGE }: DifferenceFilter = {}) {
  const [before] = cursor ? readCursor(cursor, /^([1-9][0-9]{0,17})$/) : [null];
  const rows = await run<{ [Column in keyof DifferenceRow]: DifferenceRow[Column] }>(pool(), {
    text: `select id::text, source, to_char(day, 'YYYY-MM-DD') as day, currency, type, class, subject, expected_minor, found_minor, detail,
                  opened_at as "openedAt", closed_at as "closedAt", resolution
           from reconciliation_exceptions
           where ($1::boolean is null or (closed_at is null) = $1) and ($2::date is null or day = $2) and ($3::text is null or type = $3)
             and ($4::bigint is null or id < $4)
           order by reconciliation_exceptions.id desc limit $5`,
    values: [open ?? null, day ?? null, type ?? null, before, limit + 1],
  });
  const page = rows.slice(0, limit).map(({ expected_minor: expected, found_minor: found, ...rest }): Difference => {
    const money = (minor: bigint | null) => (minor === null ? null : formatMinor(minor, rest.currency));
    return { ...rest, expected: money(expected), found: money(found) };
  });
  const last = page.at(-1);
  return { differences: page, nextCursor: rows.length > limit && last ? writeCursor(last.id) : null };
}
