import { type CurrencyCode, isCurrencyCode } from '#kernel';
import type { Source } from './difference-types.ts';
import { readMinor } from './read-minor.ts';

/** The cells of a row by the names of the header. */
export type Cells = Readonly<Record<string, string>>;

/** A row of a file that could be read. */
export interface FileRow {
  readonly reference: string;
  readonly category: string;
  readonly payoutId: string | null;
  readonly currency: CurrencyCode;
  readonly grossMinor: bigint;
  readonly feeMinor: bigint;
  readonly netMinor: bigint;
}

/** What rows come to. */
export interface Totals {
  readonly rows: number;
  readonly grossMinor: bigint;
  readonly feeMinor: bigint;
  readonly netMinor: bigint;
}

/** How a file of a source is written. Columns are found by name, so their order and others beside them do not matter. */
interface FileFormat {
  readonly columns: readonly string[];
  /** Null when it cannot be read. */
  readonly readRow: (cells: Cells) => FileRow | null;
  /** The last row of a whole file; null when it cannot be read. */
  readonly readControl: (cells: Cells) => Totals | null;
}

/** First cell of the row by which a file is known to be whole. */
export const CONTROL = 'control_total';

export const FILE_FORMATS: Readonly<Record<Source, FileFormat>> = {
  settlement: {
    columns: [
      ...['automatic_payout_id', 'balance_transaction_id', 'currency', 'gross', 'fee', 'net', 'reporting_category'],
    ],
    readRow: (cells) =>
      readAmounts(cells, ['gross', 'fee', 'net'], {
        reference: cells.balance_transaction_id,
        category: cells.reporting_category,
        payoutId: cells.automatic_payout_id,
      }),
    readControl: (cells) => readTotals(cells, cells.balance_transaction_id, ['gross', 'fee', 'net']),
  },
  bank_statement: {
    columns: ['date', 'amount', 'currency', 'reference', 'details', 'balance'],
    readRow: (cells) =>
      readAmounts(cells, ['amount', null, 'amount'], {
        reference: cells.reference,
        category: 'bank_line',
        payoutId: cells.details,
      }),
    readControl: (cells) => {
      const totals = readTotals(cells, cells.reference, ['amount', null, 'amount']);
      const currency = currencyOf(cells);
      const [opening, closing] = [cells.details, cells.balance].map(
        (text) => currency && readMinor(text ?? '', currency),
      );
      const known = totals && typeof opening === 'bigint' && typeof closing === 'bigint';
      return known && opening + totals.netMinor === closing ? totals : null;
    },
  },
};

type AmountColumns = readonly [gross: string, fee: string | null, net: string];

function readAmounts(
  cells: Cells,
  amounts: AmountColumns,
  { reference = '', category = '', payoutId = '' }: { reference?: string; category?: string; payoutId?: string },
): FileRow | null {
  const money = readMoney(cells, amounts);
  if (!money || reference === '') return null;
  return { reference, category, payoutId: payoutId === '' ? null : payoutId, ...money };
}

function readTotals(cells: Cells, count: string | undefined, amounts: AmountColumns): Totals | null {
  const money = readMoney(cells, amounts);
  if (!money || !/^[0-9]{1,9}$/.test(count ?? '')) return null;
  const { grossMinor, feeMinor, netMinor } = money;
  return { rows: Number(count), grossMinor, feeMinor, netMinor };
}

function readMoney(cells: Cells, amounts: AmountColumns) {
  const currency = currencyOf(cells);
  if (!currency) return null;
  const [gross, fee, net] = amounts.map((name) => (name === null ? 0n : readMinor(cells[name] ?? '', currency)));
  if (typeof gross !== 'bigint' || typeof fee !== 'bigint' || typeof net !== 'bigint') return null;
  return { currency, grossMinor: gross, feeMinor: fee, netMinor: net };
}

function currencyOf({ currency = '' }: Cells): CurrencyCode | null {
  const code = currency.toUpperCase();
  return isCurrencyCode(code) ? code : null;
}
