import { randomUUID } from 'node:crypto';
import { newId } from '#kernel';
import type { IntentRow } from '../database/rows.ts';
import { meetTransportFault, spoilAnswer } from '../faults/transport.ts';
import { parseParameters } from '../http/form.ts';
import { invalid } from '../http/stripe-error.ts';
import { type Decision, type Handler, nowSeconds } from '../requests/request.ts';
import { resolvePaymentMethod } from '../vault/resolve-payment-method.ts';
import { answerIntent, confirmNow } from './confirm-now.ts';
import { intentEvent } from './intent-effects.ts';
import {
  type CreateParameters,
  checkAmount,
  checkMethodTypes,
  chosenMethod,
  createParameters,
  typesOf,
} from './intent-parameters.ts';

/** `POST /v1/payment_intents`: creates an intent and, with confirm=true, charges in the same commit. */
export const createIntent: Handler = async (context) => {
  const parameters = parseParameters(createParameters, context.request.input);
  checkAmount(parameters.amount, parameters.currency);
  checkMethodTypes(typesOf(parameters), parameters.currency, parameters.capture_method);
  const choice = chosenMethod(parameters);
  if (parameters.confirm && !choice)
    throw invalid('payment_method', 'A payment method is needed to confirm.', 'parameter_missing');
  const method = choice && (await resolvePaymentMethod(context.simulator.store, choice.id, choice.param));
  const draft = newIntent(parameters);
  const created = intentEvent('payment_intent.created', draft);

  if (!parameters.confirm || !method) {
    const intent: IntentRow = method
      ? { ...draft, status: 'requires_confirmation', payment_method: method.row.id }
      : draft;
    const answer = await answerIntent(context.simulator.store, intent, parameters.expand);
    return context.commit({ answer, writes: { payment_intents: [intent] }, events: [created] });
  }
  await meetTransportFault(context, method.transport, draft.attempt_id);
  const decision: Decision = await confirmNow(context.simulator.store, context, draft, method.row, parameters);
  return context.commit(spoilAnswer(context, method.transport, { ...decision, events: [created, ...decision.events] }));
};

/** A fresh intent; its client secret lets the shopper's browser confirm this one intent and nothing else. */
export function newIntent(
  parameters: Pick<CreateParameters, 'amount' | 'currency'> & Partial<CreateParameters>,
): IntentRow {
  const id = newId('pi');
  const metadata = parameters.metadata ?? {};
  return {
    id,
    created: nowSeconds(),
    amount: parameters.amount,
    amount_received: 0,
    currency: parameters.currency,
    status: 'requires_payment_method',
    attempt_id: metadata.attempt_id ?? null,
    checkout_session: null,
    client_secret: `${id}_secret_${randomUUID().replaceAll('-', '')}`,
    payment_method: null,
    latest_charge: null,
    last_payment_error: null,
    capture_method: parameters.capture_method ?? 'automatic',
    payment_method_types: typesOf(parameters),
    next_action: null,
    cancellation_reason: null,
    canceled_at: null,
    description: parameters.description ?? null,
    receipt_email: parameters.receipt_email ?? null,
    return_url: parameters.return_url ?? null,
    statement_descriptor: parameters.statement_descriptor ?? null,
    metadata,
  };
}
