import { createReadStream } from 'node:fs';
import { columns, run, runInTransaction, type Tx } from '#db';
import { newId } from '#kernel';
import type { ReportQuery } from '#psp';
import type { FetchedFile } from './fetch-file.ts';
import { type FileSummary, type ReadRow, readFile } from './read-file.ts';

/** Rows written by one statement. */
const ROWS_AT_A_TIME = 500;
/** Size of the pieces that the bytes are kept in. */
const PART_BYTES = 256 * 1_024;

/**
 * Keeps a file with its bytes and its rows, in one transaction that reads it from the disk: all of it is here, or nothing. A file
 * that is here already changes nothing; other bytes for the same day become its next version.
 */
export async function importFile(query: ReportQuery, file: FetchedFile): Promise<void> {
  const { source, day, currency } = query;
  await runInTransaction(async (tx) => {
    const subject = `reconciliation file ${source} ${day} ${currency}`;
    await run(tx, { text: 'select pg_advisory_xact_lock(hashtextextended($1, 0))', values: [subject] });
    const [known] = await run<{ known: boolean; versions: number }>(tx, {
      text: `select coalesce(bool_or(sha256 = $4), false) as known, count(*)::int as versions from reconciliation_files
             where source = $1 and day = $2 and currency = $3`,
      values: [source, day, currency, file.sha256],
    });
    if (known?.known) return;
    const id = newId('rcf');
    await keepBytes(tx, id, file.path);
    const summary = await keepRows(tx, id, readFile(file.path, source));
    await insertFile(tx, { id, version: (known?.versions ?? 0) + 1, query, file, summary });
  });
}

async function keepBytes(tx: Tx, id: string, path: string): Promise<void> {
  let part = 0;
  for await (const content of createReadStream(path, { highWaterMark: PART_BYTES })) {
    part += 1;
    await run(tx, {
      name: 'insert-reconciliation-part',
      text: 'insert into reconciliation_file_parts (file_id, part, content) values ($1, $2, $3)',
      values: [id, part, content],
    });
  }
}

async function keepRows(tx: Tx, id: string, rows: AsyncGenerator<ReadRow, FileSummary>): Promise<FileSummary> {
  let batch: ReadRow[] = [];
  for (;;) {
    const { value, done } = await rows.next();
    if (!done) batch.push(value);
    if (batch.length > 0 && (done || batch.length === ROWS_AT_A_TIME)) {
      await insertRows(tx, id, batch);
      batch = [];
    }
    if (done) return value;
  }
}

async function insertRows(tx: Tx, id: string, rows: readonly ReadRow[]): Promise<void> {
  const known = rows.map((one) => (one.error === null ? one.row : null));
  await run(tx, {
    name: 'insert-reconciliation-rows',
    text: `insert into reconciliation_rows
             (file_id, line, copy, reference, category, payout_id, currency, gross_minor, fee_minor, net_minor, error, raw)
           select $1, * from unnest($2::int[], $3::smallint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[],
                                    $10::bigint[], $11::text[], $12::text[])`,
    values: [
      id,
      ...columns(
        rows,
        (one) => one.line,
        (one) => one.copy,
      ),
      ...columns(
        known,
        (row) => row?.reference ?? '',
        (row) => row?.category ?? '',
        (row) => row?.payoutId ?? null,
        (row) => row?.currency ?? null,
        (row) => row?.grossMinor ?? null,
        (row) => row?.feeMinor ?? null,
        (row) => row?.netMinor ?? null,
      ),
      ...columns(
        rows,
        (one) => one.error,
        (one) => (one.error === null ? null : one.raw),
      ),
    ],
    expectRows: rows.length,
  });
}

interface NewFile {
  readonly id: string;
  readonly version: number;
  readonly query: ReportQuery;
  readonly file: FetchedFile;
  readonly summary: FileSummary;
}

async function insertFile(tx: Tx, { id, version, query, file, summary }: NewFile): Promise<void> {
  const { state, copies, copiesAgree, found, control } = summary;
  await run(tx, {
    name: 'insert-reconciliation-file',
    text: `insert into reconciliation_files
             (id, source, day, currency, version, sha256, bytes, state, copies, copies_agree, rows, gross_minor, fee_minor, net_minor,
              control_rows, control_gross_minor, control_fee_minor, control_net_minor)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
    values: [
      ...[id, query.source, query.day, query.currency, version, file.sha256, file.bytes, state, copies, copiesAgree],
      ...[found.rows, found.grossMinor, found.feeMinor, found.netMinor],
      ...[control?.rows, control?.grossMinor, control?.feeMinor, control?.netMinor],
    ],
    expectRows: 1,
  });
}
