import { randomBytes } from 'node:crypto';
import type Stripe from 'stripe';
import { z } from 'zod';
import { newId } from '#kernel';
import type { EndpointRow } from '../database/rows.ts';
import { API_VERSION } from '../events/render-event.ts';
import { ok } from '../http/answer.ts';
import { parseParameters, wireBoolean, wireMetadata } from '../http/form.ts';
import { missing, unexpectedState } from '../http/stripe-error.ts';
import { type Handler, nowSeconds } from '../requests/request.ts';

/** Every event is matched against every endpoint, so there may be few. Stripe's limit is the same. */
const MAX_ENDPOINTS = 16;

const url = z.url({ protocol: /^https?$/ }).max(2_000);
const events = z.array(z.string().max(100)).min(1).max(200);
const description = z.string().max(5_000).optional();

const createParameters = z.strictObject({
  url,
  enabled_events: events,
  description,
  metadata: wireMetadata.optional(),
  api_version: z.string().optional(),
  expand: z.array(z.string()).optional(),
});

const updateParameters = z.strictObject({
  url: url.optional(),
  enabled_events: events.optional(),
  description,
  metadata: wireMetadata.optional(),
  disabled: wireBoolean.optional(),
  expand: z.array(z.string()).optional(),
});

/** `POST /v1/webhook_endpoints`. The signing secret is shown in this answer only. */
export const createEndpoint: Handler = async (context) => {
  const { url, enabled_events, description, metadata } = parseParameters(createParameters, context.request.input);
  const { endpoints } = context.simulator;
  if (endpoints.all().length >= MAX_ENDPOINTS) {
    throw unexpectedState('resource_limit', `You may have at most ${MAX_ENDPOINTS} webhook endpoints.`);
  }
  const endpoint: EndpointRow = {
    id: newId('we'),
    created: nowSeconds(),
    url,
    secret: newSecret(),
    previous_secret: null,
    previous_secret_until: null,
    enabled_events,
    status: 'enabled',
    description: description ?? null,
    metadata: metadata ?? {},
  };
  const answer = ok({ ...renderEndpoint(endpoint), secret: endpoint.secret });
  await context.commit({ answer, writes: { webhook_endpoints: [endpoint] }, events: [] });
  endpoints.put(endpoint);
  return answer;
};

/** `POST /v1/webhook_endpoints/:id`. */
export const updateEndpoint: Handler = async (context) => {
  const changes = parseParameters(updateParameters, context.request.input);
  const { endpoints } = context.simulator;
  const id = context.request.ids.id ?? '';
  const former = endpoints.find(id);
  if (!former) throw missing('webhook endpoint', id);
  const endpoint: EndpointRow = {
    ...former,
    url: changes.url ?? former.url,
    enabled_events: changes.enabled_events ?? former.enabled_events,
    description: changes.description ?? former.description,
    metadata: { ...former.metadata, ...changes.metadata },
    status: changes.disabled === undefined ? former.status : changes.disabled ? 'disabled' : 'enabled',
  };
  const answer = ok(renderEndpoint(endpoint));
  await context.commit({ answer, writes: { webhook_endpoints: [endpoint] }, events: [] });
  endpoints.put(endpoint);
  return answer;
};

/** `DELETE /v1/webhook_endpoints/:id`: what was not delivered to it is given up. */
export const deleteEndpoint: Handler = async ({ request, simulator: { store, endpoints } }) => {
  const id = request.ids.id ?? '';
  if (!endpoints.find(id)) throw missing('webhook endpoint', id);
  await store.rows('delete_endpoint', 'delete from webhook_endpoints where id = $1', [id]);
  endpoints.remove(id);
  return ok({ id, object: 'webhook_endpoint', deleted: true });
};

export function newSecret(): string {
  return `whsec_${randomBytes(24).toString('base64url')}`;
}

export function renderEndpoint(endpoint: EndpointRow) {
  return {
    id: endpoint.id,
    object: 'webhook_endpoint',
    api_version: API_VERSION,
    application: null,
    created: endpoint.created,
    description: endpoint.description,
    enabled_events: [...endpoint.enabled_events],
    livemode: false,
    metadata: endpoint.metadata,
    status: endpoint.status,
    url: endpoint.url,
  } satisfies Stripe.WebhookEndpoint;
}
