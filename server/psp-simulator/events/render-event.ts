import type { EventRow } from '../database/rows.ts';

/** The API version of the official SDK this simulator is tested with; it stands in every event. */
export const API_VERSION = '2026-10-28.endive';

/** Writes an event as wire JSON around the stored object, without parsing it again. */
export function renderEvent(event: EventRow, pendingWebhooks: number): string {
  const head = JSON.stringify({
    id: event.id,
    object: 'event',
    ...(event.account && { account: event.account }),
    api_version: API_VERSION,
    created: event.created,
    livemode: false,
    pending_webhooks: pendingWebhooks,
    request: { id: event.request_id, idempotency_key: event.idempotency_key },
    type: event.type,
  });
  return `${head.slice(0, -1)},"data":{"object":${event.object}}}`;
}
