import superjson from 'superjson';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { api } from '#api';
import { hashApiKey } from '#auth';
import { installJobs } from '#jobs';
import { observeCheckpoints } from '#kernel';
import { createCheckout } from '#payments';
import { freePort, type PaymentSystem, samplePayment, startPaymentSystem, startProcess } from '#testing';
import { handleTrpc } from '#trpc';

const API_KEY = 'sk_test_the_key_of_a_shop_that_went_away';
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('abandoned');
  await installJobs(system.database.url);
  await system.owner.query(
    `insert into api_keys (id, name, prefix, key_hash) values ('shop', 'shop', 'sk_test_', $1)`,
    [hashApiKey(API_KEY)],
  );
});

afterAll(() => system.stop());

const send = (path: string, body: object, headers: Record<string, string>) => {
  const text = JSON.stringify(body);
  return new Request(`http://localhost${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': String(text.length), ...headers },
    body: text,
  });
};

test('two workers bring to their end what came in by either door and was abandoned, each once', async () => {
  const payment = {
    checkout_id: 'left_1',
    buyer_info: { user_id: 'user_123', email: 'buyer@example.com', name: 'John Doe' },
    credit_card_info: { token: 'tok_visa_4242' },
    payment_orders: [{ payment_order_id: 'left_1.1', seller_account: 'seller_456', amount: '29.99', currency: 'USD' }],
  };
  const { payment: _, ...request } = samplePayment();
  const { checkoutId } = await createCheckout(request, 'shop');
  const restHeaders = { authorization: `Bearer ${API_KEY}`, 'idempotency-key': 'left-behind' };
  const byRest = () => api().fetch(send('/api/v1/payments', payment, restHeaders));
  const byTrpc = () =>
    handleTrpc(
      send('/api/trpc/checkouts.pay', superjson.serialize({ checkoutId, idempotencyKey: 'left-behind' }), {}),
      { readCookie: () => undefined, readHeader: () => null },
    );

  // Both claim their keys, and then nothing more is heard of them.
  const claimed = Promise.withResolvers<void>();
  const wake = Promise.withResolvers<void>();
  let held = 0;
  observeCheckpoints((point) => {
    if (point !== 'statement:after') return;
    held += 1;
    if (held === 2) claimed.resolve();
    return wake.promise;
  });
  const late = Promise.all([byRest(), byTrpc()]);
  await claimed.promise;
  observeCheckpoints(undefined);
  await system.owner.query(`update idempotency_keys set locked_until = now() - interval '1 day'`);

  const workers = await Promise.all(
    ['one', 'two'].map(async (name) => {
      const port = await freePort();
      return startProcess({
        name: `worker ${name}`,
        script: 'server/worker/main.ts',
        env: { METRICS_PORT: String(port) },
        ready: { url: `http://127.0.0.1:${port}/health` },
      });
    }),
  );
  const keys = async () => {
    const { rows } = await system.owner.query(
      `select recovery_point, worker_tries, status_code from idempotency_keys where key = 'left-behind' order by status_code`,
    );
    return rows;
  };
  await expect.poll(keys, { timeout: 20_000 }).toEqual([
    { recovery_point: 'finished', worker_tries: 1, status_code: 200 },
    { recovery_point: 'finished', worker_tries: 1, status_code: 202 },
  ]);
  await Promise.all(workers.map((worker) => worker.stop()));

  const [paid, page] = [await byRest(), await byTrpc()];
  expect(paid.headers.get('idempotent-replayed')).toBe('true');
  expect(await paid.json()).toMatchObject({ payment_orders: [{ status: 'SUCCESS' }] });
  expect(await page.text()).toMatch(/\/pay\/cs_/);
  wake.resolve();
  for (const response of await late) expect(response.ok).toBe(true);
  expect(await system.charges('left_1.1')).toHaveLength(1);
  expect(await system.problems()).toEqual([]);
}, 60_000);
