import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import type { Source } from './difference-types.ts';
import { type Cells, CONTROL, FILE_FORMATS, type FileRow, type Totals } from './file-formats.ts';

/** Longest row, in bytes: a file that is one endless line is not read into memory. */
const MAX_ROW_BYTES = 64 * 1_024;
/** Longest text that is kept of a row that cannot be read, in characters. */
const MAX_RAW_LENGTH = 2_000;

/** A row as it is kept. `copy` counts how often the file has begun anew. */
export type ReadRow = { readonly line: number; readonly copy: number } & (
  | { readonly row: FileRow; readonly error: null }
  | { readonly error: string; readonly raw: string }
);

/** What a file turned out to be, once all of it was read. */
export interface FileSummary {
  /** `whole`: it ends in a control row that can be read. `unreadable`: it has not the columns, or its control row says nothing. */
  readonly state: 'whole' | 'truncated' | 'unreadable';
  readonly copies: number;
  readonly copiesAgree: boolean;
  /** Of the first copy. */
  readonly found: Totals;
  readonly control: Totals | null;
}

const NOTHING: Totals = { rows: 0, grossMinor: 0n, feeMinor: 0n, netMinor: 0n };

/** What is known of one run from header to control row. */
class Copy {
  readonly #hash = createHash('sha256');
  found = NOTHING;
  control: Totals | null = null;

  add(record: readonly string[], row: FileRow | null): void {
    this.#hash.update(JSON.stringify(record));
    const { rows, grossMinor, feeMinor, netMinor } = this.found;
    this.found = {
      rows: rows + 1,
      grossMinor: grossMinor + (row?.grossMinor ?? 0n),
      feeMinor: feeMinor + (row?.feeMinor ?? 0n),
      netMinor: netMinor + (row?.netMinor ?? 0n),
    };
  }

  end(record: readonly string[], control: Totals | null): string {
    this.control = control;
    return this.#hash.update(JSON.stringify(record)).digest('hex');
  }
}

/**
 * Reads a file from the disk, row by row: never more than a row and the parser's window are in memory. Answers its rows and, as the
 * last value, what it turned out to be. A row that cannot be read is one of the rows, with its text.
 */
export async function* readFile(path: string, source: Source): AsyncGenerator<ReadRow, FileSummary> {
  const format = FILE_FORMATS[source];
  const ended: { copy: Copy; hash: string }[] = [];
  let header: readonly string[] | null = null;
  let copy = new Copy();
  let line = 0;
  for await (const { record, raw, error } of recordsOf(path)) {
    line += 1;
    if (header === null) {
      header = record;
      if (!format.columns.every((column) => record.includes(column))) return unreadable();
      continue;
    }
    const isHeader = record.length === header.length && record.every((cell, index) => cell === header?.[index]);
    if (isHeader && ended.at(-1)?.copy === copy) {
      copy = new Copy();
      continue;
    }
    const at = { line, copy: ended.length + (ended.at(-1)?.copy === copy ? 0 : 1) };
    const cells = cellsOf(header, record);
    if (record[0] === CONTROL && error === null) {
      ended.push({ copy, hash: copy.end(record, format.readControl(cells)) });
      continue;
    }
    const row = error === null && record.length === header.length ? format.readRow(cells) : null;
    const isOver = ended.at(-1)?.copy === copy;
    if (!isOver) copy.add(record, row);
    if (row && !isOver) yield { ...at, row, error: null };
    else {
      const why = isOver ? 'it stands after the control row' : (error ?? 'its cells are not those of such a row');
      yield { ...at, error: why, raw: raw.replaceAll('\0', '').slice(0, MAX_RAW_LENGTH) };
    }
  }
  if (header === null) return unreadable();
  return summaryOf(copy, ended);
}

function summaryOf(last: Copy, ended: readonly { copy: Copy; hash: string }[]): FileSummary {
  const first = ended[0]?.copy ?? last;
  const isRead = ended.every(({ copy }) => copy.control !== null);
  return {
    state: ended.at(-1)?.copy !== last ? 'truncated' : isRead ? 'whole' : 'unreadable',
    copies: Math.max(ended.length, 1),
    copiesAgree: ended.every(({ hash }) => hash === ended[0]?.hash),
    found: first.found,
    control: first.control,
  };
}

function unreadable(): FileSummary {
  return { state: 'unreadable', copies: 1, copiesAgree: true, found: NOTHING, control: null };
}

function cellsOf(header: readonly string[], record: readonly string[]): Cells {
  return Object.fromEntries(header.map((name, index) => [name, record[index] ?? '']));
}

interface Parsed {
  readonly record: readonly string[];
  readonly raw: string;
  /** Why the text is no row of CSV; null when it is one. */
  readonly error: string | null;
}

/** The parser reads ahead of whoever takes its records, so what it had to skip waits for its place between them. */
async function* recordsOf(path: string): AsyncGenerator<Parsed> {
  const skipped: { readonly line: number; readonly one: Parsed }[] = [];
  const parser = createReadStream(path).pipe(
    parse({
      bom: true,
      raw: true,
      info: true,
      relax_column_count: true,
      // A stray quote is a cell that means nothing; it must not swallow the rows after it.
      relax_quotes: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      max_record_size: MAX_ROW_BYTES,
      on_skip: (error, raw) => {
        const line = typeof error?.lines === 'number' ? error.lines : Number.POSITIVE_INFINITY;
        skipped.push({ line, one: { record: [], raw: raw ?? '', error: error?.code ?? 'CSV_ERROR' } });
        return undefined;
      },
    }),
  );
  for await (const { record, raw, info } of parser as AsyncIterable<Taken>) {
    while (skipped[0] && skipped[0].line < info.lines) yield (skipped.shift() as (typeof skipped)[number]).one;
    yield { record, raw, error: null };
  }
  for (const { one } of skipped) yield one;
}

interface Taken {
  readonly record: string[];
  readonly raw: string;
  readonly info: { readonly lines: number };
}
