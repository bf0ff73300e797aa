import { Agent } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LoadRequest, openBalancer, send, startLoad } from '#testing';
import { type ApiSystem, examplePayment, KEY, openDoor, startApiSystem } from './testkit.ts';

let system: ApiSystem;

beforeAll(async () => {
  system = await startApiSystem({ PSP_LATENCY_MS: '30' });
});

afterAll(() => system.stop());

/** Two thirds payments, one third reads. */
function requests(door: () => string): () => LoadRequest {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  let count = 0;
  return () => {
    count += 1;
    if (count % 3 === 0) return { method: 'GET', url: `${door()}/api/v1/ledger/balance`, headers };
    return { method: 'POST', url: `${door()}/api/v1/payments`, headers, body: JSON.stringify(examplePayment()) };
  };
}

test('T-F3 SIGTERM under load drops no request', async () => {
  const [leaving, staying] = [await openDoor({ LOG_LEVEL: 'warn' }), await openDoor({ LOG_LEVEL: 'warn' })];
  const balancer = openBalancer([leaving.url, staying.url]);
  const acknowledged: string[] = [];
  const load = startLoad({
    callers: 16,
    next: requests(balancer.next),
    onAnswer: ({ body }, { status }) => {
      if (status === 202 && body) acknowledged.push((JSON.parse(body) as { checkout_id: string }).checkout_id);
    },
  });
  await expect.poll(load.answered, { timeout: 20_000 }).toBeGreaterThan(100);
  const askedAt = performance.now();
  leaving.process.signal('SIGTERM');
  expect(await leaving.process.ended).toEqual({ code: 0, signal: null });
  expect(performance.now() - askedAt).toBeLessThan(10_000);
  const answeredByThen = load.answered();
  await expect.poll(load.answered, { timeout: 20_000 }).toBeGreaterThan(answeredByThen + 50);
  await load.stop();
  await balancer.stop();
  await staying.process.stop();

  expect([load.broken, load.refused]).toEqual([[], 0]);
  expect([...load.statuses.keys()].sort()).toEqual([200, 202]);
  for (const id of acknowledged) {
    const { json } = await system.call('GET', `/payments/${id}`);
    expect(json.payment_orders).toMatchObject([{ status: 'SUCCESS' }]);
  }
}, 90_000);

test('callers who use one connection are answered to the end, and told that it was the last answer', async () => {
  const door = await openDoor({ LOG_LEVEL: 'warn' });
  const next = requests(() => door.url);
  const talks = Array.from({ length: 12 }, async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let answers = 1; ; answers += 1) {
      const { status, headers } = await send(next(), agent);
      expect([200, 202]).toContain(status);
      if (answers === 5) door.process.signal('SIGTERM');
      if (headers.connection === 'close') return answers;
    }
  });
  for (const answers of await Promise.all(talks)) expect(answers).toBeGreaterThan(1);
  expect(await door.process.ended).toEqual({ code: 0, signal: null });
});

test('a stop is not held up by connections that say nothing, and tells the health check at once', async () => {
  const door = await openDoor();
  const { hostname, port } = new URL(door.url);
  const silent = connect(Number(port), hostname);
  await new Promise((done) => silent.once('connect', done));
  silent.on('error', () => undefined);
  const askedAt = performance.now();
  door.process.signal('SIGTERM');
  await expect
    .poll(async () => (await fetch(`${door.url}/api/health/ready`).catch(() => null))?.status ?? 'closed', {
      interval: 10,
    })
    .toBe(503);
  expect(await door.process.ended).toEqual({ code: 0, signal: null });
  expect(performance.now() - askedAt).toBeLessThan(5_000);
  silent.destroy();
});

test('a defect that meets nobody ends the process with a line that says why, and with 1', async () => {
  const door = await openDoor({ NODE_OPTIONS: '--import=./server/testing/reject-on-signal.ts' });
  door.process.signal('SIGUSR2');
  expect(await door.process.ended).toEqual({ code: 1, signal: null });
  expect(JSON.parse(door.process.output().split('\n').at(-1) ?? '')).toMatchObject({
    level: 'fatal',
    event: 'unhandledRejection',
    err: { message: 'nobody listens' },
  });
});
