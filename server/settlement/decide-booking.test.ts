import { expect, test } from 'vitest';
import { type DisputeBooked, decideBooking, type SettledBefore, type WaitingTransaction } from './decide-booking.ts';

const NOTHING: SettledBefore = { isSettled: () => false, isBooked: () => false, find: () => null };
const DISPUTE: DisputeBooked = {
  currency: 'USD',
  opened: { ledgerTransactionId: 'opened', netMinor: -11_500n },
  won: { ledgerTransactionId: 'won', netMinor: 10_000n },
};
const WITHDRAWAL: WaitingTransaction = {
  id: 'txn_1',
  type: 'adjustment',
  amountMinor: -10_000n,
  feeMinor: 1_500n,
  netMinor: -11_500n,
  currency: 'USD',
  sourceId: 'du_1',
  subjectId: null,
  pspPaymentId: null,
  availableOn: new Date(0),
  tries: 1,
  subject: null,
  dispute: DISPUTE,
  payoutEnded: null,
  told: true,
};
const REINSTATEMENT = { ...WITHDRAWAL, amountMinor: 10_000n, feeMinor: 0n, netMinor: 10_000n };

test('a withdrawal and what came back find what the dispute booked, and book nothing again', () => {
  expect(decideBooking(WITHDRAWAL, NOTHING)).toEqual({ kind: 'match', ledgerTransactionId: 'opened' });
  expect(decideBooking(REINSTATEMENT, NOTHING)).toEqual({ kind: 'match', ledgerTransactionId: 'won' });
});

test('they wait for the dispute, which may be told of later than its money', () => {
  expect(decideBooking({ ...WITHDRAWAL, dispute: null }, NOTHING).kind).toBe('wait');
  expect(decideBooking({ ...WITHDRAWAL, dispute: { ...DISPUTE, opened: null } }, NOTHING).kind).toBe('wait');
  expect(decideBooking({ ...REINSTATEMENT, dispute: { ...DISPUTE, won: null } }, NOTHING).kind).toBe('wait');
});

test('a dispute that nobody knows for days is none of ours, and so is an adjustment of nothing', () => {
  const foreign = { kind: 'suspense', cause: 'not_ours' };
  expect(decideBooking({ ...WITHDRAWAL, dispute: null, tries: 100 }, NOTHING)).toEqual(foreign);
  expect(decideBooking({ ...WITHDRAWAL, sourceId: null }, NOTHING)).toEqual(foreign);
});

test('what a dispute took is found once: more on its account is suspended, another amount is refused', () => {
  const before = { ...NOTHING, isBooked: (id: string) => id === 'opened' };
  expect(decideBooking(WITHDRAWAL, before)).toEqual({ kind: 'suspense', cause: 'settled_already' });
  const more = { ...WITHDRAWAL, feeMinor: 2_000n, netMinor: -12_000n };
  expect(decideBooking(more, NOTHING)).toEqual({ kind: 'refuse', cause: 'amount_mismatch' });
  expect(decideBooking({ ...WITHDRAWAL, currency: 'EUR' }, NOTHING)).toEqual({
    kind: 'refuse',
    cause: 'amount_mismatch',
  });
});

test('what cannot be read is refused once the provider was asked for it again, and waits while it does not say', () => {
  const unread = { ...WITHDRAWAL, type: 'unreadable', amountMinor: 0n, feeMinor: 0n, netMinor: 0n, currency: null };
  expect(decideBooking(unread, NOTHING)).toEqual({ kind: 'refuse', cause: 'unreadable' });
  expect(decideBooking({ ...unread, told: false }, NOTHING).kind).toBe('wait');
});
