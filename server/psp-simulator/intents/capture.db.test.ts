import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startSimulator, type TestSimulator } from '#testing';

const SECRET_KEY = 'sk_test_simulator_platform_secret_key';
const SOON = { timeout: 10_000, interval: 20 };

let simulator: TestSimulator;
let stripe: Stripe;

beforeAll(async () => {
  simulator = await startSimulator({ PSP_DISPUTE_DELAY_MS: '100' });
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

const authorize = (payment_method = 'pm_card_visa') =>
  stripe.paymentIntents.create({
    amount: 10_000,
    currency: 'usd',
    payment_method,
    confirm: true,
    capture_method: 'manual',
    expand: ['latest_charge'],
  });

async function errorOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  return call.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error) => error as Stripe.errors.StripeError,
  );
}

async function eventsOf(...ids: string[]): Promise<string[]> {
  const { data } = await stripe.events.list({ limit: 100 });
  return data
    .filter((event) => ids.includes((event.data.object as { id: string }).id))
    .map((event) => event.type)
    .toReversed();
}

async function owed(): Promise<number> {
  const { pending, available } = await stripe.balance.retrieve();
  return [...pending, ...available].reduce((sum, { amount }) => sum + amount, 0);
}

test('an authorization holds the money and books nothing', async () => {
  const before = await owed();
  const intent = await authorize();
  const charge = intent.latest_charge as Stripe.Charge;
  expect(intent).toMatchObject({
    status: 'requires_capture',
    capture_method: 'manual',
    amount_capturable: 10_000,
    amount_received: 0,
  });
  expect(charge).toMatchObject({ status: 'succeeded', captured: false, amount_captured: 0, balance_transaction: null });
  expect(await owed()).toBe(before);
  expect(await eventsOf(intent.id, charge.id)).toEqual([
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.amount_capturable_updated',
  ]);
  expect(await errorOf(stripe.refunds.create({ charge: charge.id }))).toMatchObject({ statusCode: 404 });
  expect(await errorOf(stripe.paymentIntents.confirm(intent.id))).toMatchObject({ statusCode: 400 });
});

test('capturing takes it, once', async () => {
  const before = await owed();
  const { id } = await authorize();
  const key = randomUUID();
  const captured = await stripe.paymentIntents.capture(
    id,
    { expand: ['latest_charge.balance_transaction'], metadata: { parcel: 'sent' } },
    { idempotencyKey: key },
  );
  expect(captured).toMatchObject({
    status: 'succeeded',
    amount_received: 10_000,
    amount_capturable: 0,
    metadata: { parcel: 'sent' },
    latest_charge: { captured: true, amount_captured: 10_000, balance_transaction: { amount: 10_000, fee: 320 } },
  });
  expect(await owed()).toBe(before + 9_680);
  expect(await errorOf(stripe.paymentIntents.capture(id))).toMatchObject({ code: 'payment_intent_unexpected_state' });
  const charge = (captured.latest_charge as Stripe.Charge).id;
  expect((await eventsOf(id, charge)).slice(-2)).toEqual(['charge.captured', 'payment_intent.succeeded']);
});

test('a part may be captured; no more than that is given back', async () => {
  const { id } = await authorize();
  const captured = await stripe.paymentIntents.capture(id, { amount_to_capture: 7_000 });
  const charge = String(captured.latest_charge);
  expect(captured).toMatchObject({ status: 'succeeded', amount: 10_000, amount_received: 7_000 });
  expect(await stripe.charges.retrieve(charge)).toMatchObject({
    amount: 10_000,
    amount_captured: 7_000,
    refunded: false,
  });
  expect(await errorOf(stripe.refunds.create({ charge, amount: 7_001 }))).toMatchObject({ param: 'amount' });
  expect(await stripe.refunds.create({ charge })).toMatchObject({ amount: 7_000 });
  expect(await stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 7_000, refunded: true });
});

test.each([0, -1, 10_001])('capturing %i of 10,000 is refused, and the hold stays', async (amount_to_capture) => {
  const { id } = await authorize();
  expect(await errorOf(stripe.paymentIntents.capture(id, { amount_to_capture }))).toMatchObject({
    statusCode: 400,
    param: 'amount_to_capture',
  });
  expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_capture');
});

test('cancelling lets the money go', async () => {
  const before = await owed();
  const { id, latest_charge } = await authorize();
  const charge = (latest_charge as Stripe.Charge).id;
  expect(await stripe.paymentIntents.cancel(id)).toMatchObject({ status: 'canceled', amount_capturable: 0 });
  expect(await stripe.charges.retrieve(charge)).toMatchObject({
    captured: false,
    refunded: true,
    amount_refunded: 10_000,
  });
  expect(await owed()).toBe(before);
  expect((await eventsOf(id, charge)).slice(-2)).toEqual(['charge.refunded', 'payment_intent.canceled']);
  expect(await errorOf(stripe.paymentIntents.capture(id))).toMatchObject({ statusCode: 400 });
});

test('capturing and cancelling at once: one of them', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { id } = await authorize();
    const both = await Promise.allSettled([stripe.paymentIntents.capture(id), stripe.paymentIntents.cancel(id)]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(['succeeded', 'canceled']).toContain((await stripe.paymentIntents.retrieve(id)).status);
  }
});

test('what was never authorized, or is not there, cannot be captured', async () => {
  const open = await stripe.paymentIntents.create({ amount: 500, currency: 'usd', capture_method: 'manual' });
  expect(await errorOf(stripe.paymentIntents.capture(open.id))).toMatchObject({ statusCode: 400 });
  expect(await errorOf(stripe.paymentIntents.capture('pi_nobody'))).toMatchObject({ statusCode: 404 });
  expect(await errorOf(authorize('pm_card_visa_chargeDeclined'))).toMatchObject({ code: 'card_declined' });
});

test('a card that disputes does so after the capture', async () => {
  const { id } = await authorize('pm_card_createDispute');
  await stripe.paymentIntents.capture(id, { amount_to_capture: 4_000 });
  await vi.waitFor(async () => {
    const { data } = await stripe.disputes.list({ payment_intent: id });
    expect(data.map((dispute) => dispute.amount)).toEqual([4_000]);
  }, SOON);
});

test('after all of it the books add up', async () => {
  const headers = { authorization: `Bearer ${SECRET_KEY}` };
  const response = await fetch(`${simulator.url}/v1/test_helpers/audit`, { headers });
  expect(await response.json()).toMatchObject({ balanced: true });
});
