import { assert, newId } from '#kernel';
import type { BookAccount, BookTransactionRow } from './book-rows.ts';
import type { Booking } from './post-charge.ts';

/** The owner of movements that are the PSP's own and no merchant's. */
export const PSP = 'psp';

export interface Movement
  extends Pick<
    BookTransactionRow,
    'type' | 'created' | 'currency' | 'amount' | 'source' | 'owner' | 'reporting_category'
  > {
  readonly description?: string;
  /** What the PSP keeps of it; default: nothing. */
  readonly fee?: number;
}

/** A transaction whose money is available at once, with its lines. Pure; a line of zero is left out. */
export function book(movement: Movement, lines: Readonly<Partial<Record<BookAccount, number>>>): Booking {
  const { fee = 0, description = null, ...facts } = movement;
  const transaction = newId('txn');
  const moved = Object.entries(lines).filter(([, amount]) => amount !== 0) as [BookAccount, number][];
  assert(moved.reduce((sum, [, amount]) => sum + amount, 0) === 0, 'a booking sums to zero');
  return {
    transaction: {
      ...facts,
      id: transaction,
      available_on: movement.created,
      fee,
      net: movement.amount - fee,
      description,
    },
    entries: moved.map(([account, amount], index) => ({
      transaction,
      line: index + 1,
      account,
      currency: movement.currency,
      amount,
    })),
  };
}

/** The account that holds an owner's balance: null is the platform. */
export function balanceAccount(owner: string | null): 'merchant_available' | 'connected' {
  return owner === null ? 'merchant_available' : 'connected';
}

/** The rows of bookings, as a commit takes them. */
export function bookingWrites(bookings: readonly Booking[]) {
  return {
    book_transactions: bookings.map((one) => one.transaction),
    book_entries: bookings.flatMap((one) => one.entries),
  };
}
