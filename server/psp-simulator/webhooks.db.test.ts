import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startSimulator, type TestSimulator } from '#testing';

const SECRET_KEY = 'sk_test_simulator_platform_secret_key';
const WEBHOOK_SECRET = 'whsec_test_of_webhooks_0000000000000000';
const LONG = { timeout: 20_000, interval: 50 };

/** The merchant's receiver: keeps what it took and answers as it is told. */
interface Receiver {
  readonly url: string;
  readonly taken: { body: string; signature: string }[];
  answer: number | 'hang';
  readonly server: Server;
}

let receiver: Receiver;
let simulator: TestSimulator;
let stripe: Stripe;

beforeEach(async () => {
  receiver = await startReceiver();
  simulator = await startSimulator({
    PSP_WEBHOOK_URL: receiver.url,
    PSP_WEBHOOK_SECRET: WEBHOOK_SECRET,
    PSP_WEBHOOK_RETRY_BASE_MS: '100',
    PSP_WEBHOOK_TIMEOUT_MS: '500',
  });
  const { port } = simulator;
  stripe = new Stripe(SECRET_KEY, { host: '127.0.0.1', port, protocol: 'http', telemetry: false });
});

afterEach(async () => {
  await simulator.stop();
  receiver.server.closeAllConnections();
  receiver.server.close();
});

async function startReceiver(): Promise<Receiver> {
  const taken: Receiver['taken'] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      if (state.answer === 'hang') return;
      if (state.answer < 300) taken.push({ body, signature: String(request.headers['stripe-signature']) });
      response.writeHead(state.answer).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const state: Receiver = { url, taken, answer: 200, server };
  return state;
}

function charge(token = 'tok_visa') {
  return stripe.paymentIntents.create({ amount: 1_000, currency: 'usd', payment_method: token, confirm: true });
}

/** What arrived, each verified by the official SDK. */
function events(): Stripe.Event[] {
  return receiver.taken.map(({ body, signature }) => stripe.webhooks.constructEvent(body, signature, WEBHOOK_SECRET));
}

function types(): string[] {
  return events()
    .map((event) => event.type)
    .sort();
}

async function setFault(form: Record<string, string>): Promise<void> {
  const headers = { authorization: `Bearer ${SECRET_KEY}` };
  const body = new URLSearchParams(form);
  const response = await fetch(`${simulator.url}/v1/test_helpers/faults`, { method: 'POST', headers, body });
  expect(response.status).toBe(200);
}

async function deliveries(): Promise<{ state: string; attempt_count: number }[]> {
  const headers = { authorization: `Bearer ${SECRET_KEY}` };
  const response = await fetch(`${simulator.url}/v1/test_helpers/webhook_deliveries?limit=100`, { headers });
  return ((await response.json()) as { data: { state: string; attempt_count: number }[] }).data;
}

