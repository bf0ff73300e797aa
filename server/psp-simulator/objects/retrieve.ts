import { z } from 'zod';
import type { Reader } from '../database/store.ts';
import { ok } from '../http/answer.ts';
import { expand } from '../http/expand.ts';
import { expandable, parseParameters } from '../http/form.ts';
import { missing } from '../http/stripe-error.ts';
import type { Handler } from '../requests/request.ts';
import { loadObject } from './load-object.ts';

const parameters = z.strictObject({ expand: expandable, client_secret: z.string().optional() });

/**
 * `GET /v1/<kind>/:id`: the object, with `expand[]`. An id of another kind is as unknown as one that never was, and so is, in a
 * table of rows that have an owner, one of somebody else.
 */
export function retrieve(kind: string, prefix: string, ownedTable?: string): Handler {
  return async ({ request, simulator }) => {
    const { expand: paths } = parseParameters(parameters, request.input);
    const id = request.ids.id ?? '';
    const object = id.startsWith(`${prefix}_`) ? await loadObject(simulator.store, id) : undefined;
    if (!object || (ownedTable && !(await isOwned(simulator.store, ownedTable, id, request.account)))) {
      throw missing(kind, id);
    }
    return ok(await expand(simulator.store, object, paths));
  };
}

async function isOwned(reader: Reader, table: string, id: string, owner: string | null): Promise<boolean> {
  const text = `select id from ${table} where id = $1 and owner is not distinct from $2`;
  return (await reader.rows(`owned_${table}`, text, [id, owner])).length > 0;
}
