import { z } from 'zod';
import { ok } from '../http/answer.ts';
import { parseParameters, wireInteger } from '../http/form.ts';
import type { Handler } from '../requests/request.ts';

const parameters = z.strictObject({
  event: z.string().max(255).optional(),
  limit: wireInteger.pipe(z.number().min(1).max(100)).default(10),
  starting_after: z.string().max(255).optional(),
});

const DELIVERIES = `
  select d.event as id, e.type, d.endpoint, d.copy, d.flaw, d.state, d.attempts as attempt_count, d.next_attempt_at,
    (select coalesce(json_agg(json_build_object('at', a.at, 'status', a.status, 'error', a.error,
       'duration_ms', a.duration_ms) order by a.id), '[]')
     from webhook_attempts a where (a.event, a.endpoint, a.copy) = (d.event, d.endpoint, d.copy)) as attempts
  from webhook_deliveries d join events e on e.id = d.event
  where ($1::text is null or d.event = $1) and ($2::text is null or d.event < $2)
  order by d.event desc, d.endpoint, d.copy limit $3`;

/** `GET /v1/test_helpers/webhook_deliveries`: what was sent where, newest first, with every attempt. */
export const listDeliveries: Handler = async ({ request, simulator: { store } }) => {
  const { event, limit, starting_after } = parseParameters(parameters, request.input);
  const values = [event ?? null, starting_after ?? null, limit + 1];
  const rows = await store.rows<{ id: string }>('deliveries', DELIVERIES, values);
  return ok({
    object: 'list',
    url: '/v1/test_helpers/webhook_deliveries',
    has_more: rows.length > limit,
    data: rows.slice(0, limit).map((row) => ({ object: 'webhook_delivery', ...row, event: row.id })),
  });
};
