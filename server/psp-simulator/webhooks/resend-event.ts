import { z } from 'zod';
import type { DeliveryRow, EventRow } from '../database/rows.ts';
import { renderEvent } from '../events/render-event.ts';
import { parseParameters } from '../http/form.ts';
import { missing } from '../http/stripe-error.ts';
import { type Handler, nowMs } from '../requests/request.ts';

const EVENT = 'select * from events where id = $1 for update';
const COPIES = 'select endpoint, max(copy) as copies from webhook_deliveries where event = $1 group by endpoint';

const parameters = z.strictObject({ webhook_endpoint: z.string().min(1).max(255).optional() });

/**
 * `POST /v1/events/:id/retry`: sends an event again, to one endpoint or to all that ask for its type, as `stripe events resend` does. It
 * has the id it had; faults do not touch it.
 */
export const resendEvent: Handler = async (context) => {
  const { webhook_endpoint: asked } = parseParameters(parameters, context.request.input);
  const { endpoints, sender } = context.simulator;
  const id = context.request.ids.id ?? '';
  const answer = await context.transact(async (tx) => {
    const [event] = await tx.rows<EventRow>('lock_event', EVENT, [id]);
    if (!event) throw missing('event', id);
    const one = asked === undefined ? undefined : endpoints.find(asked);
    if (asked !== undefined && !one) throw missing('webhook endpoint', asked, 'webhook_endpoint');
    const targets = one ? [one] : endpoints.subscribedTo(event.type);
    const sent = await tx.rows<{ endpoint: string; copies: number }>('copies_of_event', COPIES, [id]);
    const deliveries = targets.map(
      (target): DeliveryRow => ({
        event: id,
        endpoint: target.id,
        copy: (sent.find((row) => row.endpoint === target.id)?.copies ?? 0) + 1,
        state: 'pending',
        attempts: 0,
        next_attempt_at: new Date(nowMs()).toISOString(),
        leased: false,
        flaw: null,
      }),
    );
    const body = renderEvent(event, deliveries.length);
    return { answer: { status: 200, body }, writes: { webhook_deliveries: deliveries }, events: [] };
  });
  sender.wake();
  return answer;
};
