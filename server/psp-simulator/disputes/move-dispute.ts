import type { Booking } from '../books/post-charge.ts';
import { postDispute } from '../books/post-dispute.ts';
import type { BookTransactionRow, DisputeRow } from '../database/rows.ts';
import type { Reader, Tx } from '../database/store.ts';
import { missing } from '../http/stripe-error.ts';
import { type LockedCharge, lockCharge } from '../refunds/lock-charge.ts';
import { type Decision, nowSeconds } from '../requests/request.ts';
import { type DisputeEvent, followingStatus } from './dispute-state.ts';
import { disputeEvent, renderDispute } from './render-dispute.ts';

const CHARGE = 'select charge from disputes where id = $1';
const DISPUTE = 'select * from disputes where id = $1';
const BOOKED = `select * from book_transactions where source = $1 and type = 'adjustment' order by id`;

/** A dispute under the lock of its charge, which every change of either takes first. */
export interface LockedDispute extends LockedCharge {
  readonly dispute: DisputeRow;
  readonly bookings: readonly BookTransactionRow[];
}

/** What a change of a dispute comes to, with the dispute as it is then. */
export interface Moved extends Omit<Decision, 'answer'> {
  readonly dispute: DisputeRow;
  readonly rendered: ReturnType<typeof renderDispute>;
}

/** Locks a dispute by its charge. Throws Stripe's 404. */
export async function lockDispute(tx: Tx, id: string): Promise<LockedDispute> {
  const [found] = await tx.rows<Pick<DisputeRow, 'charge'>>('charge_of_dispute', CHARGE, [id]);
  const locked = found && (await lockCharge(tx, found.charge));
  if (!locked) throw missing('dispute', id, 'dispute');
  const [dispute] = await tx.rows<DisputeRow>('dispute', DISPUTE, [id]);
  if (!dispute) throw missing('dispute', id, 'dispute');
  return { ...locked, dispute, bookings: await bookingsOf(tx, id) };
}

export function bookingsOf(reader: Reader, disputeId: string): Promise<BookTransactionRow[]> {
  return reader.rows<BookTransactionRow>('bookings_of_dispute', BOOKED, [disputeId]);
}

/** The wire form of a stored dispute. */
export async function showDispute(dispute: DisputeRow, reader: Reader) {
  return renderDispute(dispute, await bookingsOf(reader, dispute.id));
}

/**
 * Moves a dispute on, with the money that the new state means: becoming a dispute takes the amount and the fee, winning gives the amount
 * back. `change` is what changes besides. Throws Stripe's 400 when the event is not possible now.
 */
export function moveDispute(locked: LockedDispute, event: DisputeEvent, change: Partial<DisputeRow> = {}): Moved {
  const { dispute, booked: charged } = locked;
  const status = followingStatus(dispute.status, event);
  const moved: DisputeRow = { ...dispute, next: null, next_at: null, ...change, status };
  const post = (category: 'dispute' | 'dispute_reversal') =>
    postDispute({ ...moved, category, created: nowSeconds(), charged });
  if (status === 'needs_response') return result(locked, withdrawn(moved, post('dispute')), event);
  if (status === 'won') return result(locked, reinstated(moved, post('dispute_reversal')), event);
  return result(locked, { dispute: moved }, event);
}

interface Change {
  readonly dispute: DisputeRow;
  readonly booking?: Booking;
}

/** A new dispute answers again: what was said to the inquiry counts no more. */
function withdrawn(dispute: DisputeRow, booking: Booking): Change {
  const next_at = new Date(dispute.due_by * 1_000).toISOString();
  const fresh = { ...dispute, evidence: {}, submission_count: 0, next: 'expire' as const, next_at };
  return { dispute: { ...fresh, withdrawal: booking.transaction.id }, booking };
}

function reinstated(dispute: DisputeRow, booking: Booking): Change {
  return { dispute: { ...dispute, reinstatement: booking.transaction.id }, booking };
}

function result({ bookings }: LockedDispute, { dispute, booking }: Change, event: DisputeEvent): Moved {
  const rendered = renderDispute(dispute, booking ? [...bookings, booking.transaction] : bookings);
  const closed = dispute.status === 'warning_closed' || dispute.status === 'won' || dispute.status === 'lost';
  const types = [
    closed ? 'charge.dispute.closed' : 'charge.dispute.updated',
    ...(dispute.status === 'needs_response' && event !== 'submit' ? ['charge.dispute.funds_withdrawn'] : []),
    ...(dispute.status === 'won' ? ['charge.dispute.funds_reinstated'] : []),
  ];
  return {
    dispute,
    rendered,
    writes: {
      disputes: [dispute],
      ...(booking && { book_transactions: [booking.transaction], book_entries: booking.entries }),
    },
    events: types.map((type) => disputeEvent(type, rendered)),
  };
}
