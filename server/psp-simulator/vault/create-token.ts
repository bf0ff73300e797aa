import type Stripe from 'stripe';
import { z } from 'zod';
import { assert, newId } from '#kernel';
import { createBankToken, loadBankToken } from '../accounts/create-bank-token.ts';
import type { PaymentMethodRow, TokenRow } from '../database/rows.ts';
import { ok } from '../http/answer.ts';
import { onlyExpand, parseParameters } from '../http/form.ts';
import { missing } from '../http/stripe-error.ts';
import { type Handler, nowSeconds } from '../requests/request.ts';
import { billingDetails, rawCard } from './card-parameters.ts';
import { toPaymentMethod } from './store-card.ts';

const text = z.string().max(500).optional();

const parameters = z.strictObject({
  card: rawCard.extend({
    name: text,
    address_city: text,
    address_country: text,
    address_line1: text,
    address_line2: text,
    address_state: text,
    address_zip: text,
  }),
  expand: z.array(z.string()).optional(),
});

/** `POST /v1/tokens`: the older form of storing a card. */
export const createToken: Handler = async (context) => {
  if (context.request.input.bank_account !== undefined) return createBankToken(context);
  const { card } = parseParameters(parameters, context.request.input);
  const { name, address_city, address_country, address_line1, address_line2, address_state, address_zip, ...raw } =
    card;
  const billing = billingDetails({
    name,
    address: {
      city: address_city,
      country: address_country,
      line1: address_line1,
      line2: address_line2,
      state: address_state,
      postal_code: address_zip,
    },
  });
  const method = toPaymentMethod(raw, billing, {}, context.simulator.keys.secret);
  const token: TokenRow = { id: newId('tok'), created: nowSeconds(), payment_method: method.id, used: false };
  const answer = ok(renderToken(token, method));
  return context.commit({ answer, writes: { payment_methods: [method], tokens: [token] }, events: [] });
};

/** `GET /v1/tokens/:id`. */
export const retrieveToken: Handler = async ({ request, simulator: { store } }) => {
  parseParameters(onlyExpand, request.input);
  const id = request.ids.id ?? '';
  const ofBank = id.startsWith('btok_') ? await loadBankToken(store, id) : undefined;
  if (ofBank) return ok(ofBank);
  const [token] = await store.rows<TokenRow>('token', 'select * from tokens where id = $1', [id]);
  const text = 'select * from payment_methods where id = $1';
  const [method] = token ? await store.rows<PaymentMethodRow>('payment_method', text, [token.payment_method]) : [];
  if (!token || !method) throw missing('token', id);
  return ok(renderToken(token, method));
};

function renderToken(token: TokenRow, { id, card, billing_details: { name, address } }: PaymentMethodRow) {
  assert(card, 'a token stands for a card');
  return {
    id: token.id,
    object: 'token',
    card: {
      id: id.replace('pm_', 'card_'),
      object: 'card',
      address_city: address.city,
      address_country: address.country,
      address_line1: address.line1,
      address_line1_check: null,
      address_line2: address.line2,
      address_state: address.state,
      address_zip: address.postal_code,
      address_zip_check: null,
      brand: card.brand,
      country: card.country,
      customer: null,
      cvc_check: 'unchecked',
      dynamic_last4: null,
      exp_month: card.exp_month,
      exp_year: card.exp_year,
      fingerprint: card.fingerprint,
      funding: card.funding,
      last4: card.last4,
      metadata: {},
      name,
      networks: { preferred: null },
      regulated_status: 'unregulated',
      tokenization_method: null,
      wallet: null,
    },
    client_ip: null,
    created: token.created,
    livemode: false,
    type: 'card',
    used: token.used,
  } satisfies Omit<Stripe.Token, 'card'> & { card: object };
}
