import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, type LoadAnswer, startLoad, startProcess } from '#testing';
import { type ApiSystem, type Door, examplePayment, KEY, OTHER_KEY, openDoor, pay, startApiSystem } from './testkit.ts';

const LIMIT = 20;
let system: ApiSystem;
let door: Door;

beforeAll(async () => {
  system = await startApiSystem({ PSP_LATENCY_MS: '600' });
  door = await openDoor({ MAX_REQUESTS_IN_FLIGHT: String(LIMIT), LOG_LEVEL: 'warn' });
});

afterAll(async () => {
  await door.process.stop();
  await system.stop();
});

const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
const payment = (url: string) => () => ({
  method: 'POST' as const,
  url: `${url}/api/v1/payments`,
  headers,
  body: JSON.stringify(examplePayment()),
});
const read = (url: string, key = KEY) =>
  fetch(`${url}/api/v1/ledger/balance`, { headers: { authorization: `Bearer ${key}` } });
const inFlight = async () =>
  Number(
    /requests_in_flight\{pool="requests"\} (\d+)/.exec(
      await (await fetch(`${door.operationsUrl}/metrics`)).text(),
    )?.[1],
  );

test('at three times the limit the process takes what it can and tells the others when to come again; then it serves at once', async () => {
  const refusals: LoadAnswer[] = [];
  const load = startLoad({
    callers: 3 * LIMIT,
    next: payment(door.url),
    onAnswer: (_, answer) => answer.status === 503 && refusals.push(answer),
  });
  await expect.poll(() => load.statuses.get(202) ?? 0, { timeout: 25_000 }).toBeGreaterThan(3 * LIMIT);
  expect((await fetch(`${door.url}/api/health/live`)).status).toBe(200);
  expect(await inFlight()).toBeLessThanOrEqual(LIMIT);
  await load.stop();

  expect(load.broken).toEqual([]);
  expect([...load.statuses.keys()].sort()).toEqual([202, 503]);
  for (const { headers, body } of refusals) {
    expect(headers['retry-after']).toBe('1');
    expect(JSON.parse(body)).toMatchObject({ code: 'overloaded' });
  }
  const startedAt = performance.now();
  expect((await pay(door.url, examplePayment())).status).toBe(202);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(await inFlight()).toBe(0);
});

test('reads are turned away before payments', async () => {
  const held = Array.from({ length: (LIMIT * 3) / 4 }, () => pay(door.url, examplePayment()));
  await expect.poll(inFlight, { interval: 5 }).toBe((LIMIT * 3) / 4);
  const [refused, taken] = await Promise.all([read(door.url), pay(door.url, examplePayment())]);
  expect([refused.status, taken.status]).toEqual([503, 202]);
  await Promise.all(held);
});

test('a key that sends too much is told so, with what it has left; another key is not concerned; a second later it is over', async () => {
  const own = await openDoor({ API_RATE_LIMIT: '10', LOG_LEVEL: 'warn' });
  const answers = await Promise.all(Array.from({ length: 30 }, () => read(own.url)));
  const refused = answers.filter(({ status }) => status === 429);
  // How many depends on how many seconds the thirty take.
  expect(refused.length).toBeGreaterThan(0);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(30 - refused.length);
  for (const answer of refused) {
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'retry-after': '1',
      'ratelimit-policy': '"key";q=10;w=1',
      ratelimit: '"key";r=0;t=1',
    });
    expect(await answer.json()).toMatchObject({ code: 'too_many_requests', status: 429 });
  }
  expect((await read(own.url, OTHER_KEY)).status).toBe(200);
  await expect.poll(async () => (await read(own.url)).status, { timeout: 5_000 }).toBe(200);
  await own.process.stop();
});

test('a process with too few file descriptors for its callers lives on, and serves at once when they are gone', async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const poor = await startProcess({
    name: 'api',
    script: 'server/testing/with-few-files.ts',
    args: ['100', 'server/api/main.ts'],
    env: { API_PORT: String(port), API_METRICS_PORT: String(await freePort()), LOG_LEVEL: 'warn' },
    ready: { url: `${url}/api/health/live` },
  });
  const crowd = Array.from({ length: 200 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  const load = startLoad({ callers: 20, next: payment(url) });
  await expect.poll(() => load.answered() + load.broken.length, { timeout: 20_000 }).toBeGreaterThan(40);
  await load.stop();
  for (const status of load.statuses.keys()) expect([202, 503]).toContain(status);
  for (const socket of crowd) socket.destroy();
  await expect
    .poll(async () => (await pay(url, examplePayment()).catch(() => null))?.status, { timeout: 10_000 })
    .toBe(202);
  poor.signal('SIGTERM');
  expect(await poor.ended).toEqual({ code: 0, signal: null });
}, 90_000);
