import { describe, expect, test } from 'vitest';
import type { RefundableOrder } from '#payments';
import { planRefund } from './plan-refund.ts';

const order = (id: string, change: Partial<RefundableOrder> = {}): RefundableOrder => ({
  paymentOrderId: id,
  attemptId: 'att',
  sellerId: 'seller',
  state: 'SUCCESS',
  amountMinor: 2_999n,
  commissionMinor: 74n,
  currency: 'USD',
  refundedMinor: 0n,
  commissionReturnedMinor: 0n,
  disputedMinor: 0n,
  ...change,
});
const usd = (amountMinor: bigint) => ({ amountMinor, currency: 'USD' as const });
const told = (plan: ReturnType<typeof planRefund>) =>
  plan.map((part) => [part.order.paymentOrderId, part.amountMinor, part.commissionMinor]);

describe('what goes back', () => {
  test('without an amount: all that is left, with the rest of the commission', () => {
    const part = order('b', { refundedMinor: 1_000n, commissionReturnedMinor: 24n });
    expect(told(planRefund([order('a'), part], {}))).toEqual([
      ['a', 2_999n, 74n],
      ['b', 1_999n, 50n],
    ]);
  });

  test('with one: spread over the orders of its currency that can be refunded', () => {
    const orders = [order('a'), order('b', { currency: 'EUR' }), order('c', { state: 'FAILED' }), order('d')];
    expect(told(planRefund(orders, { amount: usd(101n), remainderTo: 'd' }))).toEqual([
      ['a', 50n, 1n],
      ['d', 51n, 1n],
    ]);
  });
});

test.each([
  ['more than is left', [order('a')], { amount: usd(3_000n) }, 'refund_exceeds_captured'],
  ['another currency', [order('a', { currency: 'EUR' })], { amount: usd(1n) }, 'refund_exceeds_captured'],
  ['a refunded order', [order('a', { refundedMinor: 2_999n })], {}, 'refund_exceeds_captured'],
  ['an unpaid order', [order('a', { state: 'FAILED' })], {}, 'refund_not_allowed'],
  ['late money', [order('a', { state: 'AUTO_REFUNDING' })], {}, 'refund_not_allowed'],
  ['a disputed order', [order('a', { disputedMinor: 1n })], {}, 'refund_not_allowed'],
  ['nothing at all', [], {}, 'refund_not_allowed'],
  ['a remainder to another order', [order('a')], { amount: usd(1n), remainderTo: 'x' }, 'validation_failed'],
])('%s is refused by its own code', (_, orders, wish, code) => {
  expect(() => planRefund(orders, wish)).toThrow(expect.objectContaining({ code }));
});
