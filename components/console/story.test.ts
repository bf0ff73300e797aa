import { expect, test } from 'vitest';
import { tellStory } from './story.ts';

type Transition = Parameters<typeof tellStory>[0][number];

const at = new Date('2026-01-01T12:00:00Z');
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

test('orders that moved together are one sentence', () => {
  const [line, ...others] = tellStory([step('order_1', 'SUCCESS'), step('order_2', 'SUCCESS')], attempts);
  expect(others).toEqual([]);
  expect(line).toMatchObject({
    text: 'Paid and booked (attempt 1, 2 orders, card ending 4242, 412 ms)',
    source: 'Learned from the provider’s answer',
    orderIds: ['order_1', 'order_2'],
  });
});

test('a failure says why, in plain words', () => {
  const [line] = tellStory([step('order_1', 'FAILED', { reason: 'declined: insufficient_funds', actor: 'webhook' })], attempts);
  expect(line).toMatchObject({ text: 'Failed, nothing was taken (declined: insufficient funds, attempt 1)', source: 'Learned from a webhook' });
});

test('steps at different times stay apart, in their order', () => {
  const later = new Date(at.getTime() + 5);
  expect(tellStory([step('order_1', 'EXECUTING'), step('order_1', 'SUCCESS', { at: later })], attempts).map((line) => line.to)).toEqual(['EXECUTING', 'SUCCESS']);
});
