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

async function pay(payment_method = 'pm_card_visa'): Promise<{ intent: string; charge: string }> {
  const intent = await stripe.paymentIntents.create({
    amount: 10_000,
    currency: 'usd',
    payment_method,
    confirm: true,
  });
  return { intent: intent.id, charge: String(intent.latest_charge) };
}

/** Waits until the bank of the card that was charged disputes. */
async function disputeOf({ charge }: { charge: string }): Promise<Stripe.Dispute> {
  return vi.waitFor(async () => {
    const [dispute] = (await stripe.disputes.list({ charge })).data;
    if (!dispute) throw new Error('there is no dispute yet');
    return dispute;
  }, SOON);
}

const becomes = (id: string, status: string) =>
  vi.waitFor(async () => {
    const dispute = await stripe.disputes.retrieve(id);
    expect(dispute.status).toBe(status);
    return dispute;
  }, SOON);

const say = (id: string, words: string, more: Stripe.DisputeUpdateParams = {}) =>
  stripe.disputes.update(id, { evidence: { uncategorized_text: words }, ...more });

async function errorOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  return call.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error) => error as Stripe.errors.StripeError,
  );
}

async function helper<T>(path: string, form?: Record<string, string>): Promise<T> {
  const headers = { authorization: `Bearer ${SECRET_KEY}` };
  const init = form ? { method: 'POST', body: new URLSearchParams(form) } : {};
  const response = await fetch(`${simulator.url}/v1/test_helpers/${path}`, { ...init, headers });
  if (response.status !== 200) throw new Error(await response.text());
  return response.json() as Promise<T>;
}

const open = (charge: string, more: Record<string, string> = {}) =>
  helper<Stripe.Dispute>('disputes', { charge, ...more });

async function eventsOf(id: string): Promise<string[]> {
  const { data } = await stripe.events.list({ limit: 100 });
  return data
    .filter((event) => (event.data.object as { id: string }).id === id)
    .map((event) => event.type)
    .toReversed();
}

async function owed(): Promise<number> {
  const { pending, available } = await stripe.balance.retrieve();
  return [...pending, ...available].reduce((sum, { amount }) => sum + amount, 0);
}

test.each([
  ['pm_card_createDispute', 'fraudulent'],
  ['tok_createDisputeProductNotReceived', 'product_not_received'],
])('%s: the bank takes the amount and a fee a moment after the charge', async (method, reason) => {
  const paid = await pay(method);
  const before = await owed();
  const dispute = await disputeOf(paid);
  expect(dispute).toMatchObject({
    object: 'dispute',
    amount: 10_000,
    reason,
    status: 'needs_response',
    payment_intent: paid.intent,
    is_charge_refundable: false,
    evidence_details: { has_evidence: false, past_due: false, submission_count: 0 },
    balance_transactions: [
      {
        type: 'adjustment',
        reporting_category: 'dispute',
        amount: -10_000,
        fee: 1_500,
        net: -11_500,
        fee_details: [{ amount: 1_500, description: 'Dispute fee' }],
        source: dispute.id,
      },
    ],
  });
  expect(await owed()).toBe(before - 11_500);
  expect(await stripe.charges.retrieve(paid.charge)).toMatchObject({ disputed: true, amount_refunded: 0 });
  expect(await eventsOf(dispute.id)).toEqual(['charge.dispute.created', 'charge.dispute.funds_withdrawn']);
  expect(await errorOf(stripe.refunds.create({ charge: paid.charge }))).toMatchObject({ code: 'charge_disputed' });
});

test('winning evidence gives the amount back, not the fee', async () => {
  const { id } = await disputeOf(await pay('pm_card_createDispute'));
  const before = await owed();
  expect(await say(id, 'winning_evidence')).toMatchObject({
    status: 'under_review',
    evidence: { uncategorized_text: 'winning_evidence', receipt: null },
    evidence_details: { has_evidence: true, submission_count: 1, submission_method: 'manual' },
  });
  const won = await becomes(id, 'won');
  expect(won.balance_transactions.map((one) => [one.reporting_category, one.net])).toEqual([
    ['dispute', -11_500],
    ['dispute_reversal', 10_000],
  ]);
  expect(await owed()).toBe(before + 10_000);
  expect(await eventsOf(id)).toEqual([
    'charge.dispute.created',
    'charge.dispute.funds_withdrawn',
    'charge.dispute.updated',
    'charge.dispute.closed',
    'charge.dispute.funds_reinstated',
  ]);
  expect(await stripe.refunds.create({ charge: String(won.charge) })).toMatchObject({ status: 'succeeded' });
});

test('losing evidence, and no evidence in time, lose; nothing more moves', async () => {
  const { id } = await disputeOf(await pay('pm_card_createDispute'));
  const late = await open((await pay()).charge, { due_in: '1' });
  const before = await owed();
  await say(id, 'losing_evidence');
  await becomes(id, 'lost');
  await becomes(late.id, 'lost');
  expect(await owed()).toBe(before);
  expect((await eventsOf(late.id)).at(-1)).toBe('charge.dispute.closed');
  expect(await errorOf(say(late.id, 'winning_evidence'))).toMatchObject({ statusCode: 400 });
});

