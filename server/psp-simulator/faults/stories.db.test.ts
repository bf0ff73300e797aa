import pg from 'pg';
import Stripe from 'stripe';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startSimulator, type TestSimulator } from '#testing';

const SECRET_KEY = 'sk_test_simulator_platform_secret_key';
const SOON = { timeout: 10_000, interval: 20 };

let simulator: TestSimulator;
let stripe: Stripe;

beforeAll(async () => {
  simulator = await startSimulator({
    PSP_REFUND_DELAY_MS: '100',
    // Nobody listens there: what is to be sent stays to be seen.
    PSP_WEBHOOK_URL: 'http://127.0.0.1:9/',
    PSP_WEBHOOK_EVENTS: '*',
  });
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

async function helper<T>(path: string, form?: Record<string, string>): Promise<T> {
  const headers = { authorization: `Bearer ${SECRET_KEY}` };
  const init = form ? { method: 'POST', body: new URLSearchParams(form) } : {};
  const response = await fetch(`${simulator.url}/v1/test_helpers/${path}`, { ...init, headers });
  if (response.status !== 200) throw new Error(await response.text());
  return response.json() as Promise<T>;
}

const pay = () =>
  stripe.paymentIntents.create({ amount: 1_000, currency: 'usd', payment_method: 'pm_card_visa', confirm: true });

test('a double click pays once, and both clicks learn it', async () => {
  const session = await stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: 'https://shop.example/thanks',
    line_items: [{ quantity: 1, price_data: { currency: 'usd', unit_amount: 500, product_data: { name: 'Mug' } } }],
  });
  const { answers } = await helper<{ answers: unknown[] }>('stories/double_click', { session: session.id });
  const paid = { status: 200, body: { id: session.id, status: 'complete', payment_status: 'paid' } };
  expect(answers).toMatchObject([paid, paid]);
  const charges = await stripe.charges.list({ payment_intent: String(session.payment_intent) });
  expect(charges.data).toHaveLength(1);
});

test('a lost webhook: the next payment is told by nothing, the one after it is', async () => {
  const statesOf = async ({ id, latest_charge }: Stripe.PaymentIntent) => {
    const { data: events } = await stripe.events.list({ limit: 20 });
    const outcomes = events.filter(
      ({ type, data }) =>
        type.endsWith('.succeeded') && [id, latest_charge].includes((data.object as { id: string }).id),
    );
    const logs = await Promise.all(
      outcomes.map((event) => helper<{ data: { state: string }[] }>(`webhook_deliveries?event=${event.id}`)),
    );
    return logs.flatMap(({ data }) => data.map(({ state }) => state));
  };
  expect(await helper('stories/lost_webhook', {})).toMatchObject({
    faults: [{ count: 1 }, { count: 1 }, { count: 1 }],
  });
  expect(await statesOf(await pay())).toEqual(['dropped', 'dropped']);
  expect(await statesOf(await pay())).toEqual(['pending', 'pending']);
});

test('a late refund failure: the next refund succeeds and then fails, a later one does not', async () => {
  await helper('stories/late_refund_failure', {});
  const made = await stripe.refunds.create({ payment_intent: (await pay()).id });
  expect(made.status).toBe('succeeded');
  await vi.waitFor(
    async () => expect(await stripe.refunds.retrieve(made.id)).toMatchObject({ status: 'failed' }),
    SOON,
  );
  const next = await stripe.refunds.create({ payment_intent: (await pay()).id });
  const { data } = await helper<{ data: unknown[] }>('faults/journal?kind=refund_fails_later');
  expect([next.status, data.length]).toEqual(['succeeded', 1]);
});

test('a cent off: one answer says too much, asking again tells the truth', async () => {
  await helper('stories/cent_off', {});
  const intent = await pay();
  expect(intent.amount_received).toBe(1_001);
  expect((await stripe.paymentIntents.retrieve(intent.id)).amount_received).toBe(1_000);
  expect((await pay()).amount_received).toBe(1_000);
});

test('all faults are off once that is asked for, also one whose end was written down when the answer got lost', async () => {
  await helper('faults', { kind: 'status_500', match: '/v1/payment_intents' });
  await expect(pay()).rejects.toThrow();
  const owner = new pg.Client({ connectionString: simulator.database.url });
  await owner.connect();
  await owner.query('update faults set cleared = true');
  await owner.end();
  await expect(pay()).rejects.toThrow();

  const headers = { authorization: `Bearer ${SECRET_KEY}` };
  const cleared = await fetch(`${simulator.url}/v1/test_helpers/faults`, { method: 'DELETE', headers });
  expect(cleared.status).toBe(200);
  await expect(pay()).resolves.toMatchObject({ status: 'succeeded' });
});

test('an unknown story, and a double click of nobody, are refused', async () => {
  await expect(helper('stories/happy_end', {})).rejects.toThrow('resource_missing');
  await expect(helper('stories/double_click', {})).rejects.toThrow('parameter_missing');
});
