import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { hashApiKey } from '#auth';
import { installJobs } from '#jobs';
import {
  freePort,
  type Load,
  type LoadAnswer,
  makeDue,
  type OwnPostgres,
  type PaymentSystem,
  startLoad,
  startOwnPostgres,
  startPaymentSystem,
  startProcess,
  type TestProcess,
} from '#testing';

/** API, worker and provider on a PostgreSQL whose postmaster is killed with -9 under load, and started again. */
const KEY = 'sk_test_the_key_of_the_shop_that_lives_on';
/** Longest time from the restart to the first payment, in milliseconds. */
const FIRST_PAYMENT_MS = 10_000;

let postgres: OwnPostgres;
let system: PaymentSystem;
let processes: TestProcess[];
let apiUrl: string;
let workerUrl: string;

beforeAll(async () => {
  postgres = await startOwnPostgres();
  process.env.TEST_POSTGRES_URL = postgres.url;
  const [apiPort, apiMetrics, workerMetrics] = [await freePort(), await freePort(), await freePort()];
  apiUrl = `http://127.0.0.1:${apiPort}`;
  workerUrl = `http://127.0.0.1:${workerMetrics}`;
  system = await startPaymentSystem('postgres_killed', {
    env: {
      PSP_TIMEOUT_MS: '1500',
      RESOLVE_AFTER_MS: '2000',
      API_PORT: String(apiPort),
      API_METRICS_PORT: String(apiMetrics),
      METRICS_PORT: String(workerMetrics),
      LOG_LEVEL: 'warn',
    },
    simulatorEnv: { PSP_WEBHOOK_URL: `${apiUrl}/api/webhooks/psp`, PSP_WEBHOOK_RETRY_BASE_MS: '200' },
  });
  await installJobs(system.database.url);
  await system.owner.query(
    `insert into api_keys (id, name, prefix, key_hash) values ('shop', 'shop', 'sk_test_', $1)`,
    [hashApiKey(KEY)],
  );
  const start = (script: string, url: string) => startProcess({ name: script, script, ready: { url } });
  processes = [
    await start('server/api/main.ts', `${apiUrl}/api/health/live`),
    await start('server/worker/main.ts', `${workerUrl}/health`),
  ];
}, 120_000);

afterAll(async () => {
  for (const child of processes) await child.stop();
  await system.stop();
  await postgres.stop();
});

interface Acknowledged {
  readonly checkoutId: string;
  readonly status: string;
}

/** Payments without end; what was acknowledged, and the answers of those that were not. */
function payWithoutEnd(): { load: Load; acknowledged: Acknowledged[]; refusals: LoadAnswer[] } {
  const acknowledged: Acknowledged[] = [];
  const refusals: LoadAnswer[] = [];
  let made = 0;
  const load = startLoad({
    callers: 8,
    next: () => {
      made += 1;
      return {
        method: 'POST',
        url: `${apiUrl}/api/v1/payments`,
        headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          checkout_id: `killed_${made}`,
          buyer_info: { user_id: 'user_123', email: 'buyer@example.com', name: 'John Doe' },
          credit_card_info: { token: 'tok_visa_4242', last4: '4242' },
          payment_orders: [
            {
              payment_order_id: `killed_order_${made}`,
              seller_account: 'seller_456',
              amount: '29.99',
              currency: 'USD',
            },
          ],
        }),
      };
    },
    onAnswer: (_, answer) => {
      if (answer.status !== 202) return refusals.push(answer);
      const { checkout_id, payment_orders } = JSON.parse(answer.body);
      return acknowledged.push({ checkoutId: checkout_id, status: payment_orders[0].status });
    },
  });
  return { load, acknowledged, refusals };
}

const successes = (all: readonly Acknowledged[]) => all.filter(({ status }) => status === 'SUCCESS').length;

async function statesOf(checkoutIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await system.owner.query<{ checkout_id: string; state: string }>(
    'select checkout_id, state from payment_orders where checkout_id = any($1)',
    [checkoutIds],
  );
  return new Map(rows.map((row) => [row.checkout_id, row.state]));
}

test('T-F9 kill -9 of the postmaster under load ends no process, loses nothing acknowledged, and payments go on after the restart', async () => {
  const ends: string[] = [];
  for (const child of processes) void child.ended.then(() => ends.push(child.name));
  const { load, acknowledged, refusals } = payWithoutEnd();
  await expect.poll(() => successes(acknowledged), { timeout: 30_000 }).toBeGreaterThan(50);

  await postgres.kill();
  await expect.poll(() => refusals.length, { timeout: 30_000 }).toBeGreaterThan(20);
  for (const url of [`${apiUrl}/api/health/ready`, `${workerUrl}/health`]) expect((await fetch(url)).status).toBe(503);
  expect((await fetch(`${apiUrl}/api/health/live`)).status).toBe(200);
  expect((await fetch(`${workerUrl}/health/live`)).status).toBe(200);

  await postgres.start();
  const restartedAt = performance.now();
  const before = successes(acknowledged);
  await expect.poll(() => successes(acknowledged), { timeout: 30_000, interval: 20 }).toBeGreaterThan(before);
  expect(performance.now() - restartedAt).toBeLessThan(FIRST_PAYMENT_MS);
  await load.stop();

  expect(load.broken).toEqual([]);
  expect([...load.statuses.keys()].sort()).toEqual([202, 503]);
  for (const { headers, body } of refusals) {
    expect(headers['retry-after']).toMatch(/^[1-9]/);
    expect(JSON.parse(body)).toMatchObject({ code: 'database_unavailable' });
  }
  expect(ends).toEqual([]);
  expect((await fetch(`${system.simulator.url}/health`)).status).toBe(200);

  const ids = acknowledged.map(({ checkoutId }) => checkoutId);
  const states = await statesOf(ids);
  for (const { checkoutId, status } of acknowledged) {
    expect(states.has(checkoutId)).toBe(true);
    if (status === 'SUCCESS') expect(states.get(checkoutId)).toBe('SUCCESS');
  }
  await vi.waitFor(
    async () => {
      await makeDue(system.owner);
      expect(new Set((await statesOf(ids)).values())).toEqual(new Set(['SUCCESS']));
      const { rows } = await system.owner.query('select id from payment_attempts where finished_at is null');
      expect(rows).toEqual([]);
    },
    { timeout: 40_000, interval: 200 },
  );
  expect(await system.problems()).toEqual([]);
  for (const url of [`${apiUrl}/api/health/ready`, `${workerUrl}/health`])
    await expect.poll(async () => (await fetch(url)).status, { timeout: 15_000 }).toBe(200);
}, 150_000);
