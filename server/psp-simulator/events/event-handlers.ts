import type { EventRow } from '../database/rows.ts';
import type { Reader } from '../database/store.ts';
import { onlyExpand, parseParameters } from '../http/form.ts';
import { missing } from '../http/stripe-error.ts';
import { list } from '../objects/list.ts';
import type { Handler } from '../requests/request.ts';
import { renderEvent } from './render-event.ts';

const PENDING = `select count(*) as pending from webhook_deliveries where event = $1 and state = 'pending'`;

/** `GET /v1/events/:id`. */
export const retrieveEvent: Handler = async ({ request, simulator: { store } }) => {
  parseParameters(onlyExpand, request.input);
  const id = request.ids.id ?? '';
  const [event] = await store.rows<EventRow>('event', 'select * from events where id = $1', [id]);
  if (!event) throw missing('event', id);
  return { status: 200, body: renderEvent(event, await pendingWebhooks(store, id)) };
};

/** `GET /v1/events`, newest first. */
export const listEvents: Handler = list<EventRow>({
  url: '/v1/events',
  table: 'events',
  filters: ['type'],
  render: async (event, reader) => JSON.parse(renderEvent(event, await pendingWebhooks(reader, event.id))) as object,
});

async function pendingWebhooks(reader: Reader, id: string): Promise<number> {
  const [row] = await reader.rows<{ pending: number }>('pending_webhooks', PENDING, [id]);
  return row?.pending ?? 0;
}
