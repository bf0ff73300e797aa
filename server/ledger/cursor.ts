import { AppError } from '#kernel';

/** Place in a statement: for each account (by id) the number of the last entry already shown. */
export type StatementCursor = ReadonlyMap<bigint, bigint>;

/** Longest cursor accepted, in characters: an owner has a handful of accounts, so a longer one was not made here. */
const MAX_LENGTH = 2_000;

const PLACES = /^\d{1,19}:\d{1,19}(,\d{1,19}:\d{1,19})*$/;

/** Writes a place as an opaque text that may stand in a URL. */
export function encodeCursor(places: StatementCursor): string {
  return Buffer.from([...places].map(([account, seq]) => `${account}:${seq}`).join(',')).toString('base64url');
}

/** Reads a place back; throws `validation_failed` for anything that {@link encodeCursor} did not write. */
export function decodeCursor(text: string): StatementCursor {
  const places = text.length <= MAX_LENGTH ? Buffer.from(text, 'base64url').toString('latin1') : '';
  if (!PLACES.test(places)) {
    throw new AppError('validation_failed', 'This cursor was not made by this list; start again without one.', {
      param: 'cursor',
    });
  }
  return new Map(places.split(',').map((place) => place.split(':').map(BigInt) as [bigint, bigint]));
}
