import Stripe from 'stripe';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startSimulator, type TestSimulator } from '#testing';

const SECRET_KEY = 'sk_test_simulator_platform_secret_key';
const GOOD = 'AT61 1904 3002 3457 3201';
const BAD = 'AT861904300235473202';
const SOON = { timeout: 10_000, interval: 20 };

let simulator: TestSimulator;
let stripe: Stripe;

beforeAll(async () => {
  simulator = await startSimulator({ PSP_BANK_DEBIT_DELAY_MS: '300' });
  const { port } = simulator;
  stripe = new Stripe(SECRET_KEY, {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
});
afterAll(() => simulator.stop());

const account = (iban: string) =>
  stripe.paymentMethods.create({
    type: 'sepa_debit',
    sepa_debit: { iban },
    billing_details: { name: 'Ada Byron', email: 'ada@example.com' },
  });

async function debit(iban: string): Promise<Stripe.PaymentIntent> {
  return stripe.paymentIntents.create({
    amount: 5_000,
    currency: 'eur',
    payment_method: (await account(iban)).id,
    allowed_payment_method_types: ['sepa_debit'],
    confirm: true,
  });
}

const becomes = (id: string, status: string) =>
  vi.waitFor(async () => {
    const intent = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge.balance_transaction'] });
    expect(intent.status).toBe(status);
    return intent;
  }, SOON);

async function errorOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  return call.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error) => error as Stripe.errors.StripeError,
  );
}

async function eventsOf(...ids: (string | null)[]): Promise<string[]> {
  const { data } = await stripe.events.list({ limit: 100 });
  return data
    .filter((event) => ids.includes((event.data.object as { id: string }).id))
    .map((event) => event.type)
    .toReversed();
}

test('an account is stored without its number', async () => {
  const method = await account(GOOD);
  expect(method).toMatchObject({
    type: 'sepa_debit',
    sepa_debit: { bank_code: '19043', country: 'AT', last4: '3201' },
    billing_details: { name: 'Ada Byron' },
  });
  expect(method.card).toBeUndefined();
  expect(JSON.stringify(await stripe.paymentMethods.retrieve(method.id))).not.toContain('300234573201');
});

test('a debit is processing, takes money when the bank says yes, and is booked then', async () => {
  const begun = await debit(GOOD);
  expect(begun).toMatchObject({ status: 'processing', amount_received: 0, payment_method_types: ['sepa_debit'] });
  const charge = String(begun.latest_charge);
  expect(await stripe.charges.retrieve(charge)).toMatchObject({
    status: 'pending',
    paid: false,
    balance_transaction: null,
  });
  expect(await errorOf(stripe.paymentIntents.cancel(begun.id))).toMatchObject({
    code: 'payment_intent_unexpected_state',
  });
  expect(await errorOf(stripe.refunds.create({ charge }))).toMatchObject({ statusCode: 404 });
  expect(await becomes(begun.id, 'succeeded')).toMatchObject({
    amount_received: 5_000,
    latest_charge: {
      status: 'succeeded',
      payment_method_details: { type: 'sepa_debit', sepa_debit: { last4: '3201' } },
      balance_transaction: { type: 'charge', amount: 5_000 },
    },
  });
  expect(await eventsOf(begun.id, charge)).toEqual([
    'payment_intent.created',
    'charge.pending',
    'payment_intent.processing',
    'charge.succeeded',
    'payment_intent.succeeded',
  ]);
  expect(await stripe.refunds.create({ charge })).toMatchObject({ amount: 5_000, status: 'succeeded' });
});

test('a debit that the bank refuses takes nothing, and the intent takes another method', async () => {
  const begun = await debit(BAD);
  const charge = String(begun.latest_charge);
  expect(begun.status).toBe('processing');
  expect(await becomes(begun.id, 'requires_payment_method')).toMatchObject({
    amount_received: 0,
    last_payment_error: { code: 'payment_intent_payment_attempt_failed', charge, payment_method_type: 'sepa_debit' },
    latest_charge: {
      status: 'failed',
      failure_code: 'payment_intent_payment_attempt_failed',
      balance_transaction: null,
    },
  });
  expect((await eventsOf(begun.id, charge)).slice(-2)).toEqual(['charge.failed', 'payment_intent.payment_failed']);
  const again = await stripe.paymentIntents.confirm(begun.id, { payment_method: (await account(GOOD)).id });
  expect(again.status).toBe('processing');
  await becomes(begun.id, 'succeeded');
});

test.each([
  [GOOD, 'paid', 'checkout.session.async_payment_succeeded'],
  [BAD, 'unpaid', 'checkout.session.async_payment_failed'],
])('a session paid from %s is complete at once and tells the rest later', async (iban, payment_status, told) => {
  const session = await stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: 'https://shop.example/thanks',
    allowed_payment_method_types: ['card', 'sepa_debit'],
    line_items: [{ quantity: 1, price_data: { currency: 'eur', unit_amount: 500, product_data: { name: 'Mug' } } }],
  });
  const { id: method } = await account(iban);
  const response = await fetch(`${simulator.url}/v1/payment_pages/${session.id}/confirm`, {
    method: 'POST',
    headers: { authorization: 'Bearer pk_test_simulator_platform_publishable_key' },
    body: new URLSearchParams({ payment_method: method }),
  });
  expect(await response.json()).toMatchObject({ status: 'complete', payment_status: 'unpaid' });
  await vi.waitFor(async () => expect(await eventsOf(session.id)).toEqual(['checkout.session.completed', told]), SOON);
  expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ status: 'complete', payment_status });
});

test('a debit under way when the process is killed is answered after the restart', async () => {
  const { id } = await debit(GOOD);
  await simulator.kill();
  await simulator.start();
  await becomes(id, 'succeeded');
});

test('wrong accounts, other currencies and intents for cards are refused', async () => {
  for (const iban of ['AT611904300234573202', 'DE75512108001245126199', 'no iban'])
    expect(await errorOf(account(iban))).toMatchObject({
      statusCode: 400,
      code: 'invalid_bank_account_iban',
      param: 'sepa_debit[iban]',
    });
  const base = { amount: 500, allowed_payment_method_types: ['sepa_debit' as const] };
  expect(await errorOf(stripe.paymentIntents.create({ ...base, currency: 'usd' }))).toMatchObject({ statusCode: 400 });
  expect(
    await errorOf(stripe.paymentIntents.create({ ...base, currency: 'eur', capture_method: 'manual' })),
  ).toMatchObject({ param: 'capture_method' });
  const payment_method = (await account(GOOD)).id;
  expect(
    await errorOf(stripe.paymentIntents.create({ amount: 500, currency: 'eur', payment_method, confirm: true })),
  ).toMatchObject({ code: 'payment_intent_invalid_parameter' });
});

test('after all of it the books add up', async () => {
  const headers = { authorization: `Bearer ${SECRET_KEY}` };
  const response = await fetch(`${simulator.url}/v1/test_helpers/audit`, { headers });
  expect(await response.json()).toMatchObject({ balanced: true });
});
