import { z } from 'zod';
import { assert } from '#kernel';
import { renderTransaction } from '../books/render-transaction.ts';
import { renderCharge } from '../charges/render-charge.ts';
import { paidIntent, takeMoney } from '../charges/take-money.ts';
import { expandable, parseParameters, wireBoolean, wireInteger, wireMetadata } from '../http/form.ts';
import { invalid } from '../http/stripe-error.ts';
import { type Handler, nowSeconds } from '../requests/request.ts';
import { findMethod } from '../vault/resolve-payment-method.ts';
import { answerIntent, disputeTime } from './confirm-now.ts';
import { chargeEvent, intentEvent } from './intent-effects.ts';
import { checkAllowed } from './intent-state.ts';
import { lockAuthorization, lockIntent } from './lock-intent.ts';

const parameters = z.strictObject({
  amount_to_capture: wireInteger.optional(),
  final_capture: wireBoolean.optional(),
  metadata: wireMetadata.optional(),
  statement_descriptor: z.string().max(22).optional(),
  expand: expandable,
});

/** `POST /v1/payment_intents/:id/capture`: takes what was authorized, or a part of it; the rest is let go. */
export const captureIntent: Handler = async (context) => {
  const { amount_to_capture: asked, metadata, expand: paths } = parseParameters(parameters, context.request.input);
  return context.transact(async (tx) => {
    const intent = await lockIntent(tx, context.request.ids.id ?? '');
    checkAllowed('capture', intent);
    const amount = asked ?? intent.amount;
    if (amount < 1 || amount > intent.amount) {
      const message = `The amount to capture must be between 1 and the authorized amount, ${intent.amount}.`;
      throw invalid('amount_to_capture', message, amount < 1 ? 'parameter_invalid_integer' : 'amount_too_large');
    }
    const authorized = await lockAuthorization(tx, intent);
    const method = await findMethod(tx, authorized.payment_method);
    assert(method, 'an authorized charge names its payment method');
    const now = nowSeconds();
    const disputeAt = disputeTime(context.simulator.config);
    const { charge, booking } = takeMoney({ charge: authorized, method, amount, now, disputeAt });
    const paid = { ...paidIntent(intent, charge), metadata: { ...intent.metadata, ...metadata } };
    const fresh = [renderCharge(charge), renderTransaction(booking.transaction)];
    return {
      answer: await answerIntent(tx, paid, paths, fresh),
      writes: {
        payment_intents: [paid],
        charges: [charge],
        book_transactions: [booking.transaction],
        book_entries: booking.entries,
      },
      events: [chargeEvent('charge.captured', charge), intentEvent('payment_intent.succeeded', paid)],
    };
  });
};
