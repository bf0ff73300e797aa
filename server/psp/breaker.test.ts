import { expect, test, vi } from 'vitest';
import { createBreaker } from './breaker.ts';
import type { Outcome } from './outcome.ts';

const CALLS = 30;
const answer = (outcome: Outcome) => () => Promise.resolve(outcome);
const SILENCE: Outcome = { kind: 'unknown', reason: 'ETIMEDOUT' };
const FINE: Outcome = { kind: 'expired' };

async function breakerAfter(outcome: Outcome, calls = CALLS) {
  const breaker = createBreaker();
  for (let call = 0; call < calls; call += 1) await breaker.run(answer(outcome));
  return breaker;
}

test.each<Outcome>([
  { kind: 'succeeded', pspPaymentId: 'pi', chargeId: 'ch', amountMinor: 1n, currency: 'USD', cardLast4: null },
  { kind: 'declined', code: 'insufficient_funds', message: '', pspPaymentId: null, tryAgain: false },
  { kind: 'refused', code: 'parameter_invalid', message: '' },
  FINE,
  { kind: 'not_started', reason: 'rate_limited', retryAfterSeconds: 1, countsAsTry: true },
  { kind: 'unknown', reason: 'absent' },
  { kind: 'unknown', reason: 'http_409' },
  { kind: 'unknown', reason: 'not_told:api_key_revoked' },
])('a provider that answers is called on, whatever it says: $kind $code $reason', async (outcome) => {
  const breaker = await breakerAfter(outcome);
  expect([breaker.state(), breaker.admits()]).toEqual(['closed', Number.POSITIVE_INFINITY]);
});

test.each<Outcome>([
  SILENCE,
  { kind: 'unknown', reason: 'http_500' },
  { kind: 'not_started', reason: 'ECONNREFUSED', retryAfterSeconds: null, countsAsTry: false },
])('a provider that does not answer is left alone: $kind $reason', async (outcome) => {
  const breaker = await breakerAfter(outcome);
  expect([breaker.state(), breaker.admits()]).toEqual(['open', 0]);
});

test('all the retries of one payment do not open it; eight calls in a row do, however slowly they come', async () => {
  vi.useFakeTimers();
  try {
    const everyMinute = async (...outcomes: Outcome[]) => {
      const breaker = createBreaker();
      for (const outcome of outcomes) {
        vi.advanceTimersByTime(60_000);
        await breaker.run(answer(outcome));
      }
      return breaker.state();
    };
    const seven = Array.from({ length: 7 }, () => SILENCE);
    expect(await everyMinute(...seven)).toBe('closed');
    expect(await everyMinute(...seven, FINE, SILENCE)).toBe('closed');
    expect(await everyMinute(...seven, SILENCE)).toBe('open');
  } finally {
    vi.useRealTimers();
  }
});

test('while the breaker is open nothing is sent', async () => {
  const breaker = await breakerAfter(SILENCE);
  let sent = 0;
  const outcome = await breaker.run(() => {
    sent += 1;
    return Promise.resolve(FINE);
  });
  expect([sent, outcome]).toEqual([0, null]);
});

test('after a while one probe is let through, nobody waits for it, and its answer decides', async () => {
  vi.useFakeTimers();
  try {
    const changes: string[] = [];
    const breaker = createBreaker((state) => changes.push(state));
    for (let call = 0; call < CALLS; call += 1) await breaker.run(answer(SILENCE));
    const openedAt = breaker.since();
    expect(openedAt).toEqual(new Date());
    vi.advanceTimersByTime(2_999);
    expect([breaker.state(), breaker.admits()]).toEqual(['open', 0]);
    vi.advanceTimersByTime(1);
    expect([breaker.state(), breaker.admits()]).toEqual(['half-open', 1]);
    expect(await breaker.run(answer(SILENCE))).toEqual(SILENCE);
    expect(breaker.state()).toBe('open');

    vi.advanceTimersByTime(3_000);
    let release = (_: Outcome) => {};
    const probe = breaker.run(
      () =>
        new Promise<Outcome>((done) => {
          release = done;
        }),
    );
    expect([breaker.state(), breaker.admits()]).toEqual(['half-open', 0]);
    expect(await breaker.run(answer(FINE))).toBeNull();
    expect(breaker.since()).toEqual(openedAt);
    release(FINE);
    expect(await probe).toEqual(FINE);
    expect([breaker.state(), breaker.since()]).toEqual(['closed', new Date()]);
    expect(changes).toEqual(['open', 'half-open', 'open', 'half-open', 'closed']);
  } finally {
    vi.useRealTimers();
  }
});

test('a defect of ours passes through and does not open the breaker', async () => {
  const breaker = createBreaker();
  for (let call = 0; call < CALLS; call += 1)
    await expect(breaker.run(() => Promise.reject(new Error('a transaction is open')))).rejects.toThrow(
      'a transaction is open',
    );
  expect(breaker.state()).toBe('closed');
});
