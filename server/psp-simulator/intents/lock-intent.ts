import { assert } from '#kernel';
import type { ChargeRow, IntentRow, SessionRow } from '../database/rows.ts';
import type { Tx } from '../database/store.ts';
import { missing } from '../http/stripe-error.ts';

const INTENT = 'select * from payment_intents where id = $1 for update';
const CHARGE = 'select * from charges where id = $1 for update';
const SESSION = 'select * from checkout_sessions where id = $1 for update';

/** Reads and locks an intent, so that two confirmations of it come one after the other. Throws 404. */
export async function lockIntent(tx: Tx, id: string): Promise<IntentRow> {
  const [intent] = await tx.rows<IntentRow>('lock_intent', INTENT, [id]);
  if (!intent) throw missing('payment_intent', id, 'intent');
  return intent;
}

/** Reads and locks the charge that a locked intent waits to capture. */
export async function lockAuthorization(tx: Tx, intent: IntentRow): Promise<ChargeRow> {
  const [charge] = await tx.rows<ChargeRow>('lock_charge', CHARGE, [intent.latest_charge]);
  assert(charge?.status === 'authorized', 'an intent that can be captured has an authorized charge');
  return charge;
}

/** Reads and locks a session; always before its intent, so that two requests never wait for each other. Throws 404. */
export async function lockSession(tx: Tx, id: string): Promise<SessionRow> {
  const [session] = await tx.rows<SessionRow>('lock_session', SESSION, [id]);
  if (!session) throw missing('checkout.session', id, 'session');
  return session;
}
