import { balanceAccount, book, PSP } from './book.ts';
import type { Booking } from './post-charge.ts';

interface PaidOut {
  /** Id of the payout. */
  readonly id: string;
  /** Whose balance is paid out: a connected account's, or the platform's (null). */
  readonly owner: string | null;
  readonly amount: number;
  readonly currency: string;
}

/** Books a payout when it is made: the amount leaves the balance at once and is on its way to the bank. Pure. */
export function postPayout({ id, owner, amount, currency }: PaidOut, created: number): Booking {
  return book(
    { type: 'payout', created, owner, currency, amount: -amount, source: id, description: 'STRIPE PAYOUT' },
    { [balanceAccount(owner)]: amount, payouts_in_transit: -amount },
  );
}

/** Books the arrival: the PSP's bank has paid. The merchant's balance is not moved by it. Pure. */
export function postPayoutPaid({ id, amount, currency }: PaidOut, created: number): Booking {
  return book(
    { type: 'payout_paid', created, owner: PSP, currency, amount, source: id },
    { payouts_in_transit: amount, bank: -amount },
  );
}

/**
 * Books what comes back into the balance: a payout canceled before it left, one that failed on its way, or one that the
 * receiving bank sent back after it was paid. Pure.
 */
export function postPayoutBack(
  { id, owner, amount, currency }: PaidOut,
  created: number,
  from: 'pending' | 'in_transit' | 'paid',
): Booking {
  const type = from === 'pending' ? 'payout_cancel' : 'payout_failure';
  return book(
    { type, created, owner, currency, amount, source: id, description: 'STRIPE PAYOUT RETURNED' },
    { [from === 'paid' ? 'bank' : 'payouts_in_transit']: amount, [balanceAccount(owner)]: -amount },
  );
}
