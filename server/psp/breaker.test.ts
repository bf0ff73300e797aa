import { expect, test } from 'vitest';
import { createBreaker } from './breaker.ts';
import type { Outcome } from './outcome.ts';

const CALLS = 30;
const answer = (outcome: Outcome) => () => Promise.resolve(outcome);

async function stateAfter(outcome: Outcome): Promise<string> {
  const breaker = createBreaker();
  for (let call = 0; call < CALLS; call += 1) await breaker.run(answer(outcome));
  return breaker.state();
}

test.each<Outcome>([
  { kind: 'succeeded', pspPaymentId: 'pi', chargeId: 'ch', amountMinor: 1n, currency: 'USD', cardLast4: null },
  { kind: 'declined', code: 'insufficient_funds', message: '', pspPaymentId: null, tryAgain: false },
  { kind: 'refused', code: 'parameter_invalid', message: '' },
  { kind: 'expired' },
  { kind: 'not_started', reason: 'rate_limited', retryAfterSeconds: 1, countsAsTry: true },
  { kind: 'unknown', reason: 'absent' },
  { kind: 'unknown', reason: 'http_409' },
])('a provider that answers is called on, whatever it says: $kind $code $reason', async (outcome) => {
  expect(await stateAfter(outcome)).toBe('closed');
});

test.each<Outcome>([
  { kind: 'unknown', reason: 'ETIMEDOUT' },
  { kind: 'unknown', reason: 'http_500' },
  { kind: 'not_started', reason: 'ECONNREFUSED', retryAfterSeconds: null, countsAsTry: true },
])('a provider that does not answer is left alone: $kind $reason', async (outcome) => {
  expect(await stateAfter(outcome)).toBe('open');
});

test('while the breaker is open nothing is sent, nothing is lost, and no try is used up', async () => {
  const breaker = createBreaker();
  for (let call = 0; call < CALLS; call += 1) await breaker.run(answer({ kind: 'unknown', reason: 'ETIMEDOUT' }));
  let sent = 0;
  const outcome = await breaker.run(() => {
    sent += 1;
    return Promise.resolve({ kind: 'expired' });
  });
  expect(sent).toBe(0);
  expect(outcome).toEqual({ kind: 'not_started', reason: 'breaker_open', retryAfterSeconds: 3, countsAsTry: false });
});

test('a defect of ours passes through and does not open the breaker', async () => {
  const breaker = createBreaker();
  for (let call = 0; call < CALLS; call += 1)
    await expect(breaker.run(() => Promise.reject(new Error('a transaction is open')))).rejects.toThrow(
      'a transaction is open',
    );
  expect(breaker.state()).toBe('closed');
});
