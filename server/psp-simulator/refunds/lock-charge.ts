import type { BookTransactionRow, ChargeRow } from '../database/rows.ts';
import type { Tx } from '../database/store.ts';

const CHARGE = 'select * from charges where id = $1 for update';
const BOOKED = 'select * from book_transactions where id = $1';

/** A charge under lock, with its booking. */
export interface LockedCharge {
  readonly charge: ChargeRow;
  readonly booked: BookTransactionRow;
}

/** Locks a charge that took money, so that refunds of it come one after the other; undefined when there is none. */
export async function lockCharge(tx: Tx, id: string): Promise<LockedCharge | undefined> {
  const [charge] = await tx.rows<ChargeRow>('lock_charge', CHARGE, [id]);
  if (charge?.status !== 'succeeded') return undefined;
  const [booked] = await tx.rows<BookTransactionRow>('booking_of_charge', BOOKED, [charge.balance_transaction]);
  return booked && { charge, booked };
}
