import { newId } from '#kernel';
import type { SessionRow } from '../database/rows.ts';
import { ok } from '../http/answer.ts';
import { expand } from '../http/expand.ts';
import { parseParameters } from '../http/form.ts';
import { newIntent } from '../intents/create-intent.ts';
import { intentEvent } from '../intents/intent-effects.ts';
import { typesOf } from '../intents/intent-parameters.ts';
import { renderIntent } from '../intents/render-intent.ts';
import { type Handler, nowSeconds } from '../requests/request.ts';
import { renderSession } from './render-session.ts';
import { basketOf, expiryOf, sessionParameters } from './session-parameters.ts';

/**
 * `POST /v1/checkout/sessions`. The payment intent is made with the session, so the merchant can ask for it from the
 * first moment; its attempt is `payment_intent_data[metadata][attempt_id]`, else `client_reference_id`.
 */
export const createSession: Handler = async (context) => {
  const { config, store } = context.simulator;
  const parameters = parseParameters(sessionParameters, context.request.input);
  const { items, currency, total } = basketOf(parameters);
  const now = nowSeconds();
  const id = newId('cs_test');
  const draft = newIntent({
    amount: total,
    currency,
    ...parameters.payment_intent_data,
    payment_method_types: typesOf(parameters),
    receipt_email: parameters.payment_intent_data.receipt_email ?? parameters.customer_email,
    return_url: parameters.success_url.replaceAll('{CHECKOUT_SESSION_ID}', id),
  });
  const attempt_id = draft.attempt_id ?? parameters.client_reference_id ?? null;
  const intent = { ...draft, checkout_session: id, attempt_id };
  const session: SessionRow = {
    id,
    created: now,
    status: 'open',
    payment_status: 'unpaid',
    amount_total: total,
    currency,
    payment_intent: intent.id,
    payment_method_types: typesOf(parameters),
    client_reference_id: parameters.client_reference_id ?? null,
    customer_email: parameters.customer_email ?? null,
    url: `${config.PSP_HOSTED_PAGE_URL}/${id}`,
    success_url: parameters.success_url,
    cancel_url: parameters.cancel_url ?? null,
    expires_at: expiryOf(parameters.expires_at, now, config.PSP_SESSION_MIN_LIFE_SECONDS),
    line_items: items,
    metadata: parameters.metadata,
  };
  return context.commit({
    answer: ok(await expand(store, renderSession(session), parameters.expand, [renderIntent(intent)])),
    writes: { checkout_sessions: [session], payment_intents: [intent] },
    events: [intentEvent('payment_intent.created', intent)],
  });
};
