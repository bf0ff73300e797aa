import { v7 } from 'uuid';

/** Time-ordered UUID (RFC 9562 version 7): sorts by creation and keeps index inserts on the last page. */
export function uuidv7(): string {
  return v7();
}

/** A readable, sortable id such as `att_0197…`: the prefix names the kind of thing. */
export function newId(prefix: string): string {
  return `${prefix}_${v7().replaceAll('-', '')}`;
}
