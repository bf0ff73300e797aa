import { type Booking, postCharge } from '../books/post-charge.ts';
import type { ChargeRow, IntentRow, PaymentMethodRow } from '../database/rows.ts';

interface Taking {
  /** The charge, drafted, authorized or under way. */
  readonly charge: Omit<ChargeRow, 'status' | 'balance_transaction' | 'failure'>;
  readonly method: PaymentMethodRow;
  /** Minor units; the rest of the charge is let go. */
  readonly amount: number;
  /** Unix seconds. */
  readonly now: number;
  /** When the bank of a card that disputes does so. */
  readonly disputeAt: Date;
}

export interface Taken {
  readonly charge: ChargeRow;
  readonly booking: Booking;
}

/** The moment money is taken: the charge succeeds and is booked. Pure, except for new ids. */
export function takeMoney({ charge, method, amount, now, disputeAt }: Taking): Taken {
  const { dispute, settles } = method.behaviour;
  const booking = postCharge({ ...charge, amount, created: now, settles });
  return {
    booking,
    charge: {
      ...charge,
      status: 'succeeded',
      released: charge.amount - amount,
      balance_transaction: booking.transaction.id,
      failure: null,
      next: dispute ? 'dispute' : null,
      next_at: dispute ? disputeAt.toISOString() : null,
    },
  };
}

/** The intent whose money was taken. */
export function paidIntent(intent: IntentRow, charge: ChargeRow): IntentRow {
  return {
    ...intent,
    status: 'succeeded',
    amount_received: charge.amount - charge.released,
    latest_charge: charge.id,
    last_payment_error: null,
    next_action: null,
  };
}
