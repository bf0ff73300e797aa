import type { IntentRow, PaymentMethodRow, SessionRow } from '../database/rows.ts';
import type { Tx } from '../database/store.ts';
import { joinWrites } from '../database/writes.ts';
import type { Answer } from '../http/answer.ts';
import { confirmIntent } from '../intents/confirm-intent.ts';
import { circumstances, declineAnswer } from '../intents/confirm-now.ts';
import { confirmationEvents, confirmationWrites } from '../intents/intent-effects.ts';
import { checkMethodType } from '../intents/intent-parameters.ts';
import { lockIntent, lockSession } from '../intents/lock-intent.ts';
import { type Context, type Decision, nowSeconds } from '../requests/request.ts';
import { expire, sessionEvent } from '../sessions/end-session.ts';
import { pageAnswer } from './page.ts';

export interface Payment {
  readonly sessionId: string;
  readonly method: PaymentMethodRow;
  readonly authentication: 'not_asked' | 'passed' | 'failed';
}

/**
 * Pays a locked, open session: on success session, intent, charge, books and events change together (a bank debit completes it
 * unpaid, its bank answers later); on a decline the
 * intent takes another method and the session stays open. A session that is no longer open answers what it is.
 */
export async function paySession(context: Context, tx: Tx, payment: Payment): Promise<Decision> {
  const { session, intent, over } = await lockOpenSession(context, tx, payment.sessionId);
  if (over) return over;
  checkMethodType(intent.payment_method_types, payment.method);
  const confirmed = confirmIntent({ ...circumstances(context, intent), ...payment, intent });
  const events = confirmationEvents(confirmed);
  const writes = confirmationWrites(confirmed);
  if (confirmed.failure) {
    return { answer: declineAnswer(confirmed.failure, confirmed.intent, payment.method), writes, events };
  }
  const { status } = confirmed.intent;
  if (status !== 'succeeded' && status !== 'processing') {
    return { answer: truth(context, session, confirmed.intent), writes, events };
  }
  const complete: SessionRow = {
    ...session,
    status: 'complete',
    payment_status: status === 'succeeded' ? 'paid' : 'unpaid',
    customer_email: session.customer_email ?? payment.method.billing_details.email,
  };
  return {
    answer: truth(context, complete, confirmed.intent),
    writes: joinWrites(writes, { checkout_sessions: [complete] }),
    events: [...events, sessionEvent('checkout.session.completed', complete)],
  };
}

/**
 * Locks a session and its intent. `over` is the decision when it is not open any more, or when its time ran out and the
 * loop has not come by: then it ends here, so that nothing is charged after `expires_at`.
 */
export async function lockOpenSession(context: Context, tx: Tx, id: string) {
  const session = await lockSession(tx, id);
  const intent = await lockIntent(tx, session.payment_intent);
  if (session.status !== 'open') return { session, intent, over: unchanged(truth(context, session, intent)) };
  if (session.expires_at > nowSeconds()) return { session, intent, over: null };
  const { expired, canceled, writes, events } = await expire(tx, session);
  const over: Decision = { answer: truth(context, expired, canceled), writes, events };
  return { session: expired, intent: canceled, over };
}

/** The page as it is now. */
export function truth({ simulator }: Context, session: SessionRow, intent: IntentRow): Answer {
  return pageAnswer(session, intent, simulator.config.PSP_MERCHANT_NAME);
}

export function unchanged(answer: Answer): Decision {
  return { answer, writes: {}, events: [] };
}
