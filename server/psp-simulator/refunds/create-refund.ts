import { newId } from '#kernel';
import { postRefund } from '../books/post-refund.ts';
import { renderTransaction } from '../books/render-transaction.ts';
import { renderCharge } from '../charges/render-charge.ts';
import type { ChargeRow, IntentRow, RefundRow } from '../database/rows.ts';
import type { Reader, Tx } from '../database/store.ts';
import { joinWrites } from '../database/writes.ts';
import { disputeAfterRefund } from '../disputes/refund-of-disputed.ts';
import type { EventDraft } from '../events/event-draft.ts';
import { ok } from '../http/answer.ts';
import { expand } from '../http/expand.ts';
import { parseParameters } from '../http/form.ts';
import { missing, unexpectedState } from '../http/stripe-error.ts';
import { chargeEvent } from '../intents/intent-effects.ts';
import { type Handler, nowSeconds } from '../requests/request.ts';
import { findMethod } from '../vault/resolve-payment-method.ts';
import { type LockedCharge, lockCharge } from './lock-charge.ts';
import { amountOf, checkRefund, type RefundParameters, refundParameters } from './refund-parameters.ts';
import { renderRefund } from './render-refund.ts';

/**
 * `POST /v1/refunds`: gives back all or a part of a charge. The charge is locked, so that refunds at the same time never come to
 * more than it took. The money leaves the merchant's balance at once, also while the refund is pending.
 */
export const createRefund: Handler = async (context) => {
  const parameters = parseParameters(refundParameters, context.request.input);
  checkRefund(parameters);
  const { PSP_REFUND_DELAY_MS: delayMs } = context.simulator.config;
  return context.transact(async (tx) => {
    const locked = await chosenCharge(tx, parameters);
    const { charge, booked } = locked;
    const amount = amountOf(parameters, charge);
    const facts = { id: newId('re'), created: nowSeconds(), amount, currency: charge.currency };
    const booking = postRefund({ ...facts, type: 'refund', charged: booked });
    const refund: RefundRow = {
      ...facts,
      charge: charge.id,
      payment_intent: charge.payment_intent,
      reason: parameters.reason ?? null,
      balance_transaction: booking.transaction.id,
      failure_balance_transaction: null,
      failure_reason: null,
      metadata: parameters.metadata,
      ...(await courseOf(tx, charge, new Date(Date.now() + delayMs))),
    };
    const refunded: ChargeRow = { ...charge, amount_refunded: charge.amount_refunded + amount };
    const closed = await disputeAfterRefund(tx, locked, refunded);
    const fresh = [renderCharge(refunded), renderTransaction(booking.transaction)];
    return {
      answer: ok(await expand(tx, renderRefund(refund), parameters.expand, fresh)),
      writes: joinWrites(
        {
          refunds: [refund],
          charges: [refunded],
          book_transactions: [booking.transaction],
          book_entries: booking.entries,
        },
        closed?.writes ?? {},
      ),
      events: [
        refundEvent('refund.created', refund),
        chargeEvent('charge.refunded', refunded),
        ...(closed?.events ?? []),
      ],
    };
  });
};

export function refundEvent(type: string, refund: RefundRow): EventDraft {
  return { type, object_id: refund.id, object: JSON.stringify(renderRefund(refund)) };
}

async function chosenCharge(tx: Tx, { payment_intent, charge }: RefundParameters): Promise<LockedCharge> {
  const intent = payment_intent === undefined ? undefined : await findIntent(tx, payment_intent);
  const chargeId = charge ?? intent?.latest_charge;
  const locked = chargeId ? await lockCharge(tx, chargeId) : undefined;
  if (locked) return locked;
  if (charge !== undefined) throw missing('charge', charge, 'charge');
  const message = `This PaymentIntent (${payment_intent}) does not have a successful charge to refund.`;
  throw unexpectedState('payment_intent_unexpected_state', message);
}

async function findIntent(reader: Reader, id: string): Promise<IntentRow> {
  const [intent] = await reader.rows<IntentRow>('intent', 'select * from payment_intents where id = $1', [id]);
  if (!intent) throw missing('payment_intent', id, 'payment_intent');
  return intent;
}

/** How the refund begins and what it becomes by itself: the test card that was charged decides. */
async function courseOf(
  reader: Reader,
  charge: ChargeRow,
  later: Date,
): Promise<Pick<RefundRow, 'status' | 'next_status' | 'next_at'>> {
  const refunds = (await findMethod(reader, charge.payment_method))?.behaviour.refunds;
  if (refunds === 'pending') return { status: 'pending', next_status: 'succeeded', next_at: later.toISOString() };
  if (refunds === 'fail') return { status: 'succeeded', next_status: 'failed', next_at: later.toISOString() };
  return { status: 'succeeded', next_status: null, next_at: null };
}
