import pg from 'pg';
import Stripe from 'stripe';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startPgLine, startSimulator, type TestSimulator } from '#testing';
import { createStore } from './database/store.ts';

const SECRET_KEY = 'sk_test_simulator_platform_secret_key';
const ATTEMPTS = Array.from({ length: 200 }, (_, index) => `att_${index}`);
const CALLERS = 24;

let simulator: TestSimulator;
let stripe: Stripe;

beforeEach(async () => {
  simulator = await startSimulator();
  const { port } = simulator;
  stripe = new Stripe(SECRET_KEY, {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
});
afterEach(() => simulator.stop());

function charge(attempt: string): Promise<Stripe.PaymentIntent> {
  return stripe.paymentIntents.create(
    { amount: 1_500, currency: 'usd', payment_method: 'tok_visa', confirm: true, metadata: { attempt_id: attempt } },
    { idempotencyKey: attempt },
  );
}

/** Charges every attempt with many callers; answers the intents that were acknowledged. */
async function chargeAll(onAcknowledged?: (count: number) => void): Promise<Map<string, string>> {
  const acknowledged = new Map<string, string>();
  const queue = [...ATTEMPTS];
  const caller = async () => {
    for (let attempt = queue.shift(); attempt !== undefined; attempt = queue.shift()) {
      const intent = await charge(attempt).catch(() => null);
      if (!intent) continue;
      acknowledged.set(attempt, intent.id);
      onAcknowledged?.(acknowledged.size);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return acknowledged;
}

async function helper<T>(path: string, init: RequestInit = {}): Promise<T> {
  const headers = { authorization: `Bearer ${SECRET_KEY}` };
  return (await fetch(`${simulator.url}/v1/test_helpers/${path}`, { ...init, headers })).json() as Promise<T>;
}

type Journal = { data: { attempt_id: string; payment_intent: string }[] };

test('after kill -9 under load every acknowledged charge is there, a retry charges nothing twice, and the books add up', async () => {
  let killed: Promise<void> | undefined;
  const before = await chargeAll((count) => {
    if (count > ATTEMPTS.length / 4) killed ??= simulator.kill();
  });
  await killed;
  expect(before.size).toBeLessThan(ATTEMPTS.length);

  await simulator.start();
  const after = await chargeAll();
  expect(after.size).toBe(ATTEMPTS.length);
  for (const [attempt, id] of before) expect(after.get(attempt)).toBe(id);
  const { data } = await helper<Journal>('journal?limit=1000');
  expect(data).toHaveLength(ATTEMPTS.length);
  expect(new Map(data.map((line) => [line.attempt_id, line.payment_intent]))).toEqual(after);
  expect(await helper('audit')).toMatchObject({ balanced: true, charges: ATTEMPTS.length });
});

test('SIGTERM lets a call that is under way have its answer', async () => {
  const body = new URLSearchParams({ kind: 'late_answer_ms', ms: '800', count: '1' });
  await helper('faults', { method: 'POST', body });
  const answer = charge('att_slow');
  await vi.waitFor(async () => expect((await helper<Journal>('journal?attempt_id=att_slow')).data).toHaveLength(1), {
    timeout: 5_000,
    interval: 20,
  });
  const [intent, exitCode] = await Promise.all([answer, simulator.terminate()]);
  expect(exitCode).toBe(0);
  expect(intent.status).toBe('succeeded');
});

test('losing every database connection costs calls, never the process or a charge', async () => {
  const owner = new pg.Client({ connectionString: simulator.database.url });
  owner.on('error', () => undefined);
  await owner.connect();
  const cut = `select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`;
  let cuts = 0;
  await chargeAll((count) => {
    if (count % 40 === 0) void owner.query(cut).then(() => (cuts += 1));
  });
  await vi.waitFor(async () => expect((await charge('att_afterwards')).status).toBe('succeeded'), { timeout: 10_000 });
  const after = await chargeAll();
  expect(cuts).toBeGreaterThan(0);
  expect(after.size).toBe(ATTEMPTS.length);
  expect(await helper('audit')).toMatchObject({ balanced: true, charges: ATTEMPTS.length + 1 });
  await owner.end();
});

test('a connection that ends in the moment it is handed out costs its call, never the process', async () => {
  const line = await startPgLine(simulator.database.url);
  const store = createStore(line.through(simulator.database.url), 2);
  const one = () => store.rows<{ one: number }>('', 'select 1 as one', []);
  const noWrites = () => store.transact(async (tx) => ({ writes: {}, rows: await tx.rows('', 'select 1 as one', []) }));
  line.endWhenReady(2);
  await expect(noWrites()).rejects.toThrow();
  await expect(noWrites()).rejects.toThrow();
  expect(line.endsLeft).toBe(0);
  expect(await one()).toEqual([{ one: 1 }]);
  await store.close();
  await line.stop();
});
