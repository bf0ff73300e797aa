import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { hashApiKey } from '#auth';
import { installJobs } from '#jobs';
import {
  freePort,
  makeDue,
  type PaymentSystem,
  startPaymentSystem,
  startProcess,
  type TestProcess,
  type WireRule,
} from '#testing';

/**
 * Real processes, killed with -9 at exact points of a payment. Whatever dies, every payment reaches its true state without a
 * person: charged once and credited once, or not at all.
 */
const KEY = 'sk_test_the_key_of_the_shop_that_lives_on';
let system: PaymentSystem;
let api: RestartableProcess;
let worker: RestartableProcess;

interface RestartableProcess {
  readonly url: string;
  current(): TestProcess;
  kill(): Promise<void>;
  start(): Promise<void>;
}

beforeAll(async () => {
  const [apiPort, metricsPort] = await Promise.all([freePort(), freePort()]);
  system = await startPaymentSystem('crash', {
    env: { PSP_TIMEOUT_MS: '1000', RESOLVE_AFTER_MS: '1200' },
    simulatorEnv: { PSP_WEBHOOK_URL: `http://127.0.0.1:${apiPort}/api/webhooks/psp`, PSP_WEBHOOK_RETRY_BASE_MS: '200' },
  });
  await installJobs(system.database.url);
  await system.owner.query(
    `insert into api_keys (id, name, prefix, key_hash) values ('shop', 'shop', 'sk_test_', $1)`,
    [hashApiKey(KEY)],
  );
  api = restartable('server/api/main.ts', apiPort, { API_PORT: String(apiPort) }, '/api/health/live');
  worker = restartable('server/worker/main.ts', metricsPort, { METRICS_PORT: String(metricsPort) }, '/health');
  await Promise.all([api.start(), worker.start()]);
});

afterEach(() => system.wire.rule());

afterAll(async () => {
  await Promise.all([api.current().stop(), worker.current().stop()]);
  await system.stop();
});

function restartable(script: string, port: number, env: Record<string, string>, health: string): RestartableProcess {
  let process: TestProcess;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    current: () => process,
    kill: async () => {
      process.signal('SIGKILL');
      await process.ended;
    },
    start: async () => {
      process = await startProcess({ name: script, script, env, ready: { url: `${url}${health}` } });
    },
  };
}

let made = 0;
function paymentBody() {
  made += 1;
  return {
    checkout_id: `crash_${made}`,
    buyer_info: { user_id: 'user_123', email: 'buyer@example.com', name: 'John Doe' },
    credit_card_info: { token: 'tok_visa_4242', last4: '4242' },
    payment_orders: [
      { payment_order_id: `crash_order_${made}`, seller_account: 'seller_456', amount: '29.99', currency: 'USD' },
    ],
  };
}

