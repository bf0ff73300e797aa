import type { IntentRow } from '../database/rows.ts';
import type { Store } from '../database/store.ts';
import { meetTransportFault, spoilAnswer } from '../faults/transport.ts';
import { parseParameters } from '../http/form.ts';
import { invalid } from '../http/stripe-error.ts';
import type { Handler } from '../requests/request.ts';
import { resolvePaymentMethod } from '../vault/resolve-payment-method.ts';
import { confirmNow } from './confirm-now.ts';
import { chosenMethod, confirmParameters } from './intent-parameters.ts';
import { checkAllowed, checkNotInSession } from './intent-state.ts';
import { lockIntent } from './lock-intent.ts';

/** `POST /v1/payment_intents/:id/confirm`: with the method given now, else with the one given at creation. */
export const confirmExistingIntent: Handler = async (context) => {
  const { request, simulator } = context;
  const id = request.ids.id ?? '';
  const parameters = parseParameters(confirmParameters, request.input);
  const choice = chosenMethod(parameters) ?? (await methodOfIntent(simulator.store, id));
  if (!choice) throw invalid('payment_method', 'A payment method is needed to confirm.', 'parameter_missing');
  const method = await resolvePaymentMethod(simulator.store, choice.id, choice.param);
  await meetTransportFault(context, method.transport, id);
  return context.transact(async (tx) => {
    const intent = await lockIntent(tx, id);
    checkNotInSession('confirm', intent);
    checkAllowed('confirm', intent);
    return spoilAnswer(context, method.transport, await confirmNow(tx, context, intent, method.row, parameters));
  });
};

async function methodOfIntent(store: Store, id: string) {
  const text = 'select payment_method from payment_intents where id = $1';
  const [row] = await store.rows<Pick<IntentRow, 'payment_method'>>('method_of_intent', text, [id]);
  return row?.payment_method ? { id: row.payment_method, param: 'payment_method' } : null;
}
