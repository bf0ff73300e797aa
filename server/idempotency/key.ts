import { AppError } from '#kernel';
import { hasCardNumber } from '#observability';

/** Longest key, in characters; the same limit as Stripe's. */
const MAX_LENGTH = 255;
/** A structured-field string (RFC 9651): printable ASCII in quotes, with `\"` and `\\` escaped. */
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
/** What callers send in practice: the key itself. No comma, so that two headers joined into one are not taken for a key. */
const BARE = /^[\x21\x23-\x2b\x2d-\x7e]+$/;

/**
 * Reads the Idempotency-Key header, bare or as a quoted structured-field string (draft-ietf-httpapi-idempotency-key-header-07);
 * both spell the same key. Undefined when there is none; throws `idempotency_key_invalid` for anything that is not one key, and
 * `card_data_refused` for a card number, since keys are stored.
 */
export function parseIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const key = QUOTED.exec(text)?.[1]?.replaceAll(/\\(["\\])/g, '$1') ?? (BARE.test(text) ? text : '');
  if (key === '' || key.length > MAX_LENGTH) {
    throw new AppError(
      'idempotency_key_invalid',
      `Send one key of 1 to ${MAX_LENGTH} printable ASCII characters, for example a UUID.`,
      {
        param: 'Idempotency-Key',
      },
    );
  }
  if (hasCardNumber(key)) {
    throw new AppError('card_data_refused', 'This key passes as a card number. Take a UUID, for example.', {
      param: 'Idempotency-Key',
    });
  }
  return key;
}
