import { newId } from '#kernel';
import type { PaymentMethodRow } from '../database/rows.ts';
import { toBankAccount } from '../debits/store-account.ts';
import { ok } from '../http/answer.ts';
import { parseParameters } from '../http/form.ts';
import type { Context, Handler } from '../requests/request.ts';
import { nowSeconds } from '../requests/request.ts';
import { billingDetails, paymentMethodParameters, type RawCard } from './card-parameters.ts';
import { renderPaymentMethod } from './render-payment-method.ts';
import { resolvePaymentMethod } from './resolve-payment-method.ts';
import { toPaymentMethod } from './store-card.ts';

type Own = Pick<PaymentMethodRow, 'billing_details' | 'metadata'>;

/** `POST /v1/payment_methods`: from the shopper's browser with the publishable key, or from a token. */
export const createPaymentMethod: Handler = async (context) => {
  const parameters = parseParameters(paymentMethodParameters, context.request.input);
  const own = { billing_details: billingDetails(parameters.billing_details), metadata: parameters.metadata ?? {} };
  const row =
    parameters.type === 'sepa_debit'
      ? toBankAccount(parameters.sepa_debit.iban, own, context.simulator.keys.secret)
      : await fromCard(context, parameters.card, own);
  return context.commit({ answer: ok(renderPaymentMethod(row)), writes: { payment_methods: [row] }, events: [] });
};

function fromCard(
  context: Context,
  card: RawCard | { token: string },
  own: Own,
): PaymentMethodRow | Promise<PaymentMethodRow> {
  if ('token' in card) return copyOfToken(context, card.token, own);
  return toPaymentMethod(card, own.billing_details, own.metadata, context.simulator.keys.secret);
}

/** A token's card becomes a payment method of its own; a token's call faults stay with the token. */
async function copyOfToken({ simulator }: Context, token: string, own: Own): Promise<PaymentMethodRow> {
  const { row } = await resolvePaymentMethod(simulator.store, token, 'card[token]');
  return { ...row, ...own, id: newId('pm'), created: nowSeconds() };
}
