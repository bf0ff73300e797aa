import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSimulator, type TestSimulator } from '#testing';
import { ROUTES } from '../routes.ts';
import { type Claim, type Ids, NOBODY } from './claims.ts';
import { CLAIMS, withFidelity } from './fidelity.ts';
import { dispute } from './merchant-claims.ts';
import { transferred } from './money-claims.ts';

const PAGE = new URL('../../../docs/psp-simulator.md', import.meta.url);
/** stripe-mock, Stripe's own server for the shape of requests. */
const MOCK_URL = process.env.STRIPE_MOCK_URL;
/** Fields of stripe-mock that Stripe leaves out: refunds of a charge unless expanded, reserves of a balance unless there are some. */
const NOT_SENT = ['refunds', 'connect_reserved'];
/** What a real PSP has not, or has under another name; the page tells of them by hand. */
const OURS = /^\w+ (\/v1\/(test_helpers|payment_pages)\/|\/three_d_secure\/)/;

let simulator: TestSimulator;
let stripe: Stripe;
let ids: Ids;

beforeAll(async () => {
  // Nothing happens by itself while lists are paged.
  const never = '600000';
  simulator = await startSimulator({
    PSP_REFUND_DELAY_MS: never,
    PSP_DISPUTE_DELAY_MS: never,
    PSP_BANK_DEBIT_DELAY_MS: never,
  });
  stripe = client(simulator.url);
  ids = await someOfEach();
});
afterAll(() => simulator.stop());

function client(url: string, key = 'sk_test_simulator_platform_secret_key'): Stripe {
  const { hostname, port } = new URL(url);
  return new Stripe(key, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false });
}

async function someOfEach(): Promise<Ids> {
  const { id: intent, latest_charge } = await stripe.paymentIntents.create({
    amount: 2_999,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
    metadata: { attempt_id: 'att_1' },
  });
  const charge = await stripe.charges.retrieve(String(latest_charge));
  const refunds = await Promise.all([1, 2].map(() => stripe.refunds.create({ payment_intent: intent, amount: 100 })));
  const [event] = (await stripe.events.list({ limit: 1 })).data;
  const line_items = [
    { quantity: 1, price_data: { currency: 'usd', unit_amount: 500, product_data: { name: 'Mug' } } },
  ];
  const session = await stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: 'https://x.example',
    line_items,
  });
  const token = await stripe.tokens.create({
    card: { number: '4242424242424242', exp_month: '12', exp_year: '2040', cvc: '123' },
  });
  const hook = await stripe.webhookEndpoints.create({ url: 'https://x.example', enabled_events: ['*'] });
  return {
    intent,
    charge: charge.id,
    refund: refunds[0]?.id ?? '',
    ...(await dispute(stripe)),
    session: session.id,
    method: 'pm_card_visa',
    token: token.id,
    transaction: String(charge.balance_transaction),
    event: event?.id ?? '',
    endpoint: hook.id,
    ...(await transferred(stripe)),
  };
}

type Answer = Record<string, unknown> & { id?: string };

const ask = async (claim: Claim, on: Stripe, about: Ids, idempotencyKey?: string) =>
  (await claim.ask(on, about, idempotencyKey ? { idempotencyKey } : undefined)) as Answer;

async function errorOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  return call.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error) => error as Stripe.errors.StripeError,
  );
}

describe.each(CLAIMS.map((claim) => [claim.endpoint, claim] as const))('%s', (endpoint, claim) => {
  const about = async () => ({ ...ids, ...(await claim.prepare?.(stripe)) });

  test(`answers as the SDK expects it (${claim.level})`, async () => {
    const answer = await ask(claim, stripe, await about());
    expect(answer.object).toBe(claim.object);
    expect(answer.livemode ?? false).toBe(false);
    if (claim.object === 'list')
      expect(answer).toMatchObject({ url: endpoint.slice(4).replace(':id', idIn(endpoint)) });
  });

  test('is closed to a wrong key', async () => {
    expect(await errorOf(ask(claim, client(simulator.url, 'sk_test_of_somebody'), ids))).toMatchObject({
      type: 'StripeAuthenticationError',
      statusCode: 401,
    });
  });

  if (endpoint.includes(':id')) {
    test('knows nothing of what is not there', async () => {
      expect(await errorOf(ask(claim, stripe, NOBODY))).toMatchObject({ statusCode: 404, code: 'resource_missing' });
    });
  }

  if (endpoint.startsWith('POST')) {
    test('gives a key one answer, and refuses the key for anything else', async () => {
      const [key, same] = [randomUUID(), await about()];
      const first = await ask(claim, stripe, same, key);
      const again = await ask(claim, stripe, same, key);
      expect(again.id).toBe(first.id);
      const other = stripe.paymentIntents.create({ amount: 77, currency: 'eur' }, { idempotencyKey: key });
      expect(await errorOf(other)).toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400 });
    });
  }

  test('refuses a parameter that Stripe does not have', async () => {
    const [method = '', template = ''] = endpoint.split(' ');
    // What is deleted takes no parameters at all.
    if (method === 'DELETE') return;
    const path = template.replace(':id', idIn(template));
    const colour = new URLSearchParams({ colour: 'red' });
    const call =
      method === 'GET'
        ? stripe.rawRequest(method, `${path}?${colour}`)
        : stripe.rawRequest(method, path, Object.fromEntries(colour));
    expect(await errorOf(call)).toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError' });
  });
});

