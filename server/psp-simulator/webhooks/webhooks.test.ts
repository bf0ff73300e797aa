import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { renderEvent } from '../events/render-event.ts';
import { nextWaitMs } from './retry-schedule.ts';
import { signatureHeader } from './sign.ts';

const SECRET = 'whsec_0123456789012345678901234567';
const DAY_MS = 24 * 3_600_000;

const event = {
  id: 'evt_1',
  created: 1_750_000_000,
  type: 'charge.succeeded',
  object_id: 'ch_1',
  object: '{"id":"ch_1","object":"charge"}',
  request_id: null,
  idempotency_key: null,
  account: null,
};

test('a signed event is accepted by the official SDK, and only within its tolerance', () => {
  const stripe = new Stripe('sk_test_x');
  const body = renderEvent(event, 1);
  const now = Math.floor(Date.now() / 1000);
  const accepted = stripe.webhooks.constructEvent(body, signatureHeader(body, [SECRET], now), SECRET);
  expect(accepted).toMatchObject({ id: 'evt_1', object: 'event', data: { object: { id: 'ch_1' } } });
  const old = signatureHeader(body, [SECRET], now - 301);
  expect(() => stripe.webhooks.constructEvent(body, old, SECRET)).toThrow(/tolerance/);
});

test('waits grow fourfold up to 12 hours and end after 3 days', () => {
  expect([1, 2, 3, 4].map((failures) => nextWaitMs(failures, 0, 1_000))).toEqual([1_000, 4_000, 16_000, 64_000]);
  expect(nextWaitMs(40, DAY_MS, 1_000)).toBe(DAY_MS / 2);
  expect(nextWaitMs(5, 3 * DAY_MS, 1_000)).toBeNull();
});