test('evidence is sent once, and may be put down before it is sent', async () => {
  const { id } = await open((await pay()).charge);
  await say(id, 'we think on', { submit: false });
  expect(await stripe.disputes.update(id, { evidence: { receipt: 'a receipt' }, submit: false })).toMatchObject({
    status: 'needs_response',
    evidence: { uncategorized_text: 'we think on', receipt: 'a receipt' },
    evidence_details: { has_evidence: true, submission_count: 0 },
  });
  expect(await stripe.disputes.update(id, { submit: true })).toMatchObject({ status: 'under_review' });
  expect(await errorOf(say(id, 'winning_evidence'))).toMatchObject({ code: 'resource_invalid_state' });
  expect(await stripe.disputes.update(id, { metadata: { note: 'sent' } })).toMatchObject({
    metadata: { note: 'sent' },
  });
  expect(await helper(`disputes/${id}/decide`, { outcome: 'win' })).toMatchObject({ status: 'won' });
});

test('closing accepts it: it is lost, once', async () => {
  const { id } = await open((await pay()).charge);
  const key = randomUUID();
  expect(await stripe.disputes.close(id, {}, { idempotencyKey: key })).toMatchObject({ status: 'lost' });
  expect((await stripe.disputes.close(id, {}, { idempotencyKey: key })).status).toBe('lost');
  expect(await errorOf(stripe.disputes.close(id))).toMatchObject({ statusCode: 400 });
  expect((await eventsOf(id)).filter((type) => type === 'charge.dispute.closed')).toHaveLength(1);
});

test('an inquiry moves nothing; it ends when it is answered well, refunded, or nobody asks further', async () => {
  const before = await owed();
  const answered = await disputeOf(await pay('pm_card_createDisputeInquiry'));
  expect(answered).toMatchObject({
    status: 'warning_needs_response',
    balance_transactions: [],
    is_charge_refundable: true,
  });
  expect(await errorOf(stripe.disputes.close(answered.id))).toMatchObject({ statusCode: 400 });
  await say(answered.id, 'winning_evidence');
  await becomes(answered.id, 'warning_closed');
  const forgotten = await open((await pay()).charge, { inquiry: 'true', due_in: '1' });
  await becomes(forgotten.id, 'warning_closed');
  const charges = (await pay()).charge;
  const refunded = await open(charges, { inquiry: 'true' });
  await stripe.refunds.create({ charge: charges, amount: 4_000 });
  expect((await stripe.disputes.retrieve(refunded.id)).status).toBe('warning_needs_response');
  await stripe.refunds.create({ charge: charges });
  expect((await stripe.disputes.retrieve(refunded.id)).status).toBe('warning_closed');
  expect(await owed()).toBe(before + 2 * (10_000 - 320) - 320);
});

test('an inquiry that becomes a dispute takes the money then, and is answered anew', async () => {
  const { id } = await open((await pay()).charge, { inquiry: 'true' });
  const before = await owed();
  await say(id, 'escalate_inquiry_evidence');
  expect(await becomes(id, 'needs_response')).toMatchObject({
    evidence_details: { submission_count: 0, has_evidence: false },
  });
  expect(await owed()).toBe(before - 11_500);
  expect((await eventsOf(id)).slice(1)).toEqual([
    'charge.dispute.updated',
    'charge.dispute.updated',
    'charge.dispute.funds_withdrawn',
  ]);
  await say(id, 'winning_evidence');
  await becomes(id, 'won');
});

test('a dispute may be about more than the charge, or about what a refund left; a charge is disputed once', async () => {
  const { charge } = await pay();
  expect(await open(charge, { amount: '10500' })).toMatchObject({ amount: 10_500 });
  await expect(open(charge)).rejects.toThrow('charge_disputed');
  const partly = await pay();
  await stripe.refunds.create({ charge: partly.charge, amount: 2_500 });
  expect(await open(partly.charge)).toMatchObject({ amount: 7_500 });
});

test('a refund and a dispute of one charge at once never give its money back twice', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { charge } = await pay();
    const [refund, dispute] = await Promise.allSettled([stripe.refunds.create({ charge }), open(charge)]);
    expect([refund.status, dispute.status].filter((status) => status === 'fulfilled')).toHaveLength(1);
  }
});

test('what was due while the process was dead happens after its restart', async () => {
  const paid = await pay('pm_card_createDispute');
  await simulator.kill();
  await simulator.start();
  const { id } = await disputeOf(paid);
  await say(id, 'winning_evidence');
  await simulator.kill();
  await simulator.start();
  await becomes(id, 'won');
});

test('lists go by charge and intent; what is not there is a 404', async () => {
  const paid = await pay();
  const { id } = await open(paid.charge);
  expect((await stripe.disputes.list({ payment_intent: paid.intent })).data.map((one) => one.id)).toEqual([id]);
  expect(await stripe.disputes.retrieve(id, { expand: ['charge'] })).toMatchObject({ charge: { id: paid.charge } });
  for (const call of [
    stripe.disputes.retrieve('du_nobody'),
    stripe.disputes.update('du_nobody', {}),
    stripe.disputes.close('du_nobody'),
  ])
    expect(await errorOf(call)).toMatchObject({ statusCode: 404, code: 'resource_missing' });
  expect(await errorOf(stripe.disputes.update(id, { colour: 'red' } as object))).toMatchObject({
    code: 'parameter_unknown',
  });
});

test('after all of it the books add up', async () => {
  expect(await helper('audit')).toMatchObject({ balanced: true });
});
