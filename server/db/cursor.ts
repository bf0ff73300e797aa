import { AppError } from '#kernel';

/** Longest cursor accepted, in characters: the longest of ours names a handful of accounts. */
const MAX_LENGTH = 2_000;

/** Writes a place in a list as an opaque text that may stand in an address. */
export function writeCursor(place: string): string {
  return Buffer.from(place).toString('base64url');
}

/**
 * Reads a place back, as the groups of its shape. Throws `validation_failed` for what {@link writeCursor} did not write so: the shape,
 * and `isReal` where a shape cannot tell, have to refuse every value that the database does not know.
 */
export function readCursor(
  cursor: string,
  shape: RegExp,
  isReal: (...groups: (string | undefined)[]) => boolean = () => true,
): string[] {
  const place = cursor.length <= MAX_LENGTH ? Buffer.from(cursor, 'base64url').toString('latin1') : '';
  const groups = shape.exec(place)?.slice(1);
  if (!groups || !isReal(...groups))
    throw new AppError('validation_failed', 'This cursor was not made by this list; start again without one.', {
      param: 'cursor',
    });
  return groups;
}

/** Whether there is such a day, `2026-06-18`. The database counts years from 0001. */
export function isDay(text = ''): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || text.startsWith('0000')) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** Place in a list that is ordered by time and then by id. */
export interface ListPlace {
  /** UTC time as Postgres writes it, with microseconds: a JavaScript date would lose three digits and repeat a row. */
  readonly at: string;
  readonly id: string;
}

const LIST_PLACE =
  /^(infinity|(\d{4}-\d\d-\d\d) (?:[01]\d|2[0-3])(?::[0-5]\d){2}(?:\.\d{1,6})?)\|([A-Za-z0-9_.:-]{1,255})$/;

export function encodePlace({ at, id }: ListPlace): string {
  return writeCursor(`${at}|${id}`);
}

/** The place that a cursor names, the last row already shown; undefined stays undefined. Throws as {@link readCursor} does. */
export function decodePlace(cursor: string | undefined): ListPlace | undefined {
  if (cursor === undefined) return undefined;
  const [at = '', , id = ''] = readCursor(cursor, LIST_PLACE, (_, day) => day === undefined || isDay(day));
  return { at, id };
}
