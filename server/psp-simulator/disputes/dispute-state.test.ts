import { expect, test } from 'vitest';
import type { DisputeStatus } from '../database/rows.ts';
import { DISPUTE_STATES, type DisputeEvent, followingStatus, isRefundable } from './dispute-state.ts';

const STATUSES = Object.keys(DISPUTE_STATES) as DisputeStatus[];

test('every state can be reached, and the closed ones end it', () => {
  const reached = new Set<DisputeStatus>(['warning_needs_response']);
  for (const status of reached) for (const to of Object.values(DISPUTE_STATES[status])) reached.add(to);
  expect([...reached].sort()).toEqual([...STATUSES].sort());
  const ends = STATUSES.filter((status) => Object.keys(DISPUTE_STATES[status]).length === 0);
  expect(ends.sort()).toEqual(['lost', 'warning_closed', 'won']);
});

test('the bank has the money in the states of a dispute, until it is won', () => {
  expect(STATUSES.filter((status) => !isRefundable(status)).sort()).toEqual(['lost', 'needs_response', 'under_review']);
});

test('what is not listed is refused', () => {
  const events: DisputeEvent[] = ['submit', 'accept', 'expire', 'win', 'lose', 'escalate', 'refund'];
  for (const event of events) expect(() => followingStatus('won', event)).toThrow('a status of won');
});
