import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { installJobs } from '#jobs';
import { takePayment } from '#payments';
import {
  freePort,
  makeDue,
  type PaymentSystem,
  samplePayment,
  startPaymentSystem,
  startProcess,
  type TestProcess,
} from '#testing';

let system: PaymentSystem;
const started: TestProcess[] = [];

beforeAll(async () => {
  system = await startPaymentSystem('worker');
  await installJobs(system.database.url);
});

afterEach(async () => {
  system.wire.rule();
  for (const worker of started.splice(0)) await worker.stop();
});

afterAll(() => system.stop());

async function startWorker(env: Record<string, string> = {}): Promise<{ worker: TestProcess; url: string }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const worker = await startProcess({
    name: 'worker',
    script: 'server/worker/main.ts',
    env: { METRICS_PORT: String(port), LOG_LEVEL: 'info', ...env },
    ready: { url: `${url}/health` },
  });
  started.push(worker);
  return { worker, url };
}

/** A payment whose charge was made and whose answer was cut. */
async function paymentInTheDark(): Promise<string> {
  const request = samplePayment();
  system.wire.rule(async (_, forward) => {
    await forward();
    return 'cut';
  });
  await takePayment(request, 'key:shop', { waitMs: 0 });
  await system.reaches(request.checkoutId, 'UNKNOWN');
  return request.checkoutId;
}

test('the metrics show what waits: the inbox, attempts by age, dead letters, connections', async () => {
  const { url } = await startWorker();
  await system.owner.query(`insert into dead_letters (kind, subject_id, cause, tries) values ('webhook', '1', 'x', 6)`);
  const page = await (await fetch(`${url}/metrics`)).text();
  for (const figure of [
    'webhook_inbox_waiting 0',
    'webhook_inbox_oldest_seconds 0',
    'payment_attempts_unresolved{age="older"} 0',
    'dead_letters_open{kind="webhook"} 1',
    'db_pool_main{state="waiting"} 0',
    'nodejs_eventloop_lag_seconds',
  ])
    expect(page).toContain(figure);
});

test('a worker asked to stop in the middle of its work finishes it, takes nothing new, and leaves in order', async () => {
  const checkoutId = await paymentInTheDark();
  let reached = () => {};
  let release = () => {};
  const asking = new Promise<void>((done) => {
    reached = done;
  });
  const released = new Promise<void>((done) => {
    release = done;
  });
  system.wire.rule(async (call, forward) => {
    // The worker also asks for disputes and settled money as it begins.
    if (!call.path.startsWith('/v1/payment_intents')) return forward();
    reached();
    await released;
    return forward();
  });
  const { worker, url } = await startWorker();
  await makeDue(system.owner);
  await asking;
  worker.signal('SIGTERM');
  await expect.poll(() => worker.output()).toContain('stopping');
  release();
  expect(await worker.ended).toEqual({ code: 0, signal: null });
  await expect(fetch(`${url}/health`)).rejects.toThrow();
  await system.reaches(checkoutId, 'SUCCESS');
  expect(await system.problems()).toEqual([]);
});

test('a worker whose database is gone is alive and not ready, and says which part fails', async () => {
  const { worker, url } = await startWorker();
  // Superusers are let in all the same.
  await system.owner.query(`alter database ${system.database.name} connection limit 0`);
  await system.owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'countinghouse_app'`,
  );
  try {
    const health = await fetch(`${url}/health`);
    expect([health.status, await health.json()]).toMatchObject([
      503,
      { status: 'fail', checks: { database: { status: 'fail' } } },
    ]);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  } finally {
    await system.owner.query(`alter database ${system.database.name} connection limit -1`);
  }
  await expect.poll(async () => (await fetch(`${url}/health`)).status, { timeout: 20_000 }).toBe(200);
  worker.signal('SIGTERM');
  expect(await worker.ended).toEqual({ code: 0, signal: null });
});

test('a defect that meets nobody ends the worker with a line that says why, and with 1', async () => {
  const { worker } = await startWorker({ NODE_OPTIONS: '--import=./server/testing/reject-on-signal.ts' });
  worker.signal('SIGUSR2');
  expect(await worker.ended).toEqual({ code: 1, signal: null });
  expect(worker.output()).toMatch(/"level":"fatal".*nobody listens.*"event":"unhandledRejection"/);
});
