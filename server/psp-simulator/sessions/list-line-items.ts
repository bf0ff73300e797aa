import { z } from 'zod';
import type { SessionRow } from '../database/rows.ts';
import { ok } from '../http/answer.ts';
import { parseParameters, wireInteger } from '../http/form.ts';
import { missing } from '../http/stripe-error.ts';
import type { Handler } from '../requests/request.ts';
import { renderLineItem } from './render-session.ts';

const parameters = z.strictObject({
  limit: wireInteger.pipe(z.number().min(1).max(100)).default(10),
  starting_after: z.string().max(255).optional(),
});

/** `GET /v1/checkout/sessions/:id/line_items`, in the order of the basket. */
export const listLineItems: Handler = async ({ request, simulator: { store } }) => {
  const { limit, starting_after: after } = parseParameters(parameters, request.input);
  const id = request.ids.id ?? '';
  const text = 'select * from checkout_sessions where id = $1';
  const [session] = await store.rows<SessionRow>('session', text, [id]);
  if (!session) throw missing('checkout.session', id);
  const start = after === undefined ? 0 : session.line_items.findIndex((item) => item.id === after) + 1;
  const shown = session.line_items.slice(start, start + limit);
  return ok({
    object: 'list',
    url: `/v1/checkout/sessions/${id}/line_items`,
    has_more: start + limit < session.line_items.length,
    data: shown.map((item) => renderLineItem(item, session.currency)),
  });
};
