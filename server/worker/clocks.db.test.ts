import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hashApiKey } from '#auth';
import { installJobs } from '#jobs';
import { newId } from '#kernel';
import {
  freePort,
  type PaymentSystem,
  startPaymentSystem,
  startProcess,
  type TestProcess,
  type WireRule,
} from '#testing';

/**
 * The API and the worker on machines whose clocks are wrong, each the other way, and jump while they run (F23). What is due, what is
 * too old and what stands in the books goes by the database's clock, so nobody waits for a day that never comes. No test helps here by
 * making anything due.
 */
const KEY = 'sk_test_the_key_of_the_shop_that_lives_on';
const HOUR_MS = 3_600_000;
const WRONG_CLOCK = new URL('../testing/wrong-clock.ts', import.meta.url);
/** Longest time until the worker has found out by itself, in milliseconds. */
const FOUND_OUT_MS = 20_000;

let system: PaymentSystem;
let apiUrl: string;
let workerUrl: string;

beforeAll(async () => {
  const [apiPort, apiMetrics, workerMetrics] = [await freePort(), await freePort(), await freePort()];
  apiUrl = `http://127.0.0.1:${apiPort}`;
  workerUrl = `http://127.0.0.1:${workerMetrics}`;
  system = await startPaymentSystem('clocks', {
    env: {
      PSP_TIMEOUT_MS: '1000',
      RESOLVE_AFTER_MS: '1200',
      API_PORT: String(apiPort),
      API_METRICS_PORT: String(apiMetrics),
      METRICS_PORT: String(workerMetrics),
    },
    simulatorEnv: { PSP_WEBHOOK_URL: `${apiUrl}/api/webhooks/psp`, PSP_WEBHOOK_RETRY_BASE_MS: '200' },
  });
  await installJobs(system.database.url);
  await system.owner.query(
    `insert into api_keys (id, name, prefix, key_hash) values ('shop', 'shop', 'sk_test_', $1)`,
    [hashApiKey(KEY)],
  );
});

afterAll(() => system.stop());

describe.each([
  ['the API is a day ahead, the worker an hour behind', 24 * HOUR_MS, -HOUR_MS],
  ['the API is a day behind, the worker an hour ahead', -24 * HOUR_MS, HOUR_MS],
])('%s', (_, apiWrongBy, workerWrongBy) => {
  let processes: TestProcess[] = [];
  const ids = { lost: newId('chk'), busy: newId('chk'), page: newId('chk'), jump: newId('chk'), jumped: newId('chk') };

  beforeAll(async () => {
    processes = await Promise.all([
      startWithClock('server/api/main.ts', apiWrongBy, `${apiUrl}/api/health/live`),
      startWithClock('server/worker/main.ts', workerWrongBy, `${workerUrl}/health`),
    ]);
  });

  afterEach(() => system.wire.rule());

  afterAll(() => Promise.all(processes.map((one) => one.stop())));

  test('a charge whose answer was lost is found by asking, and credited', async () => {
    await loseNews();
    await pay(ids.lost);
    await becomesPaid(ids.lost);
  });

  test('a provider that is busy is asked again when it wants to be', async () => {
    system.wire.rule(refuseFirst());
    await pay(ids.busy);
    await becomesPaid(ids.busy);
  });

  test('a paid page is known by its webhook, whose age the database tells', async () => {
    const page = await post('/checkouts', checkoutOf(ids.page));
    expect((await system.payPage(page.page_url ?? '')).status).toBe(200);
    await becomesPaid(ids.page);
    const told = `select from webhook_inbox where payload::text like '%' || $1 || '%' and type = 'payment_intent.succeeded'`;
    expect((await system.owner.query(told, [ids.page])).rowCount).toBe(1);
  });

  test('clocks that jump meanwhile change nothing', async () => {
    await loseNews();
    await pay(ids.jump);
    for (const one of processes) one.signal('SIGUSR2');
    await becomesPaid(ids.jump);
    await loseNews();
    await pay(ids.jumped);
    await becomesPaid(ids.jumped);
  });

  test('the books carry the time of the database, and hold', async () => {
    const { rows } = await system.owner.query<{ booked: number; wrong: number }>(
      `select count(*)::int as booked, count(*) filter (where abs(extract(epoch from effective_at - recorded_at)) > 60)::int as wrong
       from ledger_transactions`,
    );
    expect(rows[0]?.booked).toBeGreaterThan(0);
    expect(rows[0]?.wrong).toBe(0);
    expect(await system.problems()).toEqual([]);
  });
});

function startWithClock(script: string, wrongByMs: number, url: string): Promise<TestProcess> {
  const { NODE_OPTIONS = '' } = process.env;
  const env = { NODE_OPTIONS: `${NODE_OPTIONS} --import=${WRONG_CLOCK.href}`, CLOCK_WRONG_BY_MS: String(wrongByMs) };
  return startProcess({ name: script, script, env, ready: { url } });
}

async function post(path: string, body: object): Promise<{ readonly page_url?: string }> {
  const response = await fetch(`${apiUrl}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  expect(response.ok, JSON.stringify(answer)).toBe(true);
  return answer as { page_url?: string };
}

const pay = (checkoutId: string) =>
  post('/payments', { ...checkoutOf(checkoutId), credit_card_info: { token: 'tok_visa_4242', last4: '4242' } });

async function becomesPaid(checkoutId: string): Promise<void> {
  const states = async () => {
    const { rows } = await system.owner.query('select state from payment_orders where checkout_id = $1', [checkoutId]);
    return rows;
  };
  await expect.poll(states, { timeout: FOUND_OUT_MS, interval: 50 }).toEqual([{ state: 'SUCCESS' }]);
}

function checkoutOf(id: string) {
  return {
    checkout_id: id,
    buyer_info: { user_id: 'user_123', email: 'buyer@example.com', name: 'John Doe' },
    payment_orders: [
      { payment_order_id: `${id}.order`, seller_account: 'seller_456', amount: '29.99', currency: 'USD' },
    ],
  };
}

/** The provider charges, and neither its answer nor its webhook ever comes: only asking tells. */
async function loseNews(): Promise<void> {
  await system.fault({ kind: 'webhook_drop', match: 'payment_intent.succeeded', count: 1 });
  system.wire.rule(loseFirstAnswer());
}

function loseFirstAnswer(): WireRule {
  let lost = false;
  return async (call, forward) => {
    const answer = await forward();
    if (lost || call.method !== 'POST') return answer;
    lost = true;
    return 'cut';
  };
}

/** The first call is refused by a provider that wants to be asked again in a second. */
function refuseFirst(): WireRule {
  let refused = false;
  return async (call, forward) => {
    if (refused || call.method !== 'POST') return forward();
    refused = true;
    const error = { type: 'rate_limit_error', message: 'slow down' };
    const headers = { 'content-type': 'application/json', 'retry-after': '1' };
    return { status: 429, headers, body: JSON.stringify({ error }) };
  };
}
