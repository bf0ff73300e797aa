import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSimulator, type TestSimulator } from '#testing';

const SECRET_KEY = 'sk_test_simulator_platform_secret_key';
const WEBHOOK_SECRET = 'whsec_test_of_the_clock_000000000000000';
const DAY = 86_400;

/** The merchant's receiver, which may be out of order. */
const receiver = { answer: 200, taken: [] as { body: string; signature: string }[] };
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    if (receiver.answer < 300) receiver.taken.push({ body, signature: String(request.headers['stripe-signature']) });
    response.writeHead(receiver.answer).end();
  });
});

let simulator: TestSimulator;
let stripe: Stripe;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  simulator = await startSimulator({
    PSP_WEBHOOK_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    PSP_WEBHOOK_SECRET: WEBHOOK_SECRET,
    PSP_WEBHOOK_EVENTS: '*',
    PSP_REFUND_DELAY_MS: '60000',
  });
  const { port } = simulator;
  stripe = new Stripe(SECRET_KEY, { host: '127.0.0.1', port, protocol: 'http', telemetry: false });
});
afterAll(async () => {
  await simulator.stop();
  server.close();
});

interface Clock {
  now: number;
  frozen: boolean;
  offset_ms: number | null;
}

async function call(path: string, form?: Record<string, string>): Promise<{ status: number; body: unknown }> {
  const headers = { authorization: `Bearer ${SECRET_KEY}` };
  const init = form && { method: 'POST', body: new URLSearchParams(form) };
  const response = await fetch(`${simulator.url}/v1/test_helpers/${path}`, { ...init, headers });
  return { status: response.status, body: await response.json() };
}

async function clock(form?: Record<string, string>): Promise<Clock> {
  const { status, body } = await call('clock', form);
  expect(body).toMatchObject({ object: 'clock' });
  expect(status).toBe(200);
  return body as Clock;
}

const charge = (payment_method = 'pm_card_visa') =>
  stripe.paymentIntents.create({ amount: 1_000, currency: 'usd', payment_method, confirm: true });

test('without a word the clock shows real time and runs', async () => {
  const { now, frozen, offset_ms } = await clock();
  expect(Math.abs(now - Date.now() / 1_000)).toBeLessThan(5);
  expect({ frozen, offset_ms }).toEqual({ frozen: false, offset_ms: 0 });
});

test('a travel does what falls due on the way, in the order of its time, before it answers', async () => {
  const { now } = await clock({ frozen: 'true' });
  const price_data = { currency: 'usd', unit_amount: 500, product_data: { name: 'Mug' } };
  const session = await stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: 'https://shop.example/thanks',
    line_items: [{ quantity: 1, price_data }],
    expires_at: now + 1_800,
  });
  const paid = await charge('pm_card_pendingRefund');
  const refund = await stripe.refunds.create({ payment_intent: paid.id });
  expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({ created: now, status: 'pending' });

  expect((await clock({ advance: String(DAY) })).now).toBe(now + DAY);
  const told = (await stripe.events.list({ limit: 100 })).data.toReversed();
  expect(told.slice(-3).map(({ type, created }) => [type, created - now])).toEqual([
    ['refund.updated', 60],
    ['payment_intent.canceled', 1_800],
    ['checkout.session.expired', 1_800],
  ]);
  expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ status: 'expired' });
  expect(receiver.taken.map(({ body }) => (JSON.parse(body) as Stripe.Event).id)).toEqual(
    expect.arrayContaining(told.map(({ id }) => id)),
  );
});

test('the money of a charge is available two business days later', async () => {
  const { latest_charge } = await charge();
  const booked = async () =>
    (await stripe.charges.retrieve(String(latest_charge), { expand: ['balance_transaction'] }))
      .balance_transaction as Stripe.BalanceTransaction;
  const { status, available_on, created } = await booked();
  expect(status).toBe('pending');
  expect(available_on - created).toBeGreaterThan(DAY);
  await clock({ to: String(available_on - 1) });
  expect((await booked()).status).toBe('pending');
  await clock({ to: String(available_on) });
  expect((await booked()).status).toBe('available');
});

test('deliveries are tried at their times and given up after three days, whatever real time says', async () => {
  receiver.answer = 500;
  const { id } = await charge();
  await clock({ advance: String(4 * DAY) });
  const { data: events } = await stripe.events.list({ type: 'payment_intent.succeeded', limit: 1 });
  expect(events[0]?.data.object).toMatchObject({ id });
  const { body } = await call(`webhook_deliveries?event=${events[0]?.id}`);
  const [delivery] = (body as { data: { state: string; attempts: { at: string }[] }[] }).data;
  expect(delivery?.state).toBe('given_up');
  const times = delivery?.attempts.map(({ at }) => Date.parse(at) / 1_000) ?? [];
  const waits = times.slice(1).map((at, index) => Math.round(at - (times[index] ?? 0)));
  expect(waits).toEqual([1, 4, 16, 64, 256, 1_024, 4_096, 16_384, ...Array(6).fill(43_200)]);
  receiver.answer = 200;
});

test('what is sent is signed with real time, which receivers check against their own', async () => {
  receiver.taken.length = 0;
  await charge();
  await clock({ advance: '1' });
  const { body = '', signature = '' } = receiver.taken.at(-1) ?? {};
  const event = stripe.webhooks.constructEvent(body, signature, WEBHOOK_SECRET);
  expect(event.created).toBeGreaterThan(Date.now() / 1_000 + 4 * DAY);
});

test('the clock survives a kill, frozen or running', async () => {
  const before = await clock();
  expect(before.frozen).toBe(true);
  await simulator.kill();
  await simulator.start();
  expect(await clock()).toEqual(before);
  const running = await clock({ frozen: 'false' });
  expect(running.frozen).toBe(false);
  await simulator.kill();
  await simulator.start();
  const after = await clock();
  expect(after.now).toBeGreaterThanOrEqual(before.now);
  expect(after.offset_ms).toBe(running.offset_ms);
});

test('travels at the same time go one after the other, each its whole way', async () => {
  const { now } = await clock({ frozen: 'true' });
  await Promise.all(Array.from({ length: 5 }, () => clock({ advance: '10' })));
  expect((await clock()).now).toBe(now + 50);
});

test.each([
  ['back', { to: '1000' }],
  ['forward by less than nothing', { advance: '-1' }],
  ['too far', { to: '99999999999' }],
  ['by and to', { advance: '1', to: '99999999999' }],
  ['with an unknown word', { rewind: '1' }],
])('the clock does not go %s', async (_, form) => {
  const before = await clock({ frozen: 'true' });
  expect((await call('clock', form as Record<string, string>)).status).toBe(400);
  expect(await clock()).toEqual(before);
});
