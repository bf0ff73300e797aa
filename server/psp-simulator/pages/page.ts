import type { IntentRow, SessionRow } from '../database/rows.ts';
import type { Store } from '../database/store.ts';
import { type Answer, ok } from '../http/answer.ts';
import { missing } from '../http/stripe-error.ts';

/**
 * What the hosted page in the shopper's browser may know of a session. Not one of Stripe's documented objects: its own
 * page is served by itself. `success_url` is there only once the session is complete.
 */
export function renderPage(session: SessionRow, intent: IntentRow, merchantName: string) {
  const { last_payment_error: error } = intent;
  return {
    id: session.id,
    object: 'checkout.session.page',
    status: session.status,
    payment_status: session.payment_status,
    amount_total: session.amount_total,
    currency: session.currency,
    customer_email: session.customer_email,
    merchant: { name: merchantName },
    line_items: session.line_items.map(({ description, seller, quantity, unit_amount }) => ({
      description,
      seller,
      quantity,
      amount_total: unit_amount * quantity,
    })),
    expires_at: session.expires_at,
    ...(session.status === 'complete' && { success_url: successUrl(session) }),
    cancel_url: session.cancel_url,
    livemode: false,
    payment_intent: {
      id: intent.id,
      status: intent.status,
      amount_received: intent.amount_received,
      last_payment_error: error && { code: error.code, decline_code: error.decline_code, message: error.message },
      next_action: intent.next_action,
    },
  };
}

export function pageAnswer(session: SessionRow, intent: IntentRow, merchantName: string): Answer {
  return ok(renderPage(session, intent, merchantName));
}

/** The merchant's address to return to, with Stripe's placeholder filled in. */
export function successUrl(session: SessionRow): string {
  return session.success_url.replaceAll('{CHECKOUT_SESSION_ID}', session.id);
}

/** Reads a session with its intent without locking. Throws 404. */
export async function findSession(store: Store, id: string): Promise<{ session: SessionRow; intent: IntentRow }> {
  const [session] = await store.rows<SessionRow>('session', 'select * from checkout_sessions where id = $1', [id]);
  const text = 'select * from payment_intents where id = $1';
  const [intent] = session ? await store.rows<IntentRow>('intent', text, [session.payment_intent]) : [];
  if (!session || !intent) throw missing('checkout.session', id, 'session');
  return { session, intent };
}
