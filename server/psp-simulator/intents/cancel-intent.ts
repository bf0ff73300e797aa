import { z } from 'zod';
import { releasedCharge } from '../charges/release-charge.ts';
import type { IntentRow } from '../database/rows.ts';
import { expandable, parseParameters } from '../http/form.ts';
import { type Handler, nowSeconds } from '../requests/request.ts';
import { answerIntent } from './confirm-now.ts';
import { chargeEvent, intentEvent } from './intent-effects.ts';
import { checkAllowed, checkNotInSession } from './intent-state.ts';
import { lockAuthorization, lockIntent } from './lock-intent.ts';

const parameters = z.strictObject({
  cancellation_reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned']).optional(),
  expand: expandable,
});

/** `POST /v1/payment_intents/:id/cancel`: afterwards the intent can never take money; what was authorized is let go. */
export const cancelIntent: Handler = async (context) => {
  const { cancellation_reason: reason, expand: paths } = parseParameters(parameters, context.request.input);
  return context.transact(async (tx) => {
    const intent = await lockIntent(tx, context.request.ids.id ?? '');
    checkNotInSession('cancel', intent);
    checkAllowed('cancel', intent);
    const canceled = toCanceled(intent, reason ?? null);
    const released = intent.status === 'requires_capture' ? [releasedCharge(await lockAuthorization(tx, intent))] : [];
    return {
      answer: await answerIntent(tx, canceled, paths),
      writes: { payment_intents: [canceled], charges: released },
      events: [
        ...released.map((charge) => chargeEvent('charge.refunded', charge)),
        intentEvent('payment_intent.canceled', canceled),
      ],
    };
  });
};

export function toCanceled(intent: IntentRow, reason: string | null): IntentRow {
  return { ...intent, status: 'canceled', cancellation_reason: reason, canceled_at: nowSeconds(), next_action: null };
}