/** An id for a path, by the kind of object that the path names. */
function idIn(path: string): string {
  const kinds = { payment_intents: ids.intent, charges: ids.charge, refunds: ids.refund, disputes: ids.dispute };
  const others = { payment_methods: ids.method, tokens: ids.token, events: ids.event, sessions: ids.session };
  const more = { balance_transactions: ids.transaction, webhook_endpoints: ids.endpoint };
  const money = { payouts: ids.payout, accounts: ids.account, transfers: ids.transfer };
  const found = Object.entries({ ...kinds, ...others, ...more, ...money }).find(([name]) => path.includes(`/${name}/`));
  return found?.[1] ?? '';
}

interface Page {
  readonly data: readonly { readonly id: string }[];
  readonly has_more: boolean;
}

describe('a list', () => {
  test.each(['payment_intents', 'charges', 'refunds', 'balance_transactions', 'events', 'checkout/sessions'])(
    '/v1/%s is paged forwards and backwards without a gap',
    async (name) => {
      const page = (params: Record<string, string>) =>
        stripe.rawRequest('GET', `/v1/${name}?${new URLSearchParams(params)}`) as unknown as Promise<Page>;
      const all = (await page({ limit: '2' })).data.map((one) => one.id);
      const first = await page({ limit: '1' });
      const second = await page({ limit: '1', starting_after: all[0] ?? '' });
      const back = await page({ limit: '1', ending_before: all[1] ?? '' });
      expect([first.data[0]?.id, second.data[0]?.id, back.data[0]?.id]).toEqual([all[0], all[1], all[0]]);
      expect(first.has_more).toBe(true);
      expect(await errorOf(page({ limit: '0' }))).toMatchObject({ statusCode: 400, param: 'limit' });
      expect(await errorOf(page({ limit: '101' }))).toMatchObject({ statusCode: 400, param: 'limit' });
    },
  );
});

test('an intent reaches each of its states, and a session each of its own', async () => {
  const usd = { amount: 2_999, currency: 'usd' };
  const paid = { ...usd, confirm: true };
  const account = await stripe.paymentMethods.create({
    type: 'sepa_debit',
    sepa_debit: { iban: 'AT611904300234573201' },
    billing_details: { name: 'Ada Byron', email: 'ada@example.com' },
  });
  const allowed_payment_method_types = ['sepa_debit' as const];
  const intents = await Promise.all([
    stripe.paymentIntents.create(usd),
    stripe.paymentIntents.create({ ...usd, payment_method: 'pm_card_visa' }),
    stripe.paymentIntents.create({ ...paid, payment_method: 'pm_card_threeDSecure2Required' }),
    stripe.paymentIntents.create({
      ...paid,
      payment_method: account.id,
      allowed_payment_method_types,
      currency: 'eur',
    }),
    stripe.paymentIntents.create({ ...paid, payment_method: 'pm_card_visa', capture_method: 'manual' }),
    stripe.paymentIntents.create({ ...paid, payment_method: 'pm_card_visa' }),
    stripe.paymentIntents.create(usd).then(({ id }) => stripe.paymentIntents.cancel(id)),
  ]);
  expect(intents.map(({ status }) => status)).toEqual([
    ...['requires_payment_method', 'requires_confirmation', 'requires_action', 'processing', 'requires_capture'],
    ...['succeeded', 'canceled'],
  ]);
  const session = async () => {
    const price_data = { currency: 'usd', unit_amount: 500, product_data: { name: 'Mug' } };
    return stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: 'https://x.example',
      line_items: [{ quantity: 1, price_data }],
    });
  };
  const [open, bought, expired] = await Promise.all([session(), session(), session()]);
  await stripe.rawRequest('POST', `/v1/payment_pages/${bought.id}/confirm`, { payment_method: 'pm_card_visa' });
  await stripe.checkout.sessions.expire(expired.id);
  const states = [open, bought, expired].map(({ id }) => stripe.checkout.sessions.retrieve(id));
  expect((await Promise.all(states)).map(({ status, payment_status }) => [status, payment_status])).toEqual([
    ['open', 'unpaid'],
    ['complete', 'paid'],
    ['expired', 'unpaid'],
  ]);
});

if (MOCK_URL) {
  const claims = CLAIMS.filter((claim) => !claim.withoutMock).map((claim) => [claim.endpoint, claim] as const);
  test.each(claims)(
    'stripe-mock takes %s too, and answers no field that the simulator leaves out',
    async (_, claim) => {
      const theirs = await ask(claim, client(MOCK_URL, 'sk_test_123'), NOBODY);
      const ours = await ask(claim, stripe, { ...ids, ...(await claim.prepare?.(stripe)) });
      expect(theirs.object).toBe(claim.object);
      const known = [...fieldsOf(ours), ...NOT_SENT];
      expect(fieldsOf(theirs).filter((field) => !known.includes(field))).toEqual([]);
    },
  );
} else {
  test('stripe-mock takes the same requests: STRIPE_MOCK_URL is not set (scripts/stripe-mock.ts, where Go is)', (context) =>
    context.skip());
}

/** Of the object, or of the first one in a list. */
function fieldsOf(answer: Answer): string[] {
  const [first] = Array.isArray(answer.data) ? (answer.data as Answer[]) : [answer];
  return Object.keys(first ?? answer);
}

test('every endpoint of Stripe that the simulator has is claimed, once', () => {
  const routes = ROUTES.map(([method, path]) => `${method} ${path}`).filter((route) => !OURS.test(route));
  expect(CLAIMS.map((claim) => claim.endpoint).sort()).toEqual(routes.sort());
});

test('the page holds the table of these claims', async () => {
  const page = await readFile(PAGE, 'utf8');
  const wanted = withFidelity(page);
  if (process.env.PSP_FIDELITY === 'write') await writeFile(PAGE, wanted);
  else expect(page).toBe(wanted);
});
