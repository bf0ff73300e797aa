import { book } from './book.ts';
import type { BookTransactionRow } from './book-rows.ts';
import type { Booking } from './post-charge.ts';

interface Adjustment extends Pick<BookTransactionRow, 'created' | 'currency' | 'source'> {
  /** Signed: negative is taken from the platform's balance, positive given to it. */
  readonly amount: number;
  /** What the PSP keeps on top; never given back by the opposite adjustment unless it says so with a negative fee. */
  readonly fee: number;
  readonly reporting_category: 'dispute' | 'dispute_reversal' | 'other_adjustment';
  readonly description: string;
}

/**
 * Books money that the card network takes back or gives again, with a fee: a dispute, its reversal. At most one of each category
 * per source. Pure; balances by construction.
 */
export function postAdjustment({ fee, ...adjustment }: Adjustment): Booking {
  return book(
    { ...adjustment, type: 'adjustment', fee },
    { card_network: adjustment.amount, merchant_available: fee - adjustment.amount, fee_income: -fee },
  );
}
