import { z } from 'zod';
import type { IntentRow, SessionRow } from '../database/rows.ts';
import type { Tx } from '../database/store.ts';
import type { EventDraft } from '../events/event-draft.ts';
import { ok } from '../http/answer.ts';
import { expand } from '../http/expand.ts';
import { expandable, parseParameters } from '../http/form.ts';
import { unexpectedState } from '../http/stripe-error.ts';
import { toCanceled } from '../intents/cancel-intent.ts';
import { intentEvent } from '../intents/intent-effects.ts';
import { lockIntent, lockSession } from '../intents/lock-intent.ts';
import { renderIntent } from '../intents/render-intent.ts';
import { completeWrites } from '../requests/complete-writes.ts';
import { type Handler, nowSeconds } from '../requests/request.ts';
import type { Simulator } from '../simulator.ts';
import { renderSession } from './render-session.ts';

const parameters = z.strictObject({ expand: expandable });
/** Sessions ended by one pass of the loop. */
const EXPIRE_AT_ONCE = 100;

export function sessionEvent(type: string, session: SessionRow): EventDraft {
  return { type, object_id: session.id, object: JSON.stringify(renderSession(session)) };
}

/** `POST /v1/checkout/sessions/:id/expire`: only an open session can be ended. */
export const expireSession: Handler = async (context) => {
  const { request } = context;
  const { expand: paths } = parseParameters(parameters, request.input);
  return context.transact(async (tx) => {
    const session = await lockSession(tx, request.ids.id ?? '');
    if (session.status !== 'open') {
      const message = `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`;
      throw unexpectedState('resource_invalid_state', message);
    }
    const { expired, canceled, writes, events } = await expire(tx, session);
    return { answer: ok(await expand(tx, renderSession(expired), paths, [renderIntent(canceled)])), writes, events };
  });
};

/** Ends the open sessions whose time is over; each in its own transaction. Answers how many. */
export async function expireDueSessions(simulator: Simulator): Promise<number> {
  const text = `select id from checkout_sessions where status = 'open' and expires_at <= $1 order by expires_at limit $2`;
  const due = await simulator.store.rows<{ id: string }>('due_sessions', text, [nowSeconds(), EXPIRE_AT_ONCE]);
  for (const { id } of due) {
    await simulator.store.transact(async (tx) => {
      const session = await lockSession(tx, id);
      const over = session.status === 'open' && session.expires_at <= nowSeconds();
      if (!over) return { writes: {} };
      const { writes, events } = await expire(tx, session);
      return { writes: completeWrites(simulator, { writes, events, answer: { status: 200, body: '' } }) };
    });
  }
  if (due.length > 0) simulator.sender.wake();
  return due.length;
}

/** Ends the session and its intent together: once a session is expired, no payment can come of it any more. */
export async function expire(tx: Tx, session: SessionRow) {
  const canceled: IntentRow = toCanceled(await lockIntent(tx, session.payment_intent), 'expired');
  const expired: SessionRow = { ...session, status: 'expired' };
  return {
    expired,
    canceled,
    writes: { checkout_sessions: [expired], payment_intents: [canceled] },
    events: [intentEvent('payment_intent.canceled', canceled), sessionEvent('checkout.session.expired', expired)],
  };
}
