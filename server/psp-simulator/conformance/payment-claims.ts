import type Stripe from 'stripe';
import type { Claim } from './claims.ts';

const amount = { amount: 2_999, currency: 'usd' };
const card = { number: '4242424242424242', exp_month: 12, exp_year: 2040, cvc: '123' };

const authorize = async (stripe: Stripe) => {
  const { id } = await stripe.paymentIntents.create({
    ...amount,
    payment_method: 'pm_card_visa',
    confirm: true,
    capture_method: 'manual',
  });
  return { intent: id };
};

const open = async (stripe: Stripe) => ({ intent: (await stripe.paymentIntents.create(amount)).id });

const openSession = (stripe: Stripe, options?: Stripe.RequestOptions) =>
  stripe.checkout.sessions.create(
    {
      mode: 'payment',
      success_url: 'https://shop.example/thanks',
      client_reference_id: 'att_conformance',
      line_items: [{ quantity: 2, price_data: { currency: 'usd', unit_amount: 500, product_data: { name: 'Mug' } } }],
    },
    options,
  );

export const PAYMENT_CLAIMS: readonly Claim[] = [
  {
    endpoint: 'POST /v1/payment_intents',
    level: 'differs',
    note: 'for cards and bank debits (`sepa_debit`, in euros). No minimum amount. Test methods are shared, not cloned per use. `payment_method_data[token]` is accepted beside `[card][token]`; card numbers never are',
    object: 'payment_intent',
    ask: (stripe, _, options) =>
      stripe.paymentIntents.create({ ...amount, payment_method: 'pm_card_visa', confirm: true }, options),
  },
  {
    endpoint: 'GET /v1/payment_intents',
    level: 'same',
    object: 'list',
    ask: (stripe) => stripe.paymentIntents.list({ limit: 3 }),
  },
  {
    endpoint: 'GET /v1/payment_intents/:id',
    level: 'same',
    object: 'payment_intent',
    ask: (stripe, { intent }) => stripe.paymentIntents.retrieve(intent),
  },
  {
    endpoint: 'POST /v1/payment_intents/:id/confirm',
    level: 'differs',
    note: 'the intent of a checkout session answers to its session only',
    object: 'payment_intent',
    prepare: open,
    ask: (stripe, { intent }, options) =>
      stripe.paymentIntents.confirm(intent, { payment_method: 'pm_card_visa' }, options),
  },
  {
    endpoint: 'POST /v1/payment_intents/:id/capture',
    level: 'differs',
    note: 'all or, once, a part, for `capture_method=manual` (cards, not sessions). What is not captured is let go without a refund object; after seven days the rest of it too',
    object: 'payment_intent',
    prepare: authorize,
    ask: (stripe, { intent }, options) => stripe.paymentIntents.capture(intent, { amount_to_capture: 1_000 }, options),
  },
  {
    endpoint: 'POST /v1/payment_intents/:id/cancel',
    level: 'differs',
    note: 'the intent of a checkout session answers to its session only',
    object: 'payment_intent',
    prepare: open,
    ask: (stripe, { intent }, options) =>
      stripe.paymentIntents.cancel(intent, { cancellation_reason: 'abandoned' }, options),
  },
  {
    endpoint: 'GET /v1/payment_intents/search',
    level: 'differs',
    note: "knows `metadata['key']:'value'`, `status:'…'`, `currency:'…'` and `AND`; anything else is a 400. **Never behind**, where Stripe's may lag a minute. `attempt_id` has an index",
    object: 'search_result',
    ask: (stripe) => stripe.paymentIntents.search({ query: "metadata['attempt_id']:'att_1' AND status:'succeeded'" }),
  },
  {
    endpoint: 'GET /v1/charges',
    level: 'same',
    object: 'list',
    ask: (stripe, { intent }) => stripe.charges.list({ payment_intent: intent, limit: 3 }),
  },
  {
    endpoint: 'GET /v1/charges/:id',
    level: 'same',
    object: 'charge',
    ask: (stripe, { charge }) => stripe.charges.retrieve(charge),
  },
  {
    endpoint: 'POST /v1/payment_methods',
    level: 'same',
    note: 'for cards and `sepa_debit`; Luhn, expiry, security code and the check digits of an IBAN are checked. Publishable key',
    object: 'payment_method',
    ask: (stripe, _, options) => stripe.paymentMethods.create({ type: 'card', card }, options),
  },
  {
    endpoint: 'GET /v1/payment_methods/:id',
    level: 'same',
    object: 'payment_method',
    ask: (stripe, { method }) => stripe.paymentMethods.retrieve(method),
  },
  {
    endpoint: 'POST /v1/tokens',
    level: 'differs',
    note: 'for cards, whose token may be used more than once, and bank accounts, whose token may not. Publishable key',
    object: 'token',
    ask: (stripe, _, options) =>
      stripe.tokens.create({ card: { ...card, exp_month: '12', exp_year: '2040' } }, options),
  },
  {
    endpoint: 'GET /v1/tokens/:id',
    level: 'same',
    object: 'token',
    ask: (stripe, { token }) => stripe.tokens.retrieve(token),
  },
  {
    endpoint: 'POST /v1/checkout/sessions',
    level: 'differs',
    note: "for `mode=payment` and `price_data`. The payment intent exists from the start (Stripe makes it later). The seller's name travels as `line_items[i][price_data][product_data][metadata][seller]`",
    object: 'checkout.session',
    ask: (stripe, _, options) => openSession(stripe, options),
  },
  {
    endpoint: 'GET /v1/checkout/sessions',
    level: 'differs',
    note: 'the list can be asked by `client_reference_id`, which is **ours**',
    object: 'list',
    ask: (stripe) => stripe.checkout.sessions.list({ limit: 3 }),
  },
  {
    endpoint: 'GET /v1/checkout/sessions/:id',
    level: 'same',
    object: 'checkout.session',
    ask: (stripe, { session }) => stripe.checkout.sessions.retrieve(session),
  },
  {
    endpoint: 'GET /v1/checkout/sessions/:id/line_items',
    level: 'same',
    object: 'list',
    ask: (stripe, { session }) => stripe.checkout.sessions.listLineItems(session, { limit: 3 }),
  },
  {
    endpoint: 'POST /v1/checkout/sessions/:id/expire',
    level: 'same',
    note: 'expiry cancels the intent',
    object: 'checkout.session',
    prepare: async (stripe) => ({ session: (await openSession(stripe)).id }),
    ask: (stripe, { session }, options) => stripe.checkout.sessions.expire(session, {}, options),
  },
];
