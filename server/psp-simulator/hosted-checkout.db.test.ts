import { randomUUID } from 'node:crypto';
import pg from 'pg';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startSimulator, type TestSimulator } from '#testing';

const PUBLISHABLE_KEY = 'pk_test_simulator_platform_publishable_key';
const HOSTED_PAGE = 'http://localhost:3000/pay';

let simulator: TestSimulator;
let stripe: Stripe;

beforeAll(async () => {
  simulator = await startSimulator({ PSP_SESSION_MIN_LIFE_SECONDS: '1' });
  stripe = new Stripe('sk_test_simulator_platform_secret_key', {
    host: '127.0.0.1',
    port: simulator.port,
    protocol: 'http',
    telemetry: false,
  });
});
afterAll(() => simulator.stop());

function openSession(more: Partial<Stripe.Checkout.SessionCreateParams> = {}) {
  const attempt = randomUUID();
  return stripe.checkout.sessions.create({
    mode: 'payment',
    client_reference_id: attempt,
    success_url: 'https://shop.example/thanks?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'https://shop.example/basket',
    customer_email: 'shopper@example.com',
    metadata: { checkout_id: 'chk_1' },
    payment_intent_data: { metadata: { attempt_id: attempt, order_ids: 'ord_1,ord_2' } },
    line_items: [line('Mug', 'Pottery', 1_250, 2), line('Tea', 'Leaves & Co', 499, 1)],
    ...more,
  });
}

function line(name: string, seller: string, unit_amount: number, quantity: number) {
  return { quantity, price_data: { currency: 'usd', unit_amount, product_data: { name, metadata: { seller } } } };
}

/** A call of the shopper's browser, as the hosted page makes it. */
async function browser(method: 'GET' | 'POST', path: string, form?: Record<string, string>) {
  const response = await fetch(`${simulator.url}/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${PUBLISHABLE_KEY}`, origin: 'http://localhost:3000' },
    body: form && new URLSearchParams(form),
  });
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  return { status: response.status, body: await response.json() };
}

function cardForm(number: string, more: Record<string, string> = {}) {
  return {
    type: 'card',
    'card[number]': number,
    'card[exp_month]': '12',
    'card[exp_year]': '2034',
    'card[cvc]': '123',
    ...more,
  };
}

async function tokenize(number: string): Promise<string> {
  const { status, body } = await browser('POST', 'payment_methods', cardForm(number));
  expect(status).toBe(200);
  return body.id;
}

async function pay(session: string, number: string) {
  return browser('POST', `payment_pages/${session}/confirm`, { payment_method: await tokenize(number) });
}

async function chargesOf(session: Stripe.Checkout.Session): Promise<Stripe.Charge[]> {
  return (await stripe.charges.list({ payment_intent: String(session.payment_intent) })).data;
}

