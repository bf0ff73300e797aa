/** Longest name of a field that is echoed. */
const MAX_ECHO = 64;

/** JSON pointer (RFC 6901) of a path into a request; the empty text is the whole request. Long names are cut. */
export function toPointer(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).slice(0, MAX_ECHO).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
