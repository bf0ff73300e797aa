import { expect, test } from 'vitest';
import { metrics } from '#observability';
import { createCallGuard, type GuardedCall, MAX_CALLS } from './call-guard.ts';
import type { Outcome } from './outcome.ts';
import { MAX_SAVED_RETRIES } from './retry-budget.ts';

const FINE: Outcome = { kind: 'expired' };
const SILENCE: Outcome = { kind: 'unknown', reason: 'ETIMEDOUT' };
const first: GuardedCall = { verb: 'charge', occasion: 'first' };
const putOff = (reason: string): Outcome => ({
  kind: 'not_started',
  reason,
  retryAfterSeconds: null,
  countsAsTry: false,
});

const shown = async (name: string) => (await metrics().getSingleMetricAsString(name)).split('\n');

test('an open breaker puts calls off, uses up no try, and says so in the metrics', async () => {
  const guard = createCallGuard();
  for (let call = 0; call < 30; call += 1) await guard.run(first, async () => SILENCE);
  expect(await guard.run(first, async () => FINE)).toEqual(putOff('breaker_open'));
  expect(guard.room().calls).toBe(0);
  expect(guard.breaker().breaker).toBe('open');
  expect(await shown('psp_breaker_state')).toContain('psp_breaker_state 2');
  expect(await shown('psp_breaker_changes_total')).toContain('psp_breaker_changes_total{to="open"} 1');
  expect(await shown('psp_calls_total')).toContain('psp_calls_total{verb="charge",outcome="unknown"} 8');
});

test('no more calls are under way than the bulkhead has room for; some wait, the rest is put off', async () => {
  const guard = createCallGuard();
  let [running, most] = [0, 0];
  let release = () => {};
  const held = new Promise<void>((done) => {
    release = done;
  });
  const outcomes = Promise.all(
    Array.from({ length: 1_000 }, () =>
      guard.run(first, async () => {
        running += 1;
        most = Math.max(most, running);
        await held;
        running -= 1;
        return FINE;
      }),
    ),
  );
  expect(guard.room().calls).toBe(0);
  expect(await shown('psp_bulkhead_executing')).toContain(`psp_bulkhead_executing ${MAX_CALLS}`);
  expect(await shown('psp_bulkhead_queued')).toContain('psp_bulkhead_queued 256');
  release();
  const made = (await outcomes).filter((outcome) => outcome.kind === 'expired');
  expect([most, made.length]).toEqual([MAX_CALLS, MAX_CALLS + 256]);
  expect((await outcomes).find((outcome) => outcome.kind !== 'expired')).toEqual(putOff('bulkhead_full'));
  expect(await shown('psp_bulkhead_executing')).toContain('psp_bulkhead_executing 0');
});

test('in a storm retries are put off once the budget is spent; first calls go on and earn new ones', async () => {
  const guard = createCallGuard();
  let retries = 0;
  const tryAgain = () =>
    guard.run({ verb: 'enquire', occasion: 'retry' }, async () => {
      retries += 1;
      return FINE;
    });
  const started = performance.now();
  const outcomes: Outcome[] = [];
  for (let call = 0; call < 500; call += 1) outcomes.push(await tryAgain());
  for (let call = 0; call < 500; call += 1) await guard.run(first, async () => FINE);
  for (let call = 0; call < 500; call += 1) outcomes.push(await tryAgain());
  const seconds = (performance.now() - started) / 1_000;
  expect(outcomes).toContainEqual(putOff('retry_budget_empty'));
  expect(retries).toBeGreaterThanOrEqual(MAX_SAVED_RETRIES * 2);
  expect(retries).toBeLessThanOrEqual(MAX_SAVED_RETRIES + 100 + seconds * 10);
});

test('a look pays for its repeat beforehand, so that what was found to be missing can be sent', async () => {
  const guard = createCallGuard();
  const call = (occasion: GuardedCall['occasion']) => guard.run({ verb: 'enquire', occasion }, async () => FINE);
  expect(guard.room().looks).toBe(MAX_SAVED_RETRIES / 2);
  for (let look = 0; look < MAX_SAVED_RETRIES / 2; look += 1) expect(await call('look')).toEqual(FINE);
  expect(await call('look')).toEqual(putOff('retry_budget_empty'));
  expect(await call('repeat')).toEqual(FINE);
  guard.giveBackRepeat();
  guard.giveBackRepeat();
  expect(await call('look')).toEqual(FINE);
});
