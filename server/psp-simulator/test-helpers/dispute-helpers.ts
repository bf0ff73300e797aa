import { z } from 'zod';
import { lockDispute, moveDispute } from '../disputes/move-dispute.ts';
import { openDispute } from '../disputes/open-dispute.ts';
import { ok } from '../http/answer.ts';
import { parseParameters, wireBoolean, wireInteger } from '../http/form.ts';
import { missing, unexpectedState } from '../http/stripe-error.ts';
import { checkAmount } from '../intents/intent-parameters.ts';
import { lockCharge } from '../refunds/lock-charge.ts';
import { type Handler, nowSeconds } from '../requests/request.ts';

const openParameters = z.strictObject({
  charge: z.string().min(1).max(255),
  /** Default: what is left of the charge. */
  amount: wireInteger.optional(),
  reason: z
    .enum(['credit_not_processed', 'duplicate', 'fraudulent', 'general', 'product_not_received'])
    .default('fraudulent'),
  inquiry: wireBoolean.default(false),
  /** Seconds until which evidence is taken. Default: PSP_DISPUTE_DUE_SECONDS. */
  due_in: wireInteger.pipe(z.number().min(1)).optional(),
});
const decideParameters = z.strictObject({ outcome: z.enum(['win', 'lose', 'escalate']) });

/** `POST /v1/test_helpers/disputes`: the bank disputes any charge, for any amount, now. */
export const createDispute: Handler = async (context) => {
  const { charge: chargeId, amount, due_in, ...complaint } = parseParameters(openParameters, context.request.input);
  const { PSP_DISPUTE_DUE_SECONDS } = context.simulator.config;
  return context.transact(async (tx) => {
    const locked = await lockCharge(tx, chargeId);
    if (!locked) throw missing('charge', chargeId, 'charge');
    const { charge } = locked;
    if (charge.disputed) throw unexpectedState('charge_disputed', `Charge ${charge.id} is disputed already.`);
    const disputed = amount ?? charge.amount - charge.amount_refunded;
    checkAmount(disputed, charge.currency);
    const dueBy = nowSeconds() + (due_in ?? PSP_DISPUTE_DUE_SECONDS);
    const opened = openDispute(locked, { ...complaint, amount: disputed, dueBy });
    return { ...opened, answer: ok(opened.rendered) };
  });
};

/** `POST /v1/test_helpers/disputes/:id/decide`: the bank decides now, whatever it was told. */
export const decideDispute: Handler = async (context) => {
  const { outcome } = parseParameters(decideParameters, context.request.input);
  return context.transact(async (tx) => {
    const moved = moveDispute(await lockDispute(tx, context.request.ids.id ?? ''), outcome);
    return { ...moved, answer: ok(moved.rendered) };
  });
};
