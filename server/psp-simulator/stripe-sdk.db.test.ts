import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSimulator, type TestSimulator } from '#testing';

const SECRET_KEY = 'sk_test_simulator_platform_secret_key';

let simulator: TestSimulator;
let stripe: Stripe;

beforeAll(async () => {
  simulator = await startSimulator();
  stripe = new Stripe(SECRET_KEY, {
    host: '127.0.0.1',
    port: simulator.port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
});
afterAll(() => simulator.stop());

function charge(token: string, options: { key?: string; amount?: number; more?: object } = {}) {
  const { key = randomUUID(), amount = 2_999, more = {} } = options;
  return stripe.paymentIntents.create(
    {
      amount,
      currency: 'usd',
      payment_method: token,
      confirm: true,
      metadata: { attempt_id: key, order_ids: `order_of_${key}` },
      ...more,
    },
    { idempotencyKey: key },
  );
}

/** The error of a call that must fail. */
async function errorOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  return call.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error) => error as Stripe.errors.StripeError,
  );
}

async function helper<T>(path: string, init: RequestInit = {}): Promise<T> {
  const headers = { authorization: `Bearer ${SECRET_KEY}` };
  const response = await fetch(`${simulator.url}/v1/test_helpers/${path}`, { ...init, headers });
  expect(response.status).toBe(200);
  return response.json() as Promise<T>;
}

interface Journal {
  data: { id: string; amount: number; currency: string; attempt_id: string; order_ids: string[] }[];
}

function journalOf(attempt: string): Promise<Journal> {
  return helper<Journal>(`journal?attempt_id=${attempt}`);
}

describe('a direct charge', () => {
  test('succeeds and books gross, fee and net', async () => {
    const intent = await charge('tok_visa_4242', { more: { expand: ['latest_charge.balance_transaction'] } });
    expect(intent.status).toBe('succeeded');
    expect(intent.amount_received).toBe(2_999);
    const latest = intent.latest_charge as Stripe.Charge;
    expect(latest.payment_method_details?.card?.last4).toBe('4242');
    expect(latest.balance_transaction).toMatchObject({ amount: 2_999, fee: 117, net: 2_882, status: 'pending' });
    expect(intent.lastResponse.headers['request-id']).toMatch(/^req_/);
  });

  test('is found by id, by list and, at once, by our attempt id', async () => {
    const key = randomUUID();
    const { id } = await charge('pm_card_visa', { key });
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('succeeded');
    const found = await stripe.paymentIntents.search({
      query: `metadata['attempt_id']:'${key}' AND status:'succeeded'`,
    });
    expect(found.data.map((intent) => intent.id)).toEqual([id]);
    const charges = await stripe.charges.list({ payment_intent: id });
    expect(charges.data.map((one) => one.amount)).toEqual([2_999]);
    expect((await journalOf(key)).data).toMatchObject([
      { amount: 2_999, currency: 'usd', order_ids: [`order_of_${key}`] },
    ]);
    expect((await helper<Journal>(`journal?order_id=order_of_${key}`)).data).toHaveLength(1);
  });

  test.each([
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', 'incorrect_cvc'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error'],
    ['tok_radarBlock', 'card_declined', 'fraudulent'],
  ])('with %s is declined as a card error, and takes nothing', async (token, code, declineCode) => {
    const key = randomUUID();
    const error = await errorOf(charge(token, { key }));
    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(error).toMatchObject({ statusCode: 402, code, decline_code: declineCode });
    expect(error.payment_intent).toMatchObject({ status: 'requires_payment_method', last_payment_error: { code } });
    expect((await journalOf(key)).data).toEqual([]);
  });

  test('after a decline the same intent takes another card', async () => {
    const error = await errorOf(charge('tok_chargeDeclined'));
    const confirmed = await stripe.paymentIntents.confirm(error.payment_intent?.id ?? '', {
      payment_method: 'tok_visa',
    });
    expect(confirmed.status).toBe('succeeded');
    const again = await errorOf(stripe.paymentIntents.confirm(confirmed.id, { payment_method: 'tok_visa' }));
    expect(again).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
  });

  test('that was canceled can never be confirmed', async () => {
    const created = await stripe.paymentIntents.create({ amount: 500, currency: 'eur', payment_method: 'tok_visa' });
    expect(created.status).toBe('requires_confirmation');
    expect((await stripe.paymentIntents.cancel(created.id)).status).toBe('canceled');
    expect(await errorOf(stripe.paymentIntents.confirm(created.id))).toMatchObject({ statusCode: 400 });
  });

  test('confirmed by many at once takes the money once', async () => {
    const created = await stripe.paymentIntents.create({ amount: 700, currency: 'usd' });
    const calls = Array.from({ length: 8 }, () =>
      stripe.paymentIntents.confirm(created.id, { payment_method: 'tok_visa' }),
    );
    const settled = await Promise.allSettled(calls);
    expect(settled.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    expect((await stripe.charges.list({ payment_intent: created.id })).data).toHaveLength(1);
  });

  test('refuses parameters it does not know, wrong amounts and raw card numbers', async () => {
    const create = (parameters: object) =>
      errorOf(
        stripe.paymentIntents.create({
          amount: 100,
          currency: 'usd',
          ...parameters,
        } as Stripe.PaymentIntentCreateParams),
      );
    expect(await create({ colour: 'red' })).toMatchObject({
      statusCode: 400,
      code: 'parameter_unknown',
      param: 'colour',
    });
    expect(await create({ amount: 0 })).toMatchObject({ param: 'amount', code: 'parameter_invalid_integer' });
    expect(await create({ amount: 100_000_000 })).toMatchObject({ code: 'amount_too_large' });
    expect(await create({ amount: 1.5 })).toMatchObject({ param: 'amount' });
    expect(await create({ currency: 'xxx' })).toMatchObject({ param: 'currency' });
    expect(await create({ payment_method_data: { type: 'card', card: { number: '4242424242424242' } } })).toMatchObject(
      {
        statusCode: 400,
      },
    );
    expect(await create({ payment_method: 'pm_nobody', confirm: true })).toMatchObject({ code: 'resource_missing' });
  });
});

