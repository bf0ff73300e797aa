import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Outcome, psp } from '#psp';
import { type PaymentSystem, samplePayment, startPaymentSystem } from '#testing';
import { lookAfterOutage } from './after-outage.ts';
import { applyOutcome } from './apply-outcomes.ts';
import { TRIES_UNTIL_TOLD } from './attempt-state.ts';
import { getCheckout } from './get-checkout.ts';
import { DRAIN_PER_SECOND, resolveAttempts } from './resolve-attempts.ts';
import { drainPayments, takePayment } from './take-payment.ts';

const SHOP = 'key:shop';
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('after_outage', { env: { PSP_TIMEOUT_MS: '2000' } });
});

afterAll(() => system.stop());

const STILL_RUNNING = {
  status: 409,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ error: { type: 'idempotency_error', code: 'idempotency_key_in_use', message: 'running' } }),
};
const SILENCE: Outcome = { kind: 'unknown', reason: 'ETIMEDOUT' };

/** A payment that the provider carried out and never answered, until a person was told; it is asked about once a minute, then slower. */
async function chargedButUnanswered(): Promise<{ checkoutId: string; attemptId: string }> {
  const request = samplePayment();
  const { checkoutId } = request;
  system.wire.rule(async (call, forward) => {
    await forward();
    return call.method === 'POST' ? STILL_RUNNING : 'cut';
  });
  await takePayment(request, SHOP, { waitMs: 0 });
  await drainPayments();
  system.wire.rule();
  const { rows } = await system.owner.query<{ id: string }>('select id from payment_attempts where checkout_id = $1', [
    checkoutId,
  ]);
  const attemptId = rows[0]?.id ?? '';
  for (let tries = 0; tries < TRIES_UNTIL_TOLD; tries += 1)
    await applyOutcome({ attemptId, outcome: SILENCE, actor: 'resolver' });
  return { checkoutId, attemptId };
}

/** Seconds until the next look at each, as the database counts them. */
async function waits(ids: readonly string[]): Promise<number[]> {
  const { rows } = await system.owner.query<{ wait: number }>(
    'select extract(epoch from resolve_at - now())::float8 as wait from payment_attempts where id = any($1) order by array_position($1, id)',
    [ids],
  );
  return rows.map((row) => row.wait);
}

const OF_NOBODY = { attemptId: 'att_of_nobody', kind: 'direct', pspPaymentId: null, pspSessionId: null } as const;

async function unplug(): Promise<void> {
  await system.wire.unplug();
  await breakerIs('open');
}

async function plugIn(): Promise<void> {
  await system.wire.plugIn();
  await breakerIs('closed');
}

async function breakerIs(state: 'open' | 'closed'): Promise<void> {
  await vi.waitFor(
    async () => {
      await psp().enquire(OF_NOBODY);
      expect(psp().health().breaker).toBe(state);
    },
    { timeout: 15_000, interval: 50 },
  );
}

test('what waits for minutes because the provider was away is looked at within seconds of its return, at the rate, and once', async () => {
  const made = [];
  for (let n = 0; n < 4; n += 1) made.push(await chargedButUnanswered());
  const [first, second, limited, absent] = made.map(({ attemptId }) => attemptId) as [string, string, string, string];
  // They wait for other reasons: the provider asked for a pause, or said that it never saw it.
  await system.owner.query(`update payment_attempts set error = 'rate_limited' where id = $1`, [limited]);
  await system.owner.query(`update payment_attempts set error = 'absent' where id = $1`, [absent]);
  const all = [first, second, limited, absent];
  expect(Math.min(...(await waits(all)))).toBeGreaterThan(50);
  // Nothing was away yet.
  expect(await lookAfterOutage()).toBe(0);

  await unplug();
  expect(await lookAfterOutage()).toBe(0);
  expect(Math.min(...(await waits(all)))).toBeGreaterThan(40);

  await plugIn();
  expect(await lookAfterOutage()).toBe(2);
  const [one, two, ...others] = await waits(all);
  expect(Math.max(one as number, two as number)).toBeLessThan(2 / DRAIN_PER_SECOND);
  expect(Math.min(...others)).toBeGreaterThan(30);

  for (const { checkoutId } of made.slice(0, 2))
    await vi.waitFor(
      async () => {
        await resolveAttempts(10);
        expect(await getCheckout(checkoutId)).toMatchObject({ status: 'COMPLETED' });
      },
      { timeout: 20_000, interval: 20 },
    );
  for (const { checkoutId } of made.slice(2)) await system.reaches(checkoutId, 'SUCCESS', { resolving: true });
  expect(await system.problems()).toEqual([]);
}, 60_000);

test('what was looked at since the return waits for its next step, and what somebody looks at now is left to him', async () => {
  const { attemptId: asked } = await chargedButUnanswered();
  const { attemptId: leased } = await chargedButUnanswered();
  await unplug();
  await plugIn();
  await system.owner.query('update payment_attempts set asked_at = now() where id = $1', [asked]);
  await system.owner.query(`update payment_attempts set resolve_at = now() + interval '29 seconds' where id = $1`, [
    leased,
  ]);
  expect(await lookAfterOutage()).toBe(0);
  const [askedWait, leasedWait] = await waits([asked, leased]);
  expect(askedWait).toBeGreaterThan(40);
  expect(leasedWait).toBeGreaterThan(10);
}, 60_000);
