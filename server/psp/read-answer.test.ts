import fc from 'fast-check';
import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { readIntent, readSession } from './read-answer.ts';

const intent = (change: object = {}) =>
  ({
    id: 'pi_1',
    object: 'payment_intent',
    status: 'succeeded',
    amount: 2_999,
    amount_received: 2_999,
    currency: 'usd',
    latest_charge: 'ch_1',
    last_payment_error: null,
    next_action: null,
    cancellation_reason: null,
    ...change,
  }) as unknown as Stripe.PaymentIntent;

test('a success says how much was received, not how much was asked for', () => {
  expect(readIntent(intent({ amount_received: 5 }))).toMatchObject({
    kind: 'succeeded',
    amountMinor: 5n,
    currency: 'USD',
    chargeId: 'ch_1',
  });
});

test.each([
  ['a charge', { latest_charge: null }],
  ['an amount', { amount_received: undefined }],
  ['a whole amount', { amount_received: 29.99 }],
  ['an amount that a double can hold', { amount_received: Number.MAX_SAFE_INTEGER + 1 }],
  ['a currency of ours', { currency: 'xau' }],
])('a success without %s is unknown', (_, change) => {
  expect(readIntent(intent(change))).toEqual({ kind: 'unknown', reason: 'unreadable_answer' });
});

test.each([
  ['requires_action', 'action_required'],
  ['processing', 'pending'],
  ['requires_capture', 'pending'],
  ['requires_confirmation', 'pending'],
  ['requires_payment_method', 'pending'],
  ['canceled', 'cancelled'],
  ['levitating', 'unknown'],
  [undefined, 'unknown'],
])('an intent that is %s reads as %s', (status, kind) => {
  expect(readIntent(intent({ status })).kind).toBe(kind);
});

test('an intent whose card was declined reads as that decline', () => {
  const last_payment_error = { code: 'card_declined', decline_code: 'lost_card', message: 'no' };
  expect(readIntent(intent({ status: 'requires_payment_method', last_payment_error }))).toMatchObject({
    kind: 'declined',
    code: 'lost_card',
    tryAgain: false,
  });
});

test('a session is what its intent is once it is complete, expired when it is, and else waits for the shopper', () => {
  const session = (change: object) =>
    ({
      id: 'cs_1',
      url: 'https://psp.test/pay',
      payment_intent: intent(),
      ...change,
    }) as unknown as Stripe.Checkout.Session;
  expect(readSession(session({ status: 'complete' })).kind).toBe('succeeded');
  expect(readSession(session({ status: 'complete', payment_intent: 'pi_1' })).kind).toBe('unknown');
  expect(readSession(session({ status: 'expired', expires_at: 1 })).kind).toBe('expired');
  expect(readSession(session({ status: 'open' }))).toMatchObject({
    kind: 'action_required',
    pspSessionId: 'cs_1',
    pageUrl: 'https://psp.test/pay',
  });
});

test('a session that ended before its time reads as cancelled, by whoever asks about it', () => {
  const session = { id: 'cs_1', status: 'expired', expires_at: 1_000 } as unknown as Stripe.Checkout.Session;
  expect(readSession(session, new Date(999_000)).kind).toBe('cancelled');
  expect(readSession(session, new Date(1_000_000)).kind).toBe('expired');
});

test('whatever an intent holds, only one that says so in full reads as money taken', () => {
  const value = fc.oneof(
    fc.constant(null),
    fc.string(),
    fc.integer(),
    fc.constantFrom('succeeded', 'canceled', 'usd', 'ch_1'),
  );
  fc.assert(
    fc.property(
      fc.record({ status: value, amount_received: value, currency: value, latest_charge: value }),
      (change) => {
        const outcome = readIntent(intent(change));
        if (outcome.kind !== 'succeeded') return;
        expect(change.status).toBe('succeeded');
        expect(Number.isSafeInteger(change.amount_received)).toBe(true);
        expect(change.latest_charge).toBeTruthy();
        expect(outcome.amountMinor).toBe(BigInt(change.amount_received as number));
      },
    ),
  );
});