describe('3-D Secure', () => {
  test('of an intent asks at the bank page, which approves once and returns the shopper', async () => {
    const intent = await charge('pm_card_threeDSecure2Required', { more: { return_url: 'https://shop.example/back' } });
    expect(intent.status).toBe('requires_action');
    const url = new URL(intent.next_action?.redirect_to_url?.url ?? '');
    const bank = new URL(`${url.pathname}${url.search}`, simulator.url);
    expect(await (await fetch(bank)).text()).toContain('Approve');
    const form = new URLSearchParams({ outcome: 'approve', client_secret: intent.client_secret ?? '' });
    const answer = await fetch(new URL(bank.pathname, simulator.url), {
      method: 'POST',
      body: form,
      redirect: 'manual',
    });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toContain('redirect_status=succeeded');
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded');
  });

  test('without the shopper there is a decline that says so', async () => {
    const error = await errorOf(charge('pm_card_authenticationRequired', { more: { off_session: true } }));
    expect(error).toMatchObject({ statusCode: 402, code: 'authentication_required' });
  });
});

describe('an idempotency key', () => {
  test('replays the first answer byte by byte, marked, and charges once', async () => {
    const key = randomUUID();
    const first = await charge('tok_visa', { key });
    const second = await charge('tok_visa', { key });
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
    expect(second.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect((await journalOf(key)).data).toHaveLength(1);
  });

  test('replays a decline too', async () => {
    const key = randomUUID();
    const first = await errorOf(charge('tok_chargeDeclined', { key }));
    const second = await errorOf(charge('tok_chargeDeclined', { key }));
    expect(second.payment_intent?.id).toBe(first.payment_intent?.id);
  });

  test('with other parameters is an idempotency error', async () => {
    const key = randomUUID();
    await charge('tok_visa', { key });
    const error = await errorOf(charge('tok_visa', { key, amount: 3_000 }));
    expect(error).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    expect(error.statusCode).toBe(400);
  });

  test('used by many calls at once charges once: the others are told to wait or get the same answer', async () => {
    const key = randomUUID();
    const settled = await Promise.allSettled(Array.from({ length: 10 }, () => charge('tok_visa', { key })));
    const ids = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value.id] : []));
    const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason.statusCode as number] : []));
    expect(new Set(ids).size).toBe(1);
    expect(new Set([409, ...refused])).toEqual(new Set([409]));
    expect((await journalOf(key)).data).toHaveLength(1);
  });

  test('stores nothing for a request that was refused before execution', async () => {
    const key = randomUUID();
    await errorOf(charge('tok_visa', { key, amount: 0 }));
    expect((await charge('tok_visa', { key })).status).toBe('succeeded');
  });

  test('longer than 255 characters is refused', async () => {
    expect(await errorOf(charge('tok_visa', { key: 'k'.repeat(256) }))).toMatchObject({ statusCode: 400 });
  });
});