describe('a checkout session', () => {
  test('shows the basket, its sellers and its total to the page, and no address of success before it is paid', async () => {
    const session = await openSession();
    expect(session.url).toBe(`${HOSTED_PAGE}/${session.id}`);
    const { body } = await browser('GET', `payment_pages/${session.id}`);
    expect(body).toMatchObject({
      object: 'checkout.session.page',
      status: 'open',
      payment_status: 'unpaid',
      amount_total: 2_999,
      currency: 'usd',
      customer_email: 'shopper@example.com',
      livemode: false,
      line_items: [
        { description: 'Mug', seller: 'Pottery', quantity: 2, amount_total: 2_500 },
        { description: 'Tea', seller: 'Leaves & Co', quantity: 1, amount_total: 499 },
      ],
      payment_intent: { status: 'requires_payment_method', last_payment_error: null, next_action: null },
    });
    expect(body).not.toHaveProperty('success_url');
    const items = await stripe.checkout.sessions
      .listLineItems(session.id, { limit: 1 })
      .autoPagingToArray({ limit: 10 });
    expect(items.map((item) => item.amount_total)).toEqual([2_500, 499]);
  });

  test('is paid by a card, once, and found by our reference', async () => {
    const session = await openSession();
    const { status, body } = await pay(session.id, '4242424242424242');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      success_url: `https://shop.example/thanks?session=${session.id}`,
      payment_intent: { status: 'succeeded', amount_received: 2_999 },
    });
    const byReference = { client_reference_id: session.client_reference_id, expand: ['data.payment_intent'] };
    const found = await stripe.checkout.sessions.list(byReference as Stripe.Checkout.SessionListParams);
    expect(found.data).toMatchObject([{ id: session.id, payment_intent: { status: 'succeeded' }, url: null }]);
    const again = await pay(session.id, '4242424242424242');
    expect(again).toMatchObject({ status: 200, body: { status: 'complete' } });
    expect(await chargesOf(session)).toHaveLength(1);
  });

  test('stays open after a decline and takes another card', async () => {
    const session = await openSession();
    const declined = await pay(session.id, '4000000000009995');
    expect(declined).toMatchObject({ status: 402, body: { error: { decline_code: 'insufficient_funds' } } });
    const { body } = await browser('GET', `payment_pages/${session.id}`);
    expect(body).toMatchObject({
      status: 'open',
      payment_intent: { status: 'requires_payment_method', last_payment_error: { code: 'card_declined' } },
    });
    expect(await pay(session.id, '5555555555554444')).toMatchObject({ status: 200, body: { status: 'complete' } });
  });

  test('pressed many times at once is charged once, and every press gets the same answer', async () => {
    const session = await openSession();
    const method = await tokenize('4242424242424242');
    const press = () => browser('POST', `payment_pages/${session.id}/confirm`, { payment_method: method });
    const answers = await Promise.all(Array.from({ length: 8 }, press));
    expect(new Set(answers.map((answer) => answer.body.status))).toEqual(new Set(['complete']));
    expect(await chargesOf(session)).toHaveLength(1);
  });

  test('paid and expired at the same moment is one of the two, never both', async () => {
    for (let round = 0; round < 10; round += 1) {
      const session = await openSession();
      const method = await tokenize('4242424242424242');
      await Promise.allSettled([
        browser('POST', `payment_pages/${session.id}/confirm`, { payment_method: method }),
        stripe.checkout.sessions.expire(session.id),
      ]);
      const { status } = await stripe.checkout.sessions.retrieve(session.id);
      expect(await chargesOf(session)).toHaveLength(status === 'complete' ? 1 : 0);
    }
  });

  test('cannot be confirmed or canceled past the session', async () => {
    const session = await openSession();
    const intent = String(session.payment_intent);
    await expect(stripe.paymentIntents.confirm(intent, { payment_method: 'tok_visa' })).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    await expect(stripe.paymentIntents.cancel(intent)).rejects.toMatchObject({ statusCode: 400 });
  });

  test('expires when asked, and takes no money afterwards', async () => {
    const session = await openSession();
    const method = await tokenize('4242424242424242');
    const expired = await stripe.checkout.sessions.expire(session.id, { expand: ['payment_intent'] });
    expect(expired).toMatchObject({ status: 'expired', url: null, payment_intent: { status: 'canceled' } });
    const answer = await browser('POST', `payment_pages/${session.id}/confirm`, { payment_method: method });
    expect(answer).toMatchObject({ status: 200, body: { status: 'expired' } });
    expect(await chargesOf(session)).toEqual([]);
    await expect(stripe.checkout.sessions.expire(session.id)).rejects.toMatchObject({ statusCode: 400 });
  });

  test('expires by itself when its time is over', async () => {
    const session = await openSession({ expires_at: Math.floor(Date.now() / 1000) + 1 });
    await vi.waitFor(async () => expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('expired'), {
      timeout: 10_000,
      interval: 100,
    });
  });

  test('is extended by 30 minutes, never beyond 24 hours', async () => {
    const soon = Math.floor(Date.now() / 1000) + 60;
    const short = await openSession({ expires_at: soon });
    expect((await browser('POST', `payment_pages/${short.id}/extend`, {})).body.expires_at).toBe(soon + 1_800);
    const longest = await openSession();
    expect((await browser('POST', `payment_pages/${longest.id}/extend`, {})).body.expires_at).toBe(longest.expires_at);
  });

  test('refuses mixed currencies, no lines, and a life outside the bounds', async () => {
    const mixed = [
      line('A', 's', 100, 1),
      { ...line('B', 's', 100, 1), price_data: { ...line('B', 's', 100, 1).price_data, currency: 'eur' } },
    ];
    await expect(openSession({ line_items: mixed })).rejects.toMatchObject({ statusCode: 400 });
    await expect(openSession({ line_items: [] })).rejects.toMatchObject({ param: 'line_items' });
    const tooLate = Math.floor(Date.now() / 1000) + 48 * 3_600;
    await expect(openSession({ expires_at: tooLate })).rejects.toMatchObject({ param: 'expires_at' });
  });
});

