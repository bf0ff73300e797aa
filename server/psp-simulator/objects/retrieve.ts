import { z } from 'zod';
import { ok } from '../http/answer.ts';
import { expand } from '../http/expand.ts';
import { expandable, parseParameters } from '../http/form.ts';
import { missing } from '../http/stripe-error.ts';
import type { Handler } from '../requests/request.ts';
import { loadObject } from './load-object.ts';

const parameters = z.strictObject({ expand: expandable, client_secret: z.string().optional() });

/** `GET /v1/<kind>/:id`: the object, with `expand[]`. An id of another kind is as unknown as one that never was. */
export function retrieve(kind: string, prefix: string): Handler {
  return async ({ request, simulator }) => {
    const { expand: paths } = parseParameters(parameters, request.input);
    const id = request.ids.id ?? '';
    const object = id.startsWith(`${prefix}_`) ? await loadObject(simulator.store, id) : undefined;
    if (!object) throw missing(kind, id);
    return ok(await expand(simulator.store, object, paths));
  };
}
