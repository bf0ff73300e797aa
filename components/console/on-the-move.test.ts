import { expect, test } from 'vitest';
import type { EventStatus, OrderStatus } from '../status/statuses.ts';
import { isOnTheMove } from './on-the-move.ts';

const now = new Date('2026-01-01T12:00:00Z');
const payment = (
  status: EventStatus | OrderStatus,
  secondsAgo: number,
  refunds: readonly { finishedAt: Date | null }[] = [],
) => ({ status, transitions: [{ at: new Date(now.getTime() - secondsAgo * 1_000) }], refunds });

test('a payment without an end is followed; one that ended, only as long as news may come twice', () => {
  expect(isOnTheMove(payment('PROCESSING', 3_600), now)).toBe(true);
  expect(isOnTheMove(payment('UNKNOWN', 3_600), now)).toBe(true);
  expect(isOnTheMove(payment('COMPLETED', 5), now)).toBe(true);
  expect(isOnTheMove(payment('COMPLETED', 60), now)).toBe(false);
  expect(isOnTheMove(payment('SUCCESS', 60), now)).toBe(false);
});

test('a payment whose money is going back is followed until it has gone', () => {
  expect(isOnTheMove(payment('FAILED', 3_600, [{ finishedAt: null }]), now)).toBe(true);
  expect(isOnTheMove(payment('FAILED', 3_600, [{ finishedAt: now }]), now)).toBe(false);
});
