import { assert } from '#kernel';
import type { ChargeRow, IntentRow, SessionRow } from '../database/rows.ts';
import type { Tx } from '../database/store.ts';
import { DEBIT_FAILED } from '../debits/begin-debit.ts';
import { toCanceled } from '../intents/cancel-intent.ts';
import { waitForAnotherMethod } from '../intents/confirm-intent.ts';
import { disputeTime } from '../intents/confirm-now.ts';
import { chargeEvent, intentEvent } from '../intents/intent-effects.ts';
import { lockIntent, lockSession } from '../intents/lock-intent.ts';
import { completeWrites } from '../requests/complete-writes.ts';
import { type Decision, nowMs, nowSeconds } from '../requests/request.ts';
import { sessionEvent } from '../sessions/end-session.ts';
import type { Simulator } from '../simulator.ts';
import { findMethod } from '../vault/resolve-payment-method.ts';
import { releasedCharge } from './release-charge.ts';
import { paidIntent, takeMoney } from './take-money.ts';

/** Moved on by one pass of the loop. */
const MOVE_AT_ONCE = 100;
const DUE = `select c.id, c.payment_intent, i.checkout_session from charges c join payment_intents i on i.id = c.payment_intent
  where c.next in ('succeed', 'fail', 'release') and c.next_at <= $1 order by c.next_at limit $2`;
const CHARGE = 'select * from charges where id = $1 for update';
const NOTHING = { status: 200, body: '' };

type Due = Pick<ChargeRow, 'id' | 'payment_intent'> & Pick<IntentRow, 'checkout_session'>;

interface Affected {
  readonly charge: ChargeRow;
  readonly intent: IntentRow;
  readonly session: SessionRow | null;
}

/** Debits get their bank's answer, and authorizations that nobody captured end; each in its own transaction. Answers how many. */
export async function moveDueCharges(simulator: Simulator): Promise<number> {
  const due = await simulator.store.rows<Due>('charges_under_way', DUE, [new Date(nowMs()), MOVE_AT_ONCE]);
  for (const one of due) {
    await simulator.store.transact(async (tx) => {
      const decision = await move(tx, simulator, one);
      return { writes: decision ? completeWrites(simulator, { answer: NOTHING, ...decision }) : {} };
    });
  }
  if (due.length > 0) simulator.sender.wake();
  return due.length;
}

/** Locks in the order that payments do: session, intent, charge. Null when another process was first. */
async function move(tx: Tx, { config }: Simulator, due: Due): Promise<Omit<Decision, 'answer'> | null> {
  const session = due.checkout_session ? await lockSession(tx, due.checkout_session) : null;
  const intent = await lockIntent(tx, due.payment_intent);
  const [charge] = await tx.rows<ChargeRow>('lock_charge', CHARGE, [due.id]);
  const affected = charge && { charge, intent, session };
  if (affected?.charge.next === 'succeed') return succeed(tx, affected, disputeTime(config));
  if (affected?.charge.next === 'fail') return fail(affected);
  return affected?.charge.next === 'release' ? release(affected) : null;
}

async function succeed(tx: Tx, affected: Affected, disputeAt: Date): Promise<Omit<Decision, 'answer'>> {
  const method = await findMethod(tx, affected.charge.payment_method);
  assert(method, 'a charge names its payment method');
  const { amount } = affected.charge;
  const { charge, booking } = takeMoney({ ...affected, method, amount, now: nowSeconds(), disputeAt });
  const intent = paidIntent(affected.intent, charge);
  const session: SessionRow | null = affected.session && { ...affected.session, payment_status: 'paid' };
  return {
    writes: {
      charges: [charge],
      payment_intents: [intent],
      checkout_sessions: session ? [session] : [],
      book_transactions: [booking.transaction],
      book_entries: booking.entries,
    },
    events: [
      chargeEvent('charge.succeeded', charge),
      intentEvent('payment_intent.succeeded', intent),
      ...(session ? [sessionEvent('checkout.session.async_payment_succeeded', session)] : []),
    ],
  };
}

function fail({ charge, intent, session }: Affected): Omit<Decision, 'answer'> {
  const failed: ChargeRow = { ...charge, status: 'failed', failure: DEBIT_FAILED, next: null, next_at: null };
  const error = { ...DEBIT_FAILED, method_type: 'sepa_debit' as const };
  const waiting = waitForAnotherMethod(intent, error, failed.id);
  return {
    writes: { charges: [failed], payment_intents: [waiting] },
    events: [
      chargeEvent('charge.failed', failed),
      intentEvent('payment_intent.payment_failed', waiting),
      ...(session ? [sessionEvent('checkout.session.async_payment_failed', session)] : []),
    ],
  };
}

/** A bank does not hold money for ever. */
function release({ charge, intent }: Affected): Omit<Decision, 'answer'> {
  const released = releasedCharge(charge);
  const canceled = toCanceled(intent, 'automatic');
  return {
    writes: { charges: [released], payment_intents: [canceled] },
    events: [chargeEvent('charge.expired', released), intentEvent('payment_intent.canceled', canceled)],
  };
}