describe('a call that goes wrong', () => {
  test('tok_answer_lost: the money is taken, the answer never comes, the key replays it', async () => {
    const key = randomUUID();
    expect(await errorOf(charge('tok_answer_lost', { key }))).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    const found = await stripe.paymentIntents.search({ query: `metadata['attempt_id']:'${key}'` });
    expect(found.data[0]?.status).toBe('succeeded');
    expect((await charge('tok_answer_lost', { key })).id).toBe(found.data[0]?.id);
    expect((await journalOf(key)).data).toHaveLength(1);
  });

  test('tok_forgotten: no answer, and nothing is known of it', async () => {
    const key = randomUUID();
    expect(await errorOf(charge('tok_forgotten', { key }))).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    const found = await stripe.paymentIntents.search({ query: `metadata['attempt_id']:'${key}'` });
    expect(found.data).toEqual([]);
  });

  test.each([
    ['tok_rate_limited_once', 429],
    ['tok_server_error_once', 500],
  ])('%s: %i with nothing done, then the same key succeeds', async (token, status) => {
    const key = randomUUID();
    expect(await errorOf(charge(token, { key }))).toMatchObject({ statusCode: status });
    expect((await journalOf(key)).data).toEqual([]);
    expect((await charge(token, { key })).status).toBe('succeeded');
  });

  test('tok_charged_then_server_error: the 500 is kept for the key, only asking tells the truth', async () => {
    const key = randomUUID();
    expect(await errorOf(charge('tok_charged_then_server_error', { key }))).toMatchObject({ statusCode: 500 });
    expect(await errorOf(charge('tok_charged_then_server_error', { key }))).toMatchObject({ statusCode: 500 });
    const found = await stripe.paymentIntents.search({ query: `metadata['attempt_id']:'${key}'` });
    expect(found.data[0]?.status).toBe('succeeded');
  });

  test.each([
    ['answer_lost', 1],
    ['answer_500', 1],
    ['answer_garbage', 1],
    ['connection_reset', 0],
    ['status_500', 0],
    ['status_429', 0],
    ['outage', 0],
  ])('fault %s hits as often as it was set to, is journaled, and leaves %i charges', async (kind, charges) => {
    const body = new URLSearchParams({ kind, count: '1' });
    const fault = await helper<{ id: string }>('faults', { method: 'POST', body });
    const key = randomUUID();
    await errorOf(charge('tok_visa', { key }));
    expect((await journalOf(key)).data).toHaveLength(charges);
    expect((await charge('tok_visa', { key })).status).toBe('succeeded');
    const journal = await helper<{ data: { kind: string }[] }>(`faults/journal?fault=${fault.id}`);
    expect(journal.data.map((line) => line.kind)).toEqual([kind]);
    await helper(`faults/${fault.id}`, { method: 'DELETE' });
  });
});

describe('the API', () => {
  test('refuses no key, a wrong key, and a publishable key where the secret one is needed', async () => {
    const get = (key?: string) =>
      fetch(`${simulator.url}/v1/balance`, { headers: key ? { authorization: `Bearer ${key}` } : {} });
    expect((await get()).status).toBe(401);
    expect((await get('sk_test_wrong')).status).toBe(401);
    expect((await get('pk_test_simulator_platform_publishable_key')).status).toBe(403);
  });

  test('refuses a body that is too large, before reading it', async () => {
    const body = `description=${'x'.repeat(300_000)}`;
    const headers = { authorization: `Bearer ${SECRET_KEY}`, 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(`${simulator.url}/v1/payment_intents`, { method: 'POST', body, headers });
    expect(response.status).toBe(413);
  });

  test('pages through a list without gap or repetition', async () => {
    for (let count = 0; count < 5; count += 1) await charge('tok_mastercard', { amount: 101 });
    const all = await stripe.charges.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 });
    const paged = await stripe.charges.list({ limit: 2 }).autoPagingToArray({ limit: 1_000 });
    expect(paged.map((one) => one.id)).toEqual(all.map((one) => one.id));
  });

  test('answers 404 for an unknown id, an id of another kind and an unknown address', async () => {
    expect(await errorOf(stripe.paymentIntents.retrieve('pi_nobody'))).toMatchObject({ statusCode: 404 });
    const { latest_charge: id } = await charge('tok_visa');
    expect(await errorOf(stripe.paymentIntents.retrieve(String(id)))).toMatchObject({ code: 'resource_missing' });
    expect(await errorOf(stripe.products.list())).toMatchObject({ statusCode: 404 });
  });

  test('keeps books that add up, and a balance that is what the entries say', async () => {
    const audit = await helper<{ balanced: boolean; charges: number }>('audit');
    expect(audit).toMatchObject({ balanced: true });
    const transactions = await stripe.balanceTransactions.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 });
    expect(transactions).toHaveLength(audit.charges);
    const balance = await stripe.balance.retrieve();
    for (const { currency, amount } of balance.pending) {
      const own = transactions.filter((one) => one.currency === currency && one.status === 'pending');
      expect(amount).toBe(own.reduce((sum, one) => sum + one.net, 0));
    }
  });
});
