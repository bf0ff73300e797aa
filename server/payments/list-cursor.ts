import { AppError } from '#kernel';

/** Place in a list that is ordered by time and then by id, both descending: the last row already shown. */
export interface ListPlace {
  /** UTC time as Postgres writes it, with microseconds: a JavaScript date would lose three digits and repeat a row. */
  readonly at: string;
  readonly id: string;
}

const PLACE = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?)\|([A-Za-z0-9_.:-]{1,255})$/;
/** Longest cursor accepted, in characters. */
const MAX_LENGTH = 500;

export function encodePlace({ at, id }: ListPlace): string {
  return Buffer.from(`${at}|${id}`).toString('base64url');
}

/** Reads a cursor back; undefined stays undefined. Throws `validation_failed` for anything {@link encodePlace} did not write. */
export function decodePlace(cursor: string | undefined): ListPlace | undefined {
  if (cursor === undefined) return undefined;
  const match = cursor.length <= MAX_LENGTH ? PLACE.exec(Buffer.from(cursor, 'base64url').toString('latin1')) : null;
  const [, at, id] = match ?? [];
  if (!at || !id || Number.isNaN(Date.parse(`${at}Z`))) {
    throw new AppError('validation_failed', 'This cursor was not made by this list; start again without one.', {
      param: 'cursor',
    });
  }
  return { at, id };
}
