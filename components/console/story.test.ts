import { expect, test } from 'vitest';
import { tellRefunds, tellStory } from './story.ts';

type Transition = Parameters<typeof tellStory>[0][number];

const at = new Date('2026-01-01T12:00:00Z');
const later = new Date(at.getTime() + 5);
const step = (paymentOrderId: string, to: Transition['to'], more: Partial<Transition> = {}): Transition => ({
  paymentOrderId,
  seq: 1,
  from: 'EXECUTING',
  to,
  reason: '',
  attemptId: 'att_1',
  actor: 'api',
  at,
  ...more,
});
const attempts = [{ id: 'att_1', attemptNo: 1, cardLast4: '4242', latencyMs: 412 }];
const orders = [
  { paymentOrderId: 'order_1', sellerName: 'Alder' },
  { paymentOrderId: 'order_2', sellerName: 'Tidewater' },
];

test('orders that moved together are one sentence', () => {
  const lines = tellStory([step('order_1', 'SUCCESS'), step('order_2', 'SUCCESS')], attempts, orders);
  expect(lines).toMatchObject([
    { text: 'Paid and booked (attempt 1, card ending 4242, 412 ms)', source: 'Learned from the provider’s answer' },
  ]);
});

test('where only some orders moved, the sentence says whose', () => {
  const lines = tellStory([step('order_1', 'SUCCESS'), step('order_2', 'SUCCESS', { at: later })], attempts, orders);
  expect(lines.map((line) => line.text)).toEqual([
    'Paid and booked for Alder (attempt 1, card ending 4242, 412 ms)',
    'Paid and booked for Tidewater (attempt 1, card ending 4242, 412 ms)',
  ]);
});

test('a failure says why, in plain words', () => {
  const [line] = tellStory(
    [step('order_1', 'FAILED', { reason: 'declined: insufficient_funds', actor: 'webhook' })],
    attempts,
  );
  expect(line).toMatchObject({
    text: 'Failed, nothing was taken (attempt 1, declined: insufficient funds)',
    source: 'Learned from a webhook',
  });
});

test('a start is nothing learned, and steps at different times stay apart', () => {
  const lines = tellStory([step('order_1', 'EXECUTING'), step('order_1', 'SUCCESS', { at: later })], attempts);
  expect(lines.map((line) => [line.to, line.source])).toEqual([
    ['EXECUTING', 'Sent to the provider'],
    ['SUCCESS', 'Learned from the provider’s answer'],
  ]);
});

test('an answer that never came is not told as one', () => {
  const [line] = tellStory([step('order_1', 'UNKNOWN', { reason: 'no definite answer: timeout' })], attempts);
  expect(line).toMatchObject({
    text: 'No definite answer from the provider (attempt 1, timeout, 412 ms)',
    source: 'Noticed while waiting for its answer',
  });
});

test('a refund is told step by step, with its amount and why it failed', () => {
  const refund = {
    id: 'rfd_1',
    amount: '29.99',
    currency: 'USD',
    steps: [
      { seq: 1, to: 'SUBMITTED', reason: 'sent to the provider', actor: 'worker', at },
      { seq: 2, to: 'SUCCEEDED', reason: 'given back by the provider', actor: 'worker', at },
      { seq: 3, to: 'FAILED_LATE', reason: 'failed_late:lost_or_stolen_card', actor: 'webhook', at: later },
    ],
  } as unknown as Parameters<typeof tellRefunds>[0][number];
  expect(tellRefunds([refund]).map((line) => [line.text, line.source])).toEqual([
    ['Refund sent to the provider (29.99 USD)', 'Done by the worker'],
    ['Given back to the buyer (29.99 USD)', 'Learned from the provider’s answer'],
    [
      'The refund came back from the bank; the money is where it was before (29.99 USD, failed late: lost or stolen card)',
      'Learned from a webhook',
    ],
  ]);
});
