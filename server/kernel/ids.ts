import { v4, v7 } from 'uuid';

/** Time-ordered UUID (RFC 9562 version 7): sorts by creation and keeps index inserts on the last page. */
export function uuidv7(): string {
  return v7();
}

/** A readable, sortable id such as `att_0197…`: the prefix names the kind of thing. */
export function newId(prefix: string): string {
  return `${prefix}_${v7().replaceAll('-', '')}`;
}

/**
 * An id that may itself be the permission, such as the one in a guest's link: 122 random bits (RFC 9562 version 4), so that neither the
 * time nor an id made in the same moment helps anybody to guess it.
 */
export function secretId(prefix: string): string {
  return `${prefix}_${v4().replaceAll('-', '')}`;
}
