import { stringify } from 'csv-stringify/sync';
import type { FaultKind } from '../faults/fault-kinds.ts';

/** A file for one day and currency: its rows, and a last row of what they come to, by which its reader knows that it is whole. */
export interface Report<Row, Total> {
  readonly columns: readonly string[];
  rows(): AsyncIterable<Row>;
  cells(row: Row): readonly string[];
  readonly start: Total;
  add(total: Total, row: Row): Total;
  control(total: Total): readonly string[];
  /** The same row with one minor unit more. */
  oneMore(row: Row): Row;
  /** A row that belongs to nothing. */
  stranger(row: Row): Row;
}

/** First cell of the last row. */
export const CONTROL = 'control_total';

/**
 * Writes a report as CSV (RFC 4180, header first), row by row as they are read, and spoils it by the faults that hit. The control
 * row always tells the truth.
 */
export async function* writeReport<Row, Total>(
  report: Report<Row, Total>,
  faults: ReadonlySet<FaultKind>,
): AsyncGenerator<string> {
  yield* writeOnce(report, faults);
  if (faults.has('file_twice')) yield* writeOnce(report, faults);
}

async function* writeOnce<Row, Total>(
  report: Report<Row, Total>,
  faults: ReadonlySet<FaultKind>,
): AsyncGenerator<string> {
  let total = report.start;
  let isFirst = true;
  // One line is held back, so that a truncated file can end in the middle of its last.
  let held = lineOf(report.columns);
  for await (const row of report.rows()) {
    total = report.add(total, row);
    for (const shown of isFirst ? spoil(report, row, faults) : [row]) {
      yield held;
      held = lineOf(report.cells(shown));
    }
    isFirst = false;
  }
  if (faults.has('file_truncated')) {
    yield held.slice(0, held.length / 2);
    return;
  }
  yield held;
  yield lineOf(report.control(total));
}

/** What becomes of the first row. */
function spoil<Row, Total>(report: Report<Row, Total>, row: Row, faults: ReadonlySet<FaultKind>): Row[] {
  const shown = faults.has('file_one_cent_off') ? report.oneMore(row) : row;
  return [
    ...(faults.has('file_row_missing') ? [] : [shown]),
    ...(faults.has('file_unknown_row') ? [report.stranger(row)] : []),
  ];
}

function lineOf(cells: readonly string[]): string {
  return stringify([[...cells]]);
}

/** Text that came from a caller: a spreadsheet must not take it for a formula. */
export function plainText(text: string | null | undefined): string {
  return /^[=+\-@\t\r]/.test(text ?? '') ? `'${text}` : (text ?? '');
}
