import { newId } from '#kernel';

/** Ids that callers may bring: short, plain, safe in a header and in a log. */
const ACCEPTABLE = /^[A-Za-z0-9_-]{8,64}$/;

/** The caller's own id of the request when it is a sane one, else a new one. */
export function requestIdFrom(incoming: string | null | undefined): string {
  return incoming && ACCEPTABLE.test(incoming) ? incoming : newId('req');
}
