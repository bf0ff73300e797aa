import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { installJobs } from '#jobs';
import { findPayment, takePayment } from '#payments';
import {
  freePort,
  makeDue,
  type PaymentSystem,
  samplePayment,
  startPaymentSystem,
  startProcess,
  type WireCall,
} from '#testing';

/** Workers as processes that sleep, wake up too late, or work on the same list at the same time. */
const SHOP = 'key:shop';
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('leases', {
    // A sleeper hears its answer when it wakes up, instead of a time-out that passed meanwhile.
    env: { RESOLVE_AFTER_MS: '100000', PSP_TIMEOUT_MS: '60000' },
  });
  await installJobs(system.database.url);
});

afterAll(() => system.stop());

async function startWorker() {
  const port = await freePort();
  return startProcess({
    name: 'worker',
    script: 'server/worker/main.ts',
    env: { METRICS_PORT: String(port) },
    ready: { url: `http://127.0.0.1:${port}/health` },
  });
}

/** Payments of which nothing reached the provider, and nobody here knows that: the worker has to find out. */
async function inTheDark(count: number) {
  const requests = Array.from({ length: count }, () => samplePayment());
  const error = { type: 'idempotency_error', code: 'idempotency_key_in_use', message: 'running' };
  const noAnswer = { status: 409, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) };
  system.wire.rule(async () => noAnswer);
  await Promise.all(requests.map((request) => takePayment(request, SHOP, { waitMs: 0 })));
  for (const request of requests) await system.reaches(request.checkoutId, 'UNKNOWN');
  system.wire.rule();
  const { rows } = await system.owner.query<{ id: string; checkout_id: string }>(
    'select id, checkout_id from payment_attempts where checkout_id = any($1)',
    [requests.map((request) => request.checkoutId)],
  );
  return rows.map((row) => ({ attemptId: row.id, checkoutId: row.checkout_id }));
}

const isPaid = (checkoutId: string) =>
  vi.waitFor(async () => expect((await findPayment(checkoutId, SHOP)).status).toBe('COMPLETED'), { timeout: 30_000 });
/** Somebody asks about an attempt; the worker also reads the provider's balance transactions. */
const isLook = ({ method, path }: WireCall) => method === 'GET' && path.startsWith('/v1/payment_intents');
const sendsOf = (attemptId: string) => system.wire.calls.filter((call) => call.idempotencyKey === attemptId).length;

test('a worker that slept past its lease wakes up, sends nothing any more, and goes on with its work', async () => {
  const [dark, next] = await inTheDark(2);
  if (!dark || !next) throw new Error('two were asked for');
  await system.owner.query(`update payment_attempts set resolve_at = now() + interval '1 hour' where id = $1`, [
    next.attemptId,
  ]);
  let release = () => {};
  const held = new Promise<void>((done) => {
    release = done;
  });
  let asked = 0;
  system.wire.rule(async (call, forward) => {
    const answer = await forward();
    if (isLook(call)) asked += 1;
    // The first look is told "never seen", which is true now and is so no longer when it hears it.
    if (isLook(call) && asked === 1) await held;
    return answer;
  });
  const makeDarkDue = () =>
    system.owner.query('update payment_attempts set resolve_at = now() where id = $1', [dark.attemptId]);
  const sleeper = await startWorker();
  await makeDarkDue();
  await vi.waitFor(() => expect(asked).toBe(1), { timeout: 10_000 });
  sleeper.signal('SIGSTOP');
  const other = await startWorker();
  await makeDarkDue();
  await isPaid(dark.checkoutId);
  await other.stop();
  release();
  sleeper.signal('SIGCONT');
  await makeDue(system.owner);
  await isPaid(next.checkoutId);
  await sleeper.stop();
  expect(sendsOf(dark.attemptId)).toBe(2);
  expect(await system.charges()).toHaveLength(2);
  const { rows } = await system.owner.query('select sends, state from payment_attempts where id = $1', [
    dark.attemptId,
  ]);
  expect(rows).toEqual([{ sends: 2, state: 'SUCCEEDED' }]);
}, 90_000);

test('three workers over one list send each payment once, and a payment that somebody reads is asked about within a second', async () => {
  const [read, ...dark] = await inTheDark(13);
  await makeDue(system.owner);
  await system.owner.query(`update payment_attempts set resolve_at = now() + interval '1 hour' where id = $1`, [
    read?.attemptId,
  ]);
  const workers = await Promise.all([startWorker(), startWorker(), startWorker()]);
  for (const { checkoutId } of dark) await isPaid(checkoutId);
  for (const { attemptId } of dark) expect(sendsOf(attemptId)).toBe(2);

  const asked = new Promise<number>((done) => {
    system.wire.rule((call, forward) => {
      if (isLook(call)) done(performance.now());
      return forward();
    });
  });
  const readAt = performance.now();
  await findPayment(read?.checkoutId ?? '', SHOP);
  expect((await asked) - readAt).toBeLessThan(1_000);
  await Promise.all(workers.map((worker) => worker.stop()));
  await system.reaches(read?.checkoutId ?? '', 'SUCCESS', { resolving: true });
  expect(await system.problems()).toEqual([]);
}, 120_000);
