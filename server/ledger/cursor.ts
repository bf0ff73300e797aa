import { readCursor, writeCursor } from '#db';

/** Place in a statement: for each account (by id) the number of the last entry already shown. */
export type StatementCursor = ReadonlyMap<bigint, bigint>;

/** Eighteen digits fit a bigint of the database whatever they are, and no account has as many entries. */
const PLACES = /^(\d{1,18}:\d{1,18}(?:,\d{1,18}:\d{1,18})*)$/;

/** Writes a place as an opaque text that may stand in a URL. */
export function encodeCursor(places: StatementCursor): string {
  return writeCursor([...places].map(([account, seq]) => `${account}:${seq}`).join(','));
}

/** Reads a place back; throws `validation_failed` for anything that {@link encodeCursor} did not write. */
export function decodeCursor(cursor: string): StatementCursor {
  const [places = ''] = readCursor(cursor, PLACES);
  return new Map(places.split(',').map((place) => place.split(':').map(BigInt) as [bigint, bigint]));
}
