import { z } from 'zod';
import type { EndpointRow } from '../database/rows.ts';
import { ok } from '../http/answer.ts';
import { parseParameters, wireInteger } from '../http/form.ts';
import { missing } from '../http/stripe-error.ts';
import { type Handler, nowSeconds } from '../requests/request.ts';
import { newSecret, renderEndpoint } from './endpoint-handlers.ts';

/** Stripe's longest time for two secrets at once, in seconds. */
const DAY = 86_400;

const parameters = z.strictObject({
  /** Seconds for which the former secret signs as well. */
  expires_in: wireInteger.pipe(z.number().min(0).max(DAY)).default(DAY),
});

/** `POST /v1/test_helpers/webhook_endpoints/:id/roll_secret`: what Stripe's dashboard does; the new secret is shown in this answer only. */
export const rollSecret: Handler = async (context) => {
  const { expires_in } = parseParameters(parameters, context.request.input);
  const { endpoints } = context.simulator;
  const id = context.request.ids.id ?? '';
  const former = endpoints.find(id);
  if (!former) throw missing('webhook endpoint', id);
  const endpoint: EndpointRow = {
    ...former,
    secret: newSecret(),
    previous_secret: former.secret,
    previous_secret_until: nowSeconds() + expires_in,
  };
  const answer = ok({ ...renderEndpoint(endpoint), secret: endpoint.secret });
  await context.commit({ answer, writes: { webhook_endpoints: [endpoint] }, events: [] });
  endpoints.put(endpoint);
  return answer;
};
