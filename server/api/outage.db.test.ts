import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '#testing';
import { type ApiSystem, examplePayment, startApiSystem } from './testkit.ts';

let system: ApiSystem;

beforeAll(async () => {
  system = await startApiSystem();
  // Nobody listens here: every connection is refused.
  process.env.PSP_BASE_URL = `http://127.0.0.1:${await freePort()}`;
  process.env.PAYMENT_WAIT_MS = '30000';
});

afterAll(() => system.stop());

const timed = async (headers: Record<string, string> = {}) => {
  const started = performance.now();
  const reply = await system.call('POST', '/payments', { body: examplePayment(), headers });
  return { ...reply, seconds: (performance.now() - started) / 1_000 };
};

test('while the provider is away a payment is accepted with 202 at once, and only who asks to wait waits', async () => {
  for (let payment = 0; payment < 12; payment += 1) {
    const reply = await timed();
    expect(reply).toMatchObject({ status: 202, json: { payment_orders: [{ status: 'EXECUTING' }] } });
    expect(reply.headers.get('retry-after')).toBe('1');
    expect(reply.seconds).toBeLessThan(10);
  }
  const insisting = await timed({ prefer: 'wait=2' });
  expect(insisting.status).toBe(202);
  expect(insisting.seconds).toBeGreaterThan(1.9);
});
