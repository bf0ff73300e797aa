import { expect, it } from 'vitest';
import type { EventStatus, OrderStatus } from '../status/statuses.ts';
import type { CheckoutView } from './checkout-view.ts';
import { isSettled, outcomeOf } from './outcome.ts';

function checkout(status: EventStatus, states: OrderStatus[], unknown = false): CheckoutView {
  return {
    checkoutId: 'c1',
    status,
    currency: 'USD',
    total: '10.00',
    buyer: { email: 'ada@example.com', name: 'Ada' },
    createdAt: '2026-01-01T00:00:00Z',
    payable: false,
    pageUrl: null,
    lastDecline: null,
    orders: states.map((state, index) => ({
      paymentOrderId: `o${index}`,
      sellerId: 's',
      sellerName: 'S',
      description: 'Bowl',
      amount: '10.00',
      currency: 'USD',
      status: state,
      unknown,
      walletUpdated: state === 'SUCCESS',
      ledgerUpdated: state === 'SUCCESS',
    })),
  };
}

it.each([
  ['COMPLETED', ['SUCCESS', 'SUCCESS'], 'paid'],
  ['PARTIALLY_COMPLETED', ['SUCCESS', 'FAILED'], 'partly-paid'],
  ['PROCESSING', ['REQUIRES_ACTION'], 'confirming'],
  ['PROCESSING', ['UNKNOWN'], 'checking'],
  ['PROCESSING', ['MANUAL_REVIEW'], 'checking'],
  ['FAILED', ['FAILED'], 'failed'],
  ['FAILED', ['LATE_SUCCESS'], 'refunding'],
  ['FAILED', ['AUTO_REFUNDING'], 'refunding'],
  ['EXPIRED', ['CANCELLED', 'CANCELLED'], 'cancelled'],
  ['EXPIRED', ['EXPIRED', 'CANCELLED'], 'expired'],
] as const)('%s of %j is %s to the shopper', (status, states, outcome) => {
  expect(outcomeOf(checkout(status, [...states]))).toBe(outcome);
});

it('an unknown order is shown as being checked, never as failed, and is watched on', () => {
  const outcome = outcomeOf(checkout('PROCESSING', ['EXECUTING'], true));
  expect(outcome).toBe('checking');
  expect(isSettled(outcome)).toBe(false);
});
