import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { config } from '#config';
import { startProcess } from '#testing';
import { type ApiSystem, type Door, examplePayment, KEY, openDoor, pay, startApiSystem, until } from './testkit.ts';

/** Long enough that a stop surely comes in the middle of a charge. */
const SLOW_PSP_MS = '400';

let system: ApiSystem;
let door: Door;
let url: string;

beforeAll(async () => {
  system = await startApiSystem({ PSP_LATENCY_MS: SLOW_PSP_MS });
  door = await openDoor();
  url = door.url;
});

afterAll(async () => {
  await door.process.stop();
  await system.stop();
});

test('a payment through the door of its own is the same payment', async () => {
  const response = await pay(url, examplePayment());
  expect(response.status).toBe(202);
  expect(await response.json()).toMatchObject({ payment_orders: [{ status: 'SUCCESS', wallet_updated: true }] });
});

test('a stop answers what is under way, leaves in order, and takes nothing new', async () => {
  const own = await openDoor({});
  const bodies = Array.from({ length: 5 }, () => examplePayment());
  const underWay = bodies.map((body) => pay(own.url, body));
  for (const { checkout_id } of bodies) {
    await until(
      () => system.call('GET', `/payments/${checkout_id}`),
      ({ status }) => status === 200,
    );
  }
  own.process.signal('SIGTERM');
  for (const response of await Promise.all(underWay)) {
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ payment_orders: [{ status: 'SUCCESS' }] });
  }
  expect(await own.process.ended).toEqual({ code: 0, signal: null });
  await expect(pay(own.url, examplePayment())).rejects.toThrow();
});

test('the log has one line a request, with its id and route, and no key, body or path', async () => {
  const body = examplePayment();
  await fetch(`${url}/api/v1/payments/some_secret_order`, {
    headers: { authorization: `Bearer ${KEY}`, 'request-id': 'request-in-the-log' },
  });
  await pay(url, body);
  await expect.poll(() => door.process.output(), { timeout: 10_000 }).toContain('request-in-the-log');
  const lines = door.process
    .output()
    .split('\n')
    .filter((line) => line.includes('request-in-the-log'));
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      level: 'info',
      method: 'GET',
      route: '/api/v1/payments/:payment_id',
      status: 404,
      principal: 'key:shop',
    }),
  ]);
  for (const hidden of [KEY, 'some_secret_order', body.checkout_id, 'John Doe', 'tok_visa_4242'])
    expect(door.process.output()).not.toContain(`"${hidden}`);
});

test('metrics and health are on a port of their own: callers of the API never see them', async () => {
  expect((await fetch(`${url}/metrics`)).status).toBe(404);
  const page = await (await fetch(`${door.operationsUrl}/metrics`)).text();
  expect(page).toMatch(
    /http_request_duration_seconds_count\{method="POST",route="\/api\/v1\/payments",status="202"\} \d/,
  );
  for (const name of [
    'lane_waiting{lane="intake"} 0',
    'db_pool_main{state="waiting"} 0',
    'nodejs_eventloop_lag_seconds',
  ])
    expect(page).toContain(name);
  const health = await fetch(`${door.operationsUrl}/health`);
  expect([health.status, await health.json()]).toMatchObject([200, { status: 'pass' }]);
  expect((await fetch(`${door.operationsUrl}/health/live`)).status).toBe(200);
  expect((await fetch(`${door.operationsUrl}/elsewhere`)).status).toBe(404);
});

test('a metrics port that is taken costs the metrics, not the payments', async () => {
  const { port } = new URL(door.operationsUrl);
  const own = await openDoor({ API_METRICS_PORT: port });
  expect((await pay(own.url, examplePayment())).status).toBe(202);
  expect(own.process.output()).toContain('metrics and health are not served');
  await own.process.stop();
});

test('a database that does not answer makes the process not ready, but alive', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as { port: number };
  const nowhere = Object.assign(new URL(config().DATABASE_URL), { port: String(port) });
  const own = await openDoor({ DATABASE_URL: nowhere.toString() });
  const ready = await fetch(`${own.url}/api/health/ready`);
  expect([ready.status, await ready.json()]).toEqual([
    503,
    {
      status: 'fail',
      checks: { database: { status: 'fail', output: 'the database does not answer' }, psp: { status: 'pass' } },
    },
  ]);
  const payment = await pay(own.url, examplePayment());
  expect(payment.status).toBe(503);
  expect(payment.headers.get('retry-after')).not.toBeNull();
  expect(await payment.json()).toMatchObject({ code: 'database_unavailable' });
  await own.process.stop();
  silent.close();
});

test('a port that is taken is said in a sentence', async () => {
  const taken = createServer().listen(0);
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const failing = startProcess({
    name: 'api',
    script: 'server/api/main.ts',
    env: { API_PORT: String(port) },
    ready: { line: /listens/ },
  });
  await expect(failing).rejects.toThrow(`The API cannot listen on port ${port}`);
  taken.close();
});
