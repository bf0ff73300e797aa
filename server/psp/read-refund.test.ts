import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { readRefund, refundEnquiryError, refundError, refundIdOf } from './read-refund.ts';

const refund = (change: object = {}) =>
  ({
    id: 're_1',
    object: 'refund',
    amount: 2_999,
    currency: 'usd',
    status: 'succeeded',
    metadata: { refund_id: 'rfd_1' },
    ...change,
  }) as unknown as Stripe.Refund;

test.each([
  ['succeeded', 'succeeded'],
  ['pending', 'pending'],
  ['requires_action', 'pending'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
  ['levitating', 'unknown'],
  [null, 'unknown'],
])('a refund that is %s reads as %s', (status, kind) => {
  expect(readRefund(refund({ status })).kind).toBe(kind);
});

test('a refund says how much went back, and a failed one why', () => {
  expect(readRefund(refund({ amount: 5 }))).toEqual({
    kind: 'succeeded',
    pspRefundId: 're_1',
    amountMinor: 5n,
    currency: 'USD',
  });
  expect(readRefund(refund({ status: 'failed', failure_reason: 'lost_or_stolen_card' }))).toMatchObject({
    reason: 'lost_or_stolen_card',
  });
});

test.each([
  ['an id', { id: undefined }],
  ['an amount', { amount: undefined }],
  ['a whole amount', { amount: 29.99 }],
  ['a positive amount', { amount: -2_999 }],
  ['an amount that a double can hold', { amount: Number.MAX_SAFE_INTEGER + 1 }],
  ['a currency of ours', { currency: 'xau' }],
])('a refund without %s is unknown, whatever its status', (_, change) => {
  for (const status of ['succeeded', 'pending', 'failed'])
    expect(readRefund(refund({ status, ...change }))).toEqual({ kind: 'unknown', reason: 'unreadable_answer' });
});

test('a refund is ours when it carries our id', () => {
  expect(refundIdOf(refund())).toBe('rfd_1');
  for (const metadata of [null, {}, { attempt_id: 'att_1' }]) expect(refundIdOf(refund({ metadata }))).toBeNull();
});

test('a refusal of a refund is definite; a refusal of the question about it says nothing', () => {
  const refused = new Stripe.errors.StripeInvalidRequestError({
    type: 'invalid_request_error',
    code: 'charge_already_refunded',
    message: 'x',
    statusCode: 400,
  } as never);
  expect(refundError(refused)).toMatchObject({ kind: 'refused', code: 'charge_already_refunded' });
  expect(refundEnquiryError(refused)).toEqual({ kind: 'unknown', reason: 'not_told:charge_already_refunded' });
});

test.each([new Error('x'), 'a string', null, undefined])('whatever else is thrown (%s) is unknown', (error) => {
  expect(refundError(error).kind).toBe('unknown');
  expect(refundEnquiryError(error).kind).toBe('unknown');
});
