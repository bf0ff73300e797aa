import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { config } from '#config';
import { freePort, startProcess, type TestProcess } from '#testing';
import { type ApiSystem, examplePayment, KEY, startApiSystem, until } from './testkit.ts';

/** Long enough that a stop surely comes in the middle of a charge. */
const SLOW_PSP_MS = '400';

let system: ApiSystem;
let url: string;
let door: TestProcess;

beforeAll(async () => {
  system = await startApiSystem({ PSP_LATENCY_MS: SLOW_PSP_MS });
  ({ door, url } = await openDoor({}));
});

afterAll(async () => {
  await door.stop();
  await system.stop();
});

/** The API as a process of its own, on the test's database and simulator. */
async function openDoor(env: Record<string, string>): Promise<{ door: TestProcess; url: string }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const door = await startProcess({
    name: 'api',
    script: 'server/api/main.ts',
    env: { API_PORT: String(port), LOG_LEVEL: 'info', ...env },
    ready: { url: `${url}/api/health/live` },
  });
  return { door, url };
}

const pay = (at: string, body: unknown) =>
  fetch(`${at}/api/v1/payments`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
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
  own.door.signal('SIGTERM');
  for (const response of await Promise.all(underWay)) {
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ payment_orders: [{ status: 'SUCCESS' }] });
  }
  expect(await own.door.ended).toEqual({ code: 0, signal: null });
  await expect(pay(own.url, examplePayment())).rejects.toThrow();
});

test('the log has one line a request, with its id and route, and no key, body or path', async () => {
  const body = examplePayment();
  await fetch(`${url}/api/v1/payments/some_secret_order`, {
    headers: { authorization: `Bearer ${KEY}`, 'request-id': 'request-in-the-log' },
  });
  await pay(url, body);
  await expect.poll(() => door.output(), { timeout: 10_000 }).toContain('request-in-the-log');
  const lines = door
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
    expect(door.output()).not.toContain(`"${hidden}`);
});

test('metrics are for holders of a key', async () => {
  expect((await fetch(`${url}/metrics`)).status).toBe(401);
  const page = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${KEY}` } });
  expect(await page.text()).toMatch(
    /http_request_duration_seconds_count\{method="POST",route="\/api\/v1\/payments",status="202"\} \d/,
  );
});

test('a webhook that nobody signed, or that is too large, is refused', async () => {
  const send = (body: BodyInit) =>
    fetch(`${url}/api/webhooks/psp`, { method: 'POST', body, duplex: 'half' } as RequestInit);
  expect(await (await send('{"id":"evt_1"}')).json()).toEqual({ code: 'signature_invalid' });
  const endless = new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(64 * 1024)) });
  const refused = await send(endless).catch(() => undefined);
  // The door may hang up on the sender before it could read the answer.
  if (refused) expect(refused.status).toBe(413);
  expect((await fetch(`${url}/api/health/live`)).status).toBe(200);
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
  await own.door.stop();
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