/** Null when the connection died: the client does not know what became of its request. */
async function pay(body: ReturnType<typeof paymentBody>): Promise<{ status: number; orderStatus: string } | null> {
  try {
    const response = await fetch(`${api.url}/api/v1/payments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as { payment_orders?: { status: string }[] };
    return { status: response.status, orderStatus: answer.payment_orders?.[0]?.status ?? '' };
  } catch {
    return null;
  }
}

/** Waits for the true state; leases and pauses of dead processes are over when `makeDue` says so. */
async function reachesSuccess(checkoutIds: readonly string[]): Promise<void> {
  await vi.waitFor(
    async () => {
      await makeDue(system.owner);
      await system.owner.query(`update webhook_inbox set retry_at = now() where state = 'received'`);
      const { rows } = await system.owner.query<{ state: string; count: string }>(
        'select state, count(*) from payment_orders where checkout_id = any($1) group by state',
        [checkoutIds],
      );
      expect(rows).toEqual([{ state: 'SUCCESS', count: String(checkoutIds.length) }]);
    },
    { timeout: 30_000, interval: 200 },
  );
}

/** Holds the nth charge on the line, before the provider gets it or after it has charged; the answer never arrives. */
function holdCharge(point: 'before' | 'after', nth = 1): { readonly reached: Promise<void>; release(): void } {
  let seen = 0;
  let release = () => {};
  let announce = () => {};
  const released = new Promise<void>((done) => {
    release = done;
  });
  const reached = new Promise<void>((done) => {
    announce = done;
  });
  const rule: WireRule = async (call, forward) => {
    if (call.method !== 'POST' || seen >= nth) return forward();
    seen += 1;
    if (seen < nth) return 'cut';
    if (point === 'after') await forward();
    announce();
    await released;
    return 'cut';
  };
  system.wire.rule(rule);
  return { reached, release };
}

describe.each(['before', 'after'] as const)('kill -9 %s the provider charges', (point) => {
  test('of the API: the worker finds out, and the client that asks again gets the result', async () => {
    const body = paymentBody();
    const hold = holdCharge(point);
    const answer = pay(body);
    await hold.reached;
    await api.kill();
    hold.release();
    expect(await answer).toBeNull();
    await api.start();
    await reachesSuccess([body.checkout_id]);
    expect(await pay(body)).toEqual({ status: 202, orderStatus: 'SUCCESS' });
    expect(await system.charges(body.payment_orders[0]?.payment_order_id)).toHaveLength(1);
  });

  test('of the worker while it finds out: the next worker does', async () => {
    const body = paymentBody();
    const hold = holdCharge(point, 2);
    void pay(body);
    await hold.reached;
    await worker.kill();
    hold.release();
    await worker.start();
    await reachesSuccess([body.checkout_id]);
    expect(await system.charges(body.payment_orders[0]?.payment_order_id)).toHaveLength(1);
  });

  test('of the provider: nothing is failed, nothing is charged twice', async () => {
    const body = paymentBody();
    const hold = holdCharge(point);
    const answer = pay(body);
    await hold.reached;
    await system.simulator.kill();
    hold.release();
    await system.simulator.start();
    await reachesSuccess([body.checkout_id]);
    expect((await answer)?.status).toBe(202);
    expect(await system.charges(body.payment_orders[0]?.payment_order_id)).toHaveLength(1);
  });
});

describe.each(['before', 'after'] as const)('kill -9 %s the provider gives late money back', (point) => {
  test.each(['the worker', 'the provider'])('of %s: it goes back once', async (victim) => {
    const body = paymentBody();
    let release = () => {};
    let announce = () => {};
    const released = new Promise<void>((done) => {
      release = done;
    });
    const reached = new Promise<void>((done) => {
      announce = done;
    });
    let held = false;
    system.wire.rule(async (call, forward) => {
      if (call.method !== 'POST') return forward();
      if (call.path === '/v1/payment_intents') {
        await forward();
        const error = { type: 'card_error', code: 'card_declined', decline_code: 'do_not_honor', message: 'no' };
        return { status: 402, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) };
      }
      if (held) return forward();
      held = true;
      if (point === 'after') await forward();
      announce();
      await released;
      return 'cut';
    });
    expect(await pay(body)).toMatchObject({ status: 202 });
    await reached;
    await (victim === 'the worker' ? worker.kill() : system.simulator.kill());
    release();
    system.wire.rule();
    await (victim === 'the worker' ? worker.start() : system.simulator.start());
    await vi.waitFor(
      async () => {
        await system.owner.query('update refunds set resolve_at = now() where finished_at is null');
        const { rows } = await system.owner.query<{ state: string; order: string }>(
          `select r.state, o.state as order from refunds r join payment_attempts a on a.id = r.attempt_id
           join payment_orders o on o.checkout_id = a.checkout_id where a.checkout_id = $1`,
          [body.checkout_id],
        );
        expect(rows).toEqual([{ state: 'SUCCEEDED', order: 'AUTO_REFUNDING' }]);
      },
      { timeout: 30_000, interval: 200 },
    );
    const [charge] = await system.charges(body.payment_orders[0]?.payment_order_id);
    expect(await system.refunds(charge?.attempt_id)).toHaveLength(1);
  });
});

test('kill -9 of everything under load: whatever was accepted is paid once, and asking again completes the rest', async () => {
  const bodies = Array.from({ length: 60 }, paymentBody);
  let charged = 0;
  const halfWay = new Promise<void>((done) => {
    system.wire.rule(async (call, forward) => {
      const answer = await forward();
      if (call.method === 'POST') charged += 1;
      if (charged === 30) done();
      return answer;
    });
  });
  const answers = Promise.all(bodies.map((body) => pay(body)));
  await halfWay;
  await Promise.all([api.kill(), worker.kill(), system.simulator.kill()]);
  const acknowledged = (await answers).flatMap((answer, index) => (answer ? [bodies[index]?.checkout_id ?? ''] : []));
  system.wire.rule();
  await system.simulator.start();
  await Promise.all([api.start(), worker.start()]);
  const { rows } = await system.owner.query<{ checkout_id: string }>(
    'select checkout_id from payment_events where checkout_id = any($1)',
    [bodies.map((body) => body.checkout_id)],
  );
  const accepted = rows.map((row) => row.checkout_id);
  expect(acknowledged.filter((id) => !accepted.includes(id))).toEqual([]);
  await reachesSuccess(accepted);
  const again = await Promise.all(bodies.map((body) => pay(body)));
  expect(again.every((answer) => answer?.status === 202)).toBe(true);
  await reachesSuccess(bodies.map((body) => body.checkout_id));
  for (const body of bodies) expect(await system.charges(body.payment_orders[0]?.payment_order_id)).toHaveLength(1);
});

test('a worker that is asked to end does so by itself, and another takes over', async () => {
  const ending = worker.current();
  ending.signal('SIGTERM');
  expect(await ending.ended).toEqual({ code: 0, signal: null });
  await worker.start();
});

test('a restart of every database connection under load ends no process and loses no payment', async () => {
  const [apiPid, workerPid] = [api.current().pid, worker.current().pid];
  const bodies = Array.from({ length: 40 }, paymentBody);
  const answers = Promise.all(bodies.map((body) => pay(body)));
  for (let round = 0; round < 5; round += 1) {
    await system.owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'countinghouse_app'`,
    );
  }
  for (const answer of await answers) expect([202, 503]).toContain(answer?.status);
  await vi.waitFor(
    async () => {
      const again = await Promise.all(bodies.map((body) => pay(body)));
      expect(again.every((answer) => answer?.status === 202)).toBe(true);
    },
    { timeout: 20_000, interval: 200 },
  );
  await reachesSuccess(bodies.map((body) => body.checkout_id));
  expect([api.current().pid, worker.current().pid]).toEqual([apiPid, workerPid]);
  for (const { url, path } of [
    { url: api.url, path: '/api/health/live' },
    { url: worker.url, path: '/health' },
  ])
    expect((await fetch(`${url}${path}`)).status).toBe(200);
});

test('after all of it the books add up, and agree with the journal of the provider charge by charge', async () => {
  expect(await system.problems()).toEqual([]);
});