describe('3-D Secure on the hosted page', () => {
  test('asks first, then charges when approved; a second answer changes nothing', async () => {
    const session = await openSession();
    const asked = await pay(session.id, '4000000000003220');
    expect(asked.body).toMatchObject({
      status: 'open',
      payment_intent: {
        status: 'requires_action',
        next_action: { type: 'redirect_to_url', redirect_to_url: { url: `${HOSTED_PAGE}/${session.id}/challenge` } },
      },
    });
    expect(await chargesOf(session)).toEqual([]);
    const answer = (outcome: string) => browser('POST', `payment_pages/${session.id}/challenge`, { outcome });
    expect(await answer('approve')).toMatchObject({ status: 200, body: { status: 'complete' } });
    expect(await answer('fail')).toMatchObject({ status: 200, body: { status: 'complete' } });
    expect(await chargesOf(session)).toHaveLength(1);
  });

  test.each([
    ['4000000000003220', 'fail', 'payment_intent_authentication_failure'],
    ['4000000000003220', 'cancel', 'payment_intent_authentication_failure'],
    ['4000008400001629', 'approve', 'card_declined'],
    ['4000008400001280', 'approve', 'processing_error'],
    ['4000008260003178', 'approve', 'card_declined'],
  ])('with %s and "%s" ends in %s, and the session stays open', async (card, outcome, code) => {
    const session = await openSession();
    await pay(session.id, card);
    const answer = await browser('POST', `payment_pages/${session.id}/challenge`, { outcome });
    expect(answer).toMatchObject({ status: 402, body: { error: { code } } });
    expect((await browser('GET', `payment_pages/${session.id}`)).body.status).toBe('open');
  });
});

describe('the card form without JavaScript', () => {
  async function submit(session: string, number: string) {
    const body = new URLSearchParams({ 'card[number]': number, 'card[exp]': '12 / 34', 'card[cvc]': '123' });
    const url = `${simulator.url}/v1/payment_pages/${session}/form`;
    const response = await fetch(url, { method: 'POST', body, redirect: 'manual' });
    return { status: response.status, location: response.headers.get('location') };
  }

  test.each([
    ['4242 4242 4242 4242', (id: string) => `https://shop.example/thanks?session=${id}`],
    ['4000000000009995', (id: string) => `${HOSTED_PAGE}/${id}?declined=insufficient_funds`],
    ['4242424242424241', (id: string) => `${HOSTED_PAGE}/${id}?declined=incorrect_number`],
    ['4000000000003220', (id: string) => `${HOSTED_PAGE}/${id}/challenge`],
  ])('%s leads the browser on', async (number, location) => {
    const { id } = await openSession();
    expect(await submit(id, number)).toEqual({ status: 303, location: location(id) });
  });
});

describe('the vault', () => {
  test.each([
    ['a number that fails Luhn', { 'card[number]': '4242424242424241' }, 'incorrect_number'],
    ['a month that is none', { 'card[exp_month]': '13' }, 'invalid_expiry_month'],
    ['a year that is over', { 'card[exp_year]': '2020' }, 'invalid_expiry_year'],
    ['a security code that is too short', { 'card[cvc]': '12' }, 'invalid_cvc'],
    ['a real card number', { 'card[number]': '4111111111111111' }, 'card_declined'],
  ])('refuses %s', async (_, more, code) => {
    const answer = await browser('POST', 'payment_methods', cardForm('4242424242424242', more));
    expect(answer).toMatchObject({ status: 402, body: { error: { type: 'card_error', code } } });
  });

  test('gives one fingerprint to one card, and brand and last four digits to the API', async () => {
    const first = await stripe.paymentMethods.retrieve(await amex());
    expect(first.card).toMatchObject({ brand: 'amex', last4: '0005', exp_month: 12, exp_year: 2034 });
    const second = await stripe.paymentMethods.retrieve(await amex());
    expect(second.card?.fingerprint).toBe(first.card?.fingerprint);
  });

  test('keeps no card number and no security code in any table, nor in its output', async () => {
    const number = '4000000000009235';
    const cvc = '739';
    const { id } = await openSession();
    await browser('POST', 'payment_methods', cardForm(number, { 'card[cvc]': cvc }));
    await browser('POST', 'payment_methods', cardForm('4111111111111111', { 'card[cvc]': cvc }));
    const form = new URLSearchParams(cardForm(number, { 'card[cvc]': cvc }));
    await fetch(`${simulator.url}/v1/payment_pages/${id}/form`, { method: 'POST', body: form, redirect: 'manual' });
    const forbidden = `${number}|4111111111111111|cvc\\W{0,6}${cvc}`;
    expect(simulator.output()).not.toMatch(new RegExp(forbidden));
    expect(await tablesWith(forbidden)).toEqual([]);
    expect(await tablesWith('last4\\W+9235')).toContain('payment_methods');
  });

  /** Names of the tables in which any row, written as text, matches. */
  async function tablesWith(pattern: string): Promise<string[]> {
    const client = new pg.Client({ connectionString: simulator.database.url });
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
    );
    expect(rows.length).toBeGreaterThan(10);
    const found: string[] = [];
    for (const { name } of rows) {
      const { rowCount } = await client.query(`select from ${name} t where t::text ~ $1 limit 1`, [pattern]);
      if (rowCount) found.push(name);
    }
    await client.end();
    return found;
  }

  async function amex(): Promise<string> {
    const { body } = await browser('POST', 'payment_methods', cardForm('378282246310005', { 'card[cvc]': '1234' }));
    return body.id;
  }
});
