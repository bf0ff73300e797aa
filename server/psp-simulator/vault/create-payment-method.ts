import { newId } from '#kernel';
import type { PaymentMethodRow } from '../database/rows.ts';
import { ok } from '../http/answer.ts';
import { parseParameters } from '../http/form.ts';
import type { Context, Handler } from '../requests/request.ts';
import { nowSeconds } from '../requests/request.ts';
import { billingDetails, paymentMethodParameters } from './card-parameters.ts';
import { renderPaymentMethod } from './render-payment-method.ts';
import { resolvePaymentMethod } from './resolve-payment-method.ts';
import { toPaymentMethod } from './store-card.ts';

/** `POST /v1/payment_methods`: from the shopper's browser with the publishable key, or from a token. */
export const createPaymentMethod: Handler = async (context) => {
  const { card, billing_details, metadata = {} } = parseParameters(paymentMethodParameters, context.request.input);
  const billing = billingDetails(billing_details);
  const row =
    'token' in card
      ? await copyOfToken(context, card.token, { billing_details: billing, metadata })
      : toPaymentMethod(card, billing, metadata, context.simulator.keys.secret);
  return context.commit({ answer: ok(renderPaymentMethod(row)), writes: { payment_methods: [row] }, events: [] });
};

/** A token's card becomes a payment method of its own; a token's call faults stay with the token. */
async function copyOfToken(
  { simulator }: Context,
  token: string,
  own: Pick<PaymentMethodRow, 'billing_details' | 'metadata'>,
): Promise<PaymentMethodRow> {
  const { row } = await resolvePaymentMethod(simulator.store, token, 'card[token]');
  return { ...row, ...own, id: newId('pm'), created: nowSeconds() };
}
