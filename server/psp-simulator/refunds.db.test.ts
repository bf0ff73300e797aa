import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startSimulator, type TestSimulator } from '#testing';

const SECRET_KEY = 'sk_test_simulator_platform_secret_key';
const SOON = { timeout: 10_000, interval: 20 };

let simulator: TestSimulator;
let stripe: Stripe;

beforeAll(async () => {
  simulator = await startSimulator({ PSP_REFUND_DELAY_MS: '300' });
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

async function charge(amount = 10_000, payment_method = 'pm_card_visa'): Promise<{ intent: string; charge: string }> {
  const intent = await stripe.paymentIntents.create({ amount, currency: 'usd', payment_method, confirm: true });
  return { intent: intent.id, charge: String(intent.latest_charge) };
}

const refund = (params: Stripe.RefundCreateParams, idempotencyKey: string = randomUUID()) =>
  stripe.refunds.create(params, { idempotencyKey });

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

interface JournalLine {
  id: string;
  amount: number;
  status: string;
  charge: string;
  refund_id: string | null;
}

const journal = async () => (await helper<{ data: JournalLine[] }>('refund_journal?limit=1000')).data;
const givenBack = async (chargeId: string) => (await journal()).filter((line) => line.charge === chargeId);
const eventsOf = async (objectId: string) =>
  (await stripe.events.list({ limit: 100 })).data
    .filter((event) => (event.data.object as { id: string }).id === objectId)
    .map((event) => event.type)
    .toReversed();

test('a refund gives all of it back, keeps the fee, and tells so', async () => {
  const paid = await charge();
  const made = await stripe.refunds.create({
    payment_intent: paid.intent,
    reason: 'requested_by_customer',
    metadata: { refund_id: 'rfd_1' },
    expand: ['balance_transaction', 'charge'],
  });
  expect(made).toMatchObject({
    object: 'refund',
    amount: 10_000,
    status: 'succeeded',
    reason: 'requested_by_customer',
    balance_transaction: { type: 'refund', amount: -10_000, fee: 0, net: -10_000, fee_details: [] },
    charge: { id: paid.charge, amount_refunded: 10_000, refunded: true },
  });
  expect(await stripe.refunds.retrieve(made.id)).toMatchObject({ id: made.id, metadata: { refund_id: 'rfd_1' } });
  expect(await stripe.charges.retrieve(paid.charge)).toMatchObject({ amount_refunded: 10_000, refunded: true });
  expect(await eventsOf(made.id)).toEqual(['refund.created']);
  expect(await eventsOf(paid.charge)).toEqual(['charge.succeeded', 'charge.refunded']);
  expect(await helper('refund_journal?refund_id=rfd_1')).toMatchObject({ data: [{ id: made.id, amount: 10_000 }] });
  expect(await errorOf(refund({ charge: paid.charge }))).toMatchObject({
    statusCode: 400,
    code: 'charge_already_refunded',
  });
});

test('the refunds of a payment are listed, so that a lost one is found by its metadata', async () => {
  const [one, other] = [await charge(), await charge()];
  const made = await refund({ payment_intent: one.intent, amount: 100, metadata: { refund_id: 'rfd_of_one' } });
  await refund({ charge: one.charge, amount: 200 });
  await refund({ charge: other.charge });
  const { data } = await stripe.refunds.list({ payment_intent: one.intent });
  expect(data.map((line) => line.amount)).toEqual([200, 100]);
  expect(data.find((line) => line.metadata?.refund_id === 'rfd_of_one')?.id).toBe(made.id);
  expect((await stripe.refunds.list({ charge: other.charge })).data).toHaveLength(1);
});

test('T-R1 two refunds of $60 of a $100 charge at once: one is made, the other is told what is left', async () => {
  const paid = await charge();
  const settled = await Promise.allSettled([1, 2].map(() => refund({ charge: paid.charge, amount: 6_000 })));
  const refused = settled.flatMap((one) =>
    one.status === 'rejected' ? [one.reason as Stripe.errors.StripeError] : [],
  );
  expect(refused).toMatchObject([
    {
      type: 'StripeInvalidRequestError',
      statusCode: 400,
      param: 'amount',
      message: 'Refund amount ($60.00) is greater than unrefunded amount on charge ($40.00)',
    },
  ]);
  expect((await givenBack(paid.charge)).map((line) => line.amount)).toEqual([6_000]);
});

test('T-R1 fifty partial refunds at once never come to more than the charge', async () => {
  const paid = await charge();
  const settled = await Promise.allSettled(
    Array.from({ length: 50 }, () => refund({ payment_intent: paid.intent, amount: 700 })),
  );
  expect(settled.filter((one) => one.status === 'fulfilled')).toHaveLength(14);
  expect((await givenBack(paid.charge)).reduce((sum, line) => sum + line.amount, 0)).toBe(9_800);
  expect(await stripe.charges.retrieve(paid.charge)).toMatchObject({ amount_refunded: 9_800, refunded: false });
  expect(await refund({ charge: paid.charge })).toMatchObject({ amount: 200 });
});

test.each([
  ['nothing', { amount: 0 }],
  ['a negative amount', { amount: -100 }],
  ['half a cent', { amount: 10.5 }],
  ['more than was charged', { amount: 10_001 }],
  ['an amount beyond all bounds', { amount: 2 ** 60 }],
  ['an unknown reason', { reason: 'because' as 'duplicate' }],
  ['an unknown parameter', { colour: 'red' }],
])('T-R2 a refund of %s is refused, and nothing is changed', async (_, change) => {
  const paid = await charge();
  const before = await helper('audit');
  expect(await errorOf(refund({ charge: paid.charge, ...change }))).toMatchObject({ statusCode: 400 });
  expect(await helper('audit')).toEqual(before);
  expect(await stripe.charges.retrieve(paid.charge)).toMatchObject({ amount_refunded: 0 });
});

test('a refund of what was never charged is refused', async () => {
  const open = await stripe.paymentIntents.create({ amount: 100, currency: 'usd' });
  const declined = await errorOf(charge(100, 'pm_card_visa_chargeDeclined'));
  const paid = await charge();
  for (const params of [
    {},
    { payment_intent: paid.intent, charge: paid.charge },
    { payment_intent: open.id },
    { payment_intent: declined.payment_intent?.id },
  ] as Stripe.RefundCreateParams[])
    expect(await errorOf(refund(params))).toMatchObject({ statusCode: 400 });
  expect(await errorOf(refund({ charge: 'ch_nobody' }))).toMatchObject({ statusCode: 404, code: 'resource_missing' });
  expect(await errorOf(refund({ payment_intent: 'pi_nobody' }))).toMatchObject({ statusCode: 404 });
  expect(await errorOf(stripe.refunds.retrieve('re_nobody'))).toMatchObject({ statusCode: 404 });
});

describe('a refund key', () => {
  test('gives back once, however often and however concurrently it is sent', async () => {
    const paid = await charge();
    const key = randomUUID();
    const settled = await Promise.allSettled(
      Array.from({ length: 10 }, () => refund({ charge: paid.charge, amount: 100 }, key)),
    );
    const again = await refund({ charge: paid.charge, amount: 100 }, key);
    for (const one of settled) {
      if (one.status === 'fulfilled') expect(one.value.id).toBe(again.id);
      else expect(one.reason).toMatchObject({ statusCode: 409 });
    }
    expect(await givenBack(paid.charge)).toHaveLength(1);
    expect(await errorOf(refund({ charge: paid.charge, amount: 101 }, key))).toMatchObject({ statusCode: 400 });
  });

  test('whose answer was lost replays it', async () => {
    const paid = await charge();
    const key = randomUUID();
    const body = new URLSearchParams({ kind: 'answer_lost', match: '/v1/refunds', count: '1' });
    await helper('faults', { method: 'POST', body });
    expect(await errorOf(refund({ charge: paid.charge }, key))).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    const [line] = await givenBack(paid.charge);
    expect((await refund({ charge: paid.charge }, key)).id).toBe(line?.id);
    expect(await givenBack(paid.charge)).toHaveLength(1);
  });
});

test('a pending refund has left the balance and succeeds a moment later', async () => {
  const paid = await charge(10_000, 'pm_card_pendingRefund');
  const made = await refund({ charge: paid.charge, amount: 4_000 });
  expect(made).toMatchObject({ status: 'pending', balance_transaction: expect.stringMatching(/^txn_/) });
  await vi.waitFor(
    async () => expect(await stripe.refunds.retrieve(made.id)).toMatchObject({ status: 'succeeded' }),
    SOON,
  );
  expect(await eventsOf(made.id)).toEqual(['refund.created', 'refund.updated']);
  expect(await stripe.charges.retrieve(paid.charge)).toMatchObject({ amount_refunded: 4_000 });
});

test('a refund that fails later comes back to the balance, once, and may be made again', async () => {
  const paid = await charge(10_000, 'tok_refundFail');
  const made = await refund({ charge: paid.charge });
  expect(made.status).toBe('succeeded');
  const failed = await vi.waitFor(async () => {
    const now = await stripe.refunds.retrieve(made.id, { expand: ['failure_balance_transaction'] });
    expect(now.status).toBe('failed');
    return now;
  }, SOON);
  expect(failed).toMatchObject({
    failure_reason: 'expired_or_canceled_card',
    failure_balance_transaction: { type: 'refund_failure', amount: 10_000, fee: 0, net: 10_000 },
  });
  expect(await eventsOf(made.id)).toEqual(['refund.created', 'refund.updated', 'refund.failed']);
  expect(await stripe.charges.retrieve(paid.charge)).toMatchObject({ amount_refunded: 0, refunded: false });
  expect(await givenBack(paid.charge)).toEqual([]);
  expect(await refund({ charge: paid.charge, amount: 1 })).toMatchObject({ amount: 1 });
});

test('a pending refund that is called back returns its money; a done one cannot be called back', async () => {
  const paid = await charge(10_000, 'pm_card_pendingRefund');
  const made = await refund({ charge: paid.charge, amount: 4_000 });
  const canceled = await stripe.refunds.cancel(made.id, { expand: ['failure_balance_transaction'] });
  expect(canceled).toMatchObject({ status: 'canceled', failure_balance_transaction: { amount: 4_000 } });
  expect(await stripe.charges.retrieve(paid.charge)).toMatchObject({ amount_refunded: 0 });
  expect(await givenBack(paid.charge)).toEqual([]);
  expect(await errorOf(stripe.refunds.cancel(made.id))).toMatchObject({ code: 'resource_invalid_state' });
  expect(await eventsOf(made.id)).toEqual(['refund.created', 'refund.updated']);
  const done = await refund({ charge: (await charge()).charge });
  expect(await errorOf(stripe.refunds.cancel(done.id))).toMatchObject({ statusCode: 400 });
  expect(await errorOf(stripe.refunds.cancel('re_nobody'))).toMatchObject({ statusCode: 404 });
});

test('metadata is all that can be changed of a refund', async () => {
  const made = await refund({ charge: (await charge()).charge, metadata: { refund_id: 'rfd_meta' } });
  expect(await stripe.refunds.update(made.id, { metadata: { note: 'called' } })).toMatchObject({
    metadata: { refund_id: 'rfd_meta', note: 'called' },
  });
  expect(await errorOf(stripe.refunds.update(made.id, { amount: 1 } as object))).toMatchObject({
    code: 'parameter_unknown',
  });
});

test('a refund under way when the process is killed goes on after the restart', async () => {
  const paid = await charge(10_000, 'pm_card_pendingRefund');
  const made = await refund({ charge: paid.charge });
  await simulator.kill();
  await simulator.start();
  await vi.waitFor(
    async () => expect(await stripe.refunds.retrieve(made.id)).toMatchObject({ status: 'succeeded' }),
    SOON,
  );
});

test('fault answer_wrong_amount: the answer lies by one, asking again tells the truth', async () => {
  const lie = (match: string) =>
    helper('faults', { method: 'POST', body: new URLSearchParams({ kind: 'answer_wrong_amount', match, count: '1' }) });
  await lie('/v1/payment_intents');
  const intent = await stripe.paymentIntents.create({
    amount: 500,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
  });
  expect(intent.amount_received).toBe(501);
  expect((await stripe.paymentIntents.retrieve(intent.id)).amount_received).toBe(500);
  await lie('/v1/refunds');
  const made = await refund({ payment_intent: intent.id });
  expect(made.amount).toBe(501);
  expect((await stripe.refunds.retrieve(made.id)).amount).toBe(500);
});

test('after all of it the books add up, and the balance is what the transactions say', async () => {
  const { balanced, refunds } = await helper<{ balanced: boolean; refunds: number }>('audit');
  expect(balanced).toBe(true);
  expect(refunds).toBe((await journal()).length);
  const transactions = await stripe.balanceTransactions.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 });
  const balance = await stripe.balance.retrieve();
  const owed = [...balance.pending, ...balance.available].reduce((sum, { amount }) => sum + amount, 0);
  expect(owed).toBe(transactions.reduce((sum, one) => sum + one.net, 0));
});
