import { newId } from '#kernel';
import { hasCardNumber } from './card-numbers.ts';

/** Ids that callers may bring: short, plain, safe in a header and in a log. */
const ACCEPTABLE = /^[A-Za-z0-9_-]{8,64}$/;

/** The caller's own id of the request when it is a sane one, else a new one. It is kept with answers, so no card number is one. */
export function requestIdFrom(incoming: string | null | undefined): string {
  return incoming && ACCEPTABLE.test(incoming) && !hasCardNumber(incoming) ? incoming : newId('req');
}
