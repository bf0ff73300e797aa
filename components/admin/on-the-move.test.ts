import { expect, test } from 'vitest';
import { isOnTheMove } from './on-the-move.ts';

type Payment = Parameters<typeof isOnTheMove>[0];

const now = new Date('2026-01-01T12:00:00Z');
const payment = (status: string, secondsAgo: number, refunds: readonly { finishedAt: Date | null }[] = []) =>
  ({
    checkout: { status },
    transitions: [{ at: new Date(now.getTime() - secondsAgo * 1_000) }],
    refunds,
  }) as unknown as Payment;

test('a payment without an end is followed; one that ended, only as long as news may come twice', () => {
  expect(isOnTheMove(payment('PROCESSING', 3_600), now)).toBe(true);
  expect(isOnTheMove(payment('COMPLETED', 5), now)).toBe(true);
  expect(isOnTheMove(payment('COMPLETED', 60), now)).toBe(false);
});

test('a payment whose money is going back is followed until it has gone', () => {
  expect(isOnTheMove(payment('FAILED', 3_600, [{ finishedAt: null }]), now)).toBe(true);
  expect(isOnTheMove(payment('FAILED', 3_600, [{ finishedAt: now }]), now)).toBe(false);
});
