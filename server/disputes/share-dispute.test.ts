import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RefundableOrder } from '#payments';
import { shareDispute } from './share-dispute.ts';

const order = (id: number, amountMinor: bigint, change: Partial<RefundableOrder> = {}): RefundableOrder => ({
  paymentOrderId: `order_${id}`,
  attemptId: 'att',
  sellerId: `seller_${id % 2}`,
  state: 'SUCCESS',
  amountMinor,
  commissionMinor: 0n,
  currency: 'USD',
  refundedMinor: 0n,
  commissionReturnedMinor: 0n,
  disputedMinor: 0n,
  ...change,
});

test('sellers bear what is left of their orders at most, and all of it when the withdrawal takes that much', () => {
  const orders = fc.array(
    fc.tuple(fc.bigInt(1n, 1_000_000n), fc.double({ min: 0, max: 1, noNaN: true })).map(([amount, part]) => ({
      amount,
      refunded: (amount * BigInt(Math.floor(part * 1_000))) / 1_000n,
    })),
    { minLength: 1, maxLength: 10 },
  );
  fc.assert(
    fc.property(orders, fc.bigInt(1n, 5_000_000n), (rows, withdrawn) => {
      const charge = rows.map(({ amount, refunded }, index) => order(index, amount, { refundedMinor: refunded }));
      const shares = shareDispute(withdrawn, charge, null);
      const left = rows.reduce((sum, { amount, refunded }) => sum + amount - refunded, 0n);
      const borne = shares.reduce((sum, { shareMinor }) => sum + shareMinor, 0n);
      expect([withdrawn, left]).toContain(borne);
      expect(borne <= withdrawn && borne <= left).toBe(true);
      for (const { paymentOrderId, disputedMinor } of shares) {
        const row = charge.find((one) => one.paymentOrderId === paymentOrderId) as RefundableOrder;
        expect(disputedMinor > 0n && disputedMinor <= row.amountMinor - row.refundedMinor).toBe(true);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('where the platform bears shortfalls, a seller bears what he has, over all his orders together', () => {
  const charge = [order(0, 600n), order(2, 400n), order(1, 1_000n)];
  const funds: Record<string, bigint> = { seller_0: 700n, seller_1: -5n };
  expect(shareDispute(2_000n, charge, (seller) => funds[seller] ?? 0n)).toMatchObject([
    { paymentOrderId: 'order_0', disputedMinor: 600n, shareMinor: 600n },
    { paymentOrderId: 'order_2', disputedMinor: 400n, shareMinor: 100n },
    { paymentOrderId: 'order_1', disputedMinor: 1_000n, shareMinor: 0n },
  ]);
});

test('an order that was not paid for good, or is disputed already, bears nothing', () => {
  const charge = [order(0, 600n, { state: 'AUTO_REFUNDING' }), order(1, 400n, { disputedMinor: 400n })];
  expect(shareDispute(1_000n, charge, null)).toEqual([]);
});