describe('webhooks', () => {
  test('tell a charge, signed so that the official SDK accepts them, with the object as it is', async () => {
    const intent = await charge();
    await vi.waitFor(() => expect(types()).toEqual(['charge.succeeded', 'payment_intent.succeeded']), LONG);
    const told = events().find((event) => event.type === 'payment_intent.succeeded');
    expect(told?.data.object).toEqual(JSON.parse(JSON.stringify(intent)));
    expect((await stripe.events.retrieve(told?.id ?? '')).type).toBe('payment_intent.succeeded');
  });

  test('tell a decline', async () => {
    await charge('tok_chargeDeclined').catch(() => undefined);
    await vi.waitFor(() => expect(types()).toEqual(['payment_intent.payment_failed']), LONG);
  });

  test('with a wrong secret are refused by the SDK', async () => {
    await charge();
    await vi.waitFor(() => expect(receiver.taken.length).toBeGreaterThan(0), LONG);
    const { body = '', signature = '' } = receiver.taken[0] ?? {};
    expect(() => stripe.webhooks.constructEvent(body, signature, 'whsec_another')).toThrow(/signature/);
    expect(() => stripe.webhooks.constructEvent(`${body} `, signature, WEBHOOK_SECRET)).toThrow(/signature/);
  });

  test('are sent again, signed anew, until the receiver takes them', async () => {
    receiver.answer = 500;
    await charge();
    await vi.waitFor(async () => expect((await deliveries()).every((one) => one.attempt_count >= 2)).toBe(true), LONG);
    receiver.answer = 200;
    await vi.waitFor(() => expect(types()).toEqual(['charge.succeeded', 'payment_intent.succeeded']), LONG);
    await vi.waitFor(
      async () => expect((await deliveries()).every((one) => one.state === 'delivered')).toBe(true),
      LONG,
    );
  });

  test('arrive although the receiver hung at first', async () => {
    receiver.answer = 'hang';
    await charge();
    await vi.waitFor(async () => expect((await deliveries()).every((one) => one.attempt_count >= 1)).toBe(true), LONG);
    receiver.answer = 200;
    await vi.waitFor(() => expect(types()).toEqual(['charge.succeeded', 'payment_intent.succeeded']), LONG);
  });

  test('of an acknowledged charge arrive after kill -9 of the simulator', async () => {
    receiver.answer = 503;
    const intents = await Promise.all(Array.from({ length: 20 }, () => charge()));
    await simulator.kill();
    receiver.answer = 200;
    await simulator.start();
    const wanted = new Set(intents.map((intent) => intent.id));
    await vi.waitFor(() => {
      const told = events().filter((event) => event.type === 'payment_intent.succeeded');
      expect(new Set(told.map((event) => (event.data.object as Stripe.PaymentIntent).id))).toEqual(wanted);
    }, LONG);
  });

  test('are dropped, doubled and delayed by faults', async () => {
    await setFault({ kind: 'webhook_drop', match: 'charge.succeeded' });
    await setFault({ kind: 'webhook_double', match: 'payment_intent.succeeded', count: '1' });
    await charge();
    await vi.waitFor(() => expect(types()).toEqual(['payment_intent.succeeded', 'payment_intent.succeeded']), LONG);
    expect(new Set(events().map((event) => event.id)).size).toBe(1);
    await setFault({ kind: 'webhook_delay', match: 'payment_intent.succeeded', count: '1', ms: '700' });
    const started = Date.now();
    await charge();
    await vi.waitFor(() => expect(receiver.taken).toHaveLength(3), LONG);
    expect(Date.now() - started).toBeGreaterThanOrEqual(700);
    expect((await deliveries()).filter((one) => one.state === 'dropped')).toHaveLength(2);
  });

  test('of a hosted session: a decline leaves it open, success completes it, expiry is told', async () => {
    const session = await openSession();
    const confirm = (method: string) =>
      fetch(`${simulator.url}/v1/payment_pages/${session.id}/confirm`, {
        method: 'POST',
        headers: { authorization: 'Bearer pk_test_simulator_platform_publishable_key' },
        body: new URLSearchParams({ payment_method: method }),
      });
    expect((await confirm('tok_chargeDeclined')).status).toBe(402);
    await vi.waitFor(() => expect(types()).toEqual(['payment_intent.payment_failed']), LONG);
    expect((await confirm('tok_visa')).status).toBe(200);
    const paid = [
      'charge.succeeded',
      'checkout.session.completed',
      'payment_intent.payment_failed',
      'payment_intent.succeeded',
    ];
    await vi.waitFor(() => expect(types()).toEqual(paid), LONG);
    const completed = events().find((event) => event.type === 'checkout.session.completed');
    expect(completed?.data.object).toMatchObject({ id: session.id, status: 'complete', payment_status: 'paid' });
    await stripe.checkout.sessions.expire((await openSession()).id);
    const ended = ['checkout.session.expired', 'payment_intent.canceled'];
    await vi.waitFor(() => expect(types()).toEqual([...paid, ...ended].sort()), LONG);
  });

  test('that are forged or replayed come besides the true ones, and the SDK refuses them', async () => {
    await setFault({ kind: 'webhook_forge', match: 'payment_intent.succeeded', count: '1' });
    await setFault({ kind: 'webhook_replay', match: 'charge.succeeded', count: '1' });
    await charge();
    await vi.waitFor(() => expect(receiver.taken).toHaveLength(4), LONG);
    const verdicts = receiver.taken.map(({ body, signature }) => {
      try {
        return stripe.webhooks.constructEvent(body, signature, WEBHOOK_SECRET).type;
      } catch (error) {
        return (error as Error).message.includes('tolerance') ? 'too old' : 'forged';
      }
    });
    expect(verdicts.sort()).toEqual(['charge.succeeded', 'forged', 'payment_intent.succeeded', 'too old']);
    receiver.answer = 400;
    await setFault({ kind: 'webhook_forge', match: 'payment_intent.succeeded', count: '1' });
    await charge();
    await vi.waitFor(
      async () => expect((await deliveries()).filter((one) => one.state === 'given_up')).toHaveLength(1),
      LONG,
    );
  });

  test('overtake one another when they are told to', async () => {
    await setFault({ kind: 'webhook_reorder', match: 'charge.succeeded', ms: '3000' });
    const intents = await Promise.all(Array.from({ length: 8 }, () => charge()));
    await vi.waitFor(() => expect(types()).toHaveLength(2 * intents.length), LONG);
    const told = events().map((event) => (event.data.object as { id: string }).id);
    const charges = intents.map((intent) => String(intent.latest_charge));
    const overtaken = intents.filter(({ id }, index) => told.indexOf(id) < told.indexOf(charges[index] ?? ''));
    expect(overtaken.length).toBeGreaterThan(0);
  });

  test('are signed by both secrets while one rolls', async () => {
    const headers = { authorization: `Bearer ${SECRET_KEY}` };
    const roll = async (expires_in: string) => {
      const path = '/v1/test_helpers/webhook_endpoints/we_configured/roll_secret';
      const body = new URLSearchParams({ expires_in });
      const response = await fetch(`${simulator.url}${path}`, { method: 'POST', headers, body });
      return ((await response.json()) as { secret: string }).secret;
    };
    const second = await roll('3600');
    await charge();
    await vi.waitFor(() => expect(types()).toEqual(['charge.succeeded', 'payment_intent.succeeded']), LONG);
    const verify = (secret: string) =>
      receiver.taken.map(({ body, signature }) => stripe.webhooks.constructEvent(body, signature, secret).type);
    expect(verify(second).sort()).toEqual(types());
    receiver.taken.length = 0;
    const third = await roll('0');
    await charge();
    await vi.waitFor(() => expect(receiver.taken).toHaveLength(2), LONG);
    expect(verify(third)).toHaveLength(2);
    expect(() => verify(second)).toThrow(/signature/);
  });

  test('are sent again when asked, under the id they had', async () => {
    await charge();
    await vi.waitFor(() => expect(types()).toEqual(['charge.succeeded', 'payment_intent.succeeded']), LONG);
    const told = events().find((event) => event.type === 'charge.succeeded')?.id ?? '';
    const again = (form: Record<string, string>) => stripe.rawRequest('POST', `/v1/events/${told}/retry`, form);
    await again({});
    await again({ webhook_endpoint: 'we_configured' });
    await vi.waitFor(() => expect(events().filter((event) => event.id === told)).toHaveLength(3), LONG);
    await expect(again({ webhook_endpoint: 'we_nobody' })).rejects.toMatchObject({ statusCode: 404 });
    await expect(stripe.rawRequest('POST', '/v1/events/evt_nobody/retry')).rejects.toMatchObject({ statusCode: 404 });
  });

  test('go to endpoints made through the API, each with its own secret and its own events', async () => {
    const other = await startReceiver();
    const endpoint = await stripe.webhookEndpoints.create({ url: other.url, enabled_events: ['charge.succeeded'] });
    await charge();
    await vi.waitFor(() => expect(other.taken).toHaveLength(1), LONG);
    const { body = '', signature = '' } = other.taken[0] ?? {};
    expect(stripe.webhooks.constructEvent(body, signature, endpoint.secret ?? '').type).toBe('charge.succeeded');
    expect((await stripe.webhookEndpoints.retrieve(endpoint.id)).secret).toBeUndefined();
    await stripe.webhookEndpoints.del(endpoint.id);
    expect((await stripe.webhookEndpoints.list()).data.map((one) => one.id)).toEqual(['we_configured']);
    other.server.close();
  });
});

function openSession() {
  const price_data = { currency: 'usd', unit_amount: 500, product_data: { name: 'Mug' } };
  const line_items = [{ quantity: 1, price_data }];
  return stripe.checkout.sessions.create({ mode: 'payment', success_url: 'https://shop.example/thanks', line_items });
}
