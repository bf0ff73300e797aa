import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Booking } from './post-charge.ts';
import { postNetworkSettlement, postValueDate } from './post-day.ts';
import { postPayout, postPayoutBack, postPayoutPaid } from './post-payout.ts';
import { postTransfer, postTransferBack } from './post-transfer.ts';

const facts = fc.record({
  amount: fc.integer({ min: 1, max: 10 ** 12 }),
  currency: fc.constantFrom('usd', 'jpy', 'kwd'),
  created: fc.integer({ min: 0, max: 4_000_000_000 }),
});
const owners = fc.constantFrom(null, 'acct_1');
const fundings = fc.constantFrom('bank' as const, 'balance' as const);

/** Lines of zero are left out, the rest sums to zero, and the balance moves by the net. */
function expectSound({ transaction, entries }: Booking): void {
  expect(entries.every(({ amount, currency }) => amount !== 0 && currency === transaction.currency)).toBe(true);
  expect(entries.reduce((sum, { amount }) => sum + amount, 0)).toBe(0);
  expect(transaction.net).toBe(transaction.amount - transaction.fee);
  if (transaction.owner === 'psp') return;
  const account = transaction.owner ? 'connected' : 'merchant_available';
  const moved = entries.filter((entry) => entry.account === account).reduce((sum, { amount }) => sum + amount, 0);
  expect(moved + transaction.net).toBe(0);
}

/** The sums of several bookings together, by account. */
function sumsOf(bookings: readonly Booking[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { account, amount } of bookings.flatMap(({ entries }) => entries))
    sums[account] = (sums[account] ?? 0) + amount;
  return Object.fromEntries(Object.entries(sums).filter(([, amount]) => amount !== 0));
}

describe('a payout', () => {
  test('is a balanced booking at every stage, and one that comes back leaves no trace in any account', () => {
    fc.assert(
      fc.property(facts, owners, ({ created, ...money }, owner) => {
        const payout = { ...money, id: 'po_1', owner };
        const made = postPayout(payout, created);
        const paid = postPayoutPaid(payout, created);
        const courses = [
          [made, postPayoutBack(payout, created, 'pending')],
          [made, postPayoutBack(payout, created, 'in_transit')],
          [made, paid, postPayoutBack(payout, created, 'paid')],
        ];
        for (const course of courses) {
          course.forEach(expectSound);
          expect(sumsOf(course)).toEqual({});
        }
        const account = owner === null ? 'merchant_available' : 'connected';
        expect(sumsOf([made, paid])).toEqual({ [account]: money.amount, bank: -money.amount });
      }),
    );
  });
});

describe('a transfer', () => {
  test('gives the account what it takes from bank or balance; its reversal undoes it', () => {
    fc.assert(
      fc.property(facts, fundings, (money, funding) => {
        const transfer = { ...money, id: 'tr_1', payment: 'py_1', account: 'acct_1', funding };
        const there = postTransfer(transfer);
        const back = postTransferBack({ ...transfer, id: 'trr_1', payment: 'pyr_1' });
        [...there, ...back].forEach(expectSound);
        expect(sumsOf(there)).toEqual({
          connected: -money.amount,
          [funding === 'bank' ? 'bank' : 'merchant_available']: money.amount,
        });
        expect(sumsOf([...there, ...back])).toEqual({});
      }),
    );
  });
});

test('the day moves what is settled: the network pays the bank, pending becomes available', () => {
  const bookings = [postNetworkSettlement('usd', 10_000, 0), postValueDate('usd', -9_680, 0)];
  bookings.forEach(expectSound);
  expect(sumsOf(bookings)).toEqual({
    bank: 10_000,
    card_network: -10_000,
    merchant_pending: 9_680,
    merchant_available: -9_680,
  });
});
