import { pool, run } from '#db';
import type { DifferenceClass, DifferenceType, Source } from './difference-types.ts';

/** How a day stands in a currency, as it was last compared. Amounts are minor units. */
export interface DayReport {
  readonly day: string;
  readonly currency: string;
  /** Why it could not be compared now: what stands here is from before. Null when it was. */
  readonly notTold: string | null;
  /** Rows of the files that count, and how many of them are matched; null where there is no such file. */
  readonly settlement: { readonly rows: number; readonly matched: number; readonly netMinor: bigint } | null;
  readonly bank: { readonly rows: number; readonly matched: number; readonly netMinor: bigint } | null;
  /** What our books say that the settlement file must hold, and the statement. */
  readonly expected: {
    readonly rows: number;
    readonly netMinor: bigint;
    readonly bankRows: number;
    readonly bankMinor: bigint;
  };
  /** Open differences. */
  readonly differences: readonly {
    readonly source: Source;
    readonly type: DifferenceType;
    readonly class: DifferenceClass;
    readonly count: number;
  }[];
}

interface Row {
  readonly matched_rows: number;
  readonly bank_matched_rows: number;
  readonly expected_rows: number;
  readonly expected_net_minor: bigint;
  readonly bank_expected_rows: number;
  readonly bank_expected_minor: bigint;
  readonly rows: number | null;
  readonly net_minor: bigint | null;
  readonly bank_rows: number | null;
  readonly bank_net_minor: bigint | null;
}

/** Reads how a day stands. */
export async function reportDay(day: string, currency: string, notTold: string | null = null): Promise<DayReport> {
  const [row] = await run<{ [Column in keyof Row]: Row[Column] }>(pool(), {
    text: `select r.matched_rows, r.bank_matched_rows, r.expected_rows, r.expected_net_minor, r.bank_expected_rows, r.bank_expected_minor,
                  s.rows, s.net_minor, b.rows as bank_rows, b.net_minor as bank_net_minor
           from reconciliation_runs r
           left join reconciliation_files s on s.id = r.settlement_file_id left join reconciliation_files b on b.id = r.bank_file_id
           where r.day = $1 and r.currency = $2`,
    values: [day, currency],
  });
  const differences = await run<{ source: Source; type: DifferenceType; class: DifferenceClass; count: number }>(
    pool(),
    {
      text: `select source, type, class, count(*)::int as count from reconciliation_exceptions
           where day = $1 and currency = $2 and closed_at is null group by source, type, class order by class, type, source`,
      values: [day, currency],
    },
  );
  const file = (rows: number | null | undefined, matched: number | undefined, netMinor: bigint | null | undefined) =>
    typeof rows === 'number' ? { rows, matched: matched ?? 0, netMinor: netMinor ?? 0n } : null;
  return {
    day,
    currency,
    notTold,
    settlement: file(row?.rows, row?.matched_rows, row?.net_minor),
    bank: file(row?.bank_rows, row?.bank_matched_rows, row?.bank_net_minor),
    expected: {
      rows: row?.expected_rows ?? 0,
      netMinor: row?.expected_net_minor ?? 0n,
      bankRows: row?.bank_expected_rows ?? 0,
      bankMinor: row?.bank_expected_minor ?? 0n,
    },
    differences,
  };
}
