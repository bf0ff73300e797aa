import { renderTransaction } from '../books/render-transaction.ts';
import { renderCharge } from '../charges/render-charge.ts';
import type { IntentRow, PaymentMethodRow } from '../database/rows.ts';
import type { Reader } from '../database/store.ts';
import { drawShare } from '../faults/draw.ts';
import { type Answer, ok } from '../http/answer.ts';
import { expand } from '../http/expand.ts';
import { errorBody } from '../http/stripe-error.ts';
import { type Context, type Decision, nowSeconds } from '../requests/request.ts';
import { renderPaymentMethod } from '../vault/render-payment-method.ts';
import { type Confirmation, type Confirmed, confirmIntent } from './confirm-intent.ts';
import { confirmationEvents, confirmationWrites } from './intent-effects.ts';
import type { ConfirmParameters } from './intent-parameters.ts';
import { renderIntent } from './render-intent.ts';

/** Confirms for an API caller: rows, events and the answer, which is the intent or a 402 that carries it. */
export async function confirmNow(
  reader: Reader,
  context: Context,
  intent: IntentRow,
  method: PaymentMethodRow,
  parameters: ConfirmParameters,
): Promise<Decision> {
  const absent = parameters.off_session || parameters.error_on_requires_action;
  const prepared = {
    ...intent,
    receipt_email: parameters.receipt_email ?? intent.receipt_email,
    return_url: parameters.return_url ?? intent.return_url,
  };
  const confirmed = confirmIntent({
    ...circumstances(context, prepared),
    intent: prepared,
    method,
    authentication: absent ? 'absent' : 'not_asked',
  });
  return {
    answer: await answerConfirmed(reader, confirmed, method, parameters.expand),
    writes: confirmationWrites(confirmed),
    events: confirmationEvents(confirmed),
  };
}

/** What lies outside the request: the time, the luck of the draw, and where a challenge would take place. */
export function circumstances(
  { simulator: { config }, request }: Context,
  intent: IntentRow,
): Pick<Confirmation, 'now' | 'unlucky' | 'challengeUrl' | 'disputeAt'> {
  const rate = config.PSP_FAILURE_RATE;
  // The first draw of an attempt is the same in every run; each later one (another card) is a new draw.
  const drawnBy = intent.latest_charge ?? intent.attempt_id ?? request.idempotencyKey ?? intent.id;
  return {
    now: nowSeconds(),
    disputeAt: new Date(Date.now() + config.PSP_DISPUTE_DELAY_MS),
    unlucky: rate > 0 && drawShare(config.PSP_SEED, 'decline', drawnBy) < rate,
    challengeUrl: intent.checkout_session
      ? `${config.PSP_HOSTED_PAGE_URL}/${intent.checkout_session}/challenge`
      : `${config.PSP_PUBLIC_URL}/three_d_secure/${intent.id}?client_secret=${intent.client_secret}`,
  };
}

export async function answerIntent(reader: Reader, intent: IntentRow, paths?: readonly string[]): Promise<Answer> {
  return ok(await expand(reader, renderIntent(intent), paths));
}

async function answerConfirmed(
  reader: Reader,
  { intent, charge, booking, failure }: Confirmed,
  method: PaymentMethodRow,
  paths?: readonly string[],
): Promise<Answer> {
  const rendered = renderIntent(intent);
  if (failure) return declineAnswer(failure, intent, method);
  if (!paths) return ok(rendered);
  const fresh = [
    ...(charge ? [renderCharge(charge)] : []),
    ...(booking ? [renderTransaction(booking.transaction)] : []),
    renderPaymentMethod(method),
  ];
  return ok(await expand(reader, rendered, paths, fresh));
}

/** Stripe's 402: the error with the intent and the method it was about. */
export function declineAnswer(
  failure: NonNullable<Confirmed['failure']>,
  intent: IntentRow,
  method: PaymentMethodRow,
): Answer {
  const { type, code, decline_code, message } = failure;
  const body = errorBody(type, message, {
    code,
    decline_code,
    ...(intent.last_payment_error?.charge && { charge: intent.last_payment_error.charge }),
    payment_intent: renderIntent(intent),
    payment_method: renderPaymentMethod(method),
  });
  return { status: 402, body: JSON.stringify(body) };
}
