import type { ChargeRow, DisputeRow } from '../database/rows.ts';
import type { Tx } from '../database/store.ts';
import { StripeError } from '../http/stripe-error.ts';
import type { LockedCharge } from '../refunds/lock-charge.ts';
import { isRefundable } from './dispute-state.ts';
import { bookingsOf, type Moved, moveDispute } from './move-dispute.ts';

const OF_CHARGE = 'select * from disputes where charge = $1';

/**
 * What a refund means for the dispute of its locked charge: an inquiry ends when nothing is left of the charge. Throws Stripe's 400 while
 * the bank has the money, so that it is not given back twice.
 */
export async function disputeAfterRefund(tx: Tx, locked: LockedCharge, refunded: ChargeRow): Promise<Moved | null> {
  if (!locked.charge.disputed) return null;
  const [dispute] = await tx.rows<DisputeRow>('dispute_of_charge', OF_CHARGE, [locked.charge.id]);
  if (!dispute) return null;
  if (!isRefundable(dispute.status)) {
    const message = `Charge ${locked.charge.id} has been charged back; cannot issue a refund.`;
    throw new StripeError(400, 'invalid_request_error', message, { code: 'charge_disputed' });
  }
  const open = dispute.status === 'warning_needs_response' || dispute.status === 'warning_under_review';
  if (!open || refunded.amount_refunded < refunded.amount) return null;
  return moveDispute({ ...locked, dispute, bookings: await bookingsOf(tx, dispute.id) }, 'refund');
}
