import { newId } from '#kernel';
import { postDispute } from '../books/post-dispute.ts';
import type { ChargeRow, DisputeRow } from '../database/rows.ts';
import type { LockedCharge } from '../refunds/lock-charge.ts';
import { nowSeconds } from '../requests/request.ts';
import type { Moved } from './move-dispute.ts';
import { disputeEvent, renderDispute } from './render-dispute.ts';

export interface Complaint {
  readonly reason: string;
  /** The bank only asks; nothing moves yet. */
  readonly inquiry: boolean;
  /** Minor units; may exceed the charge. */
  readonly amount: number;
  /** Unix seconds until which evidence is taken. */
  readonly dueBy: number;
}

/**
 * Opens a dispute of a locked charge that has none. The amount and the fee leave the merchant's balance at once; an inquiry moves
 * nothing. Pure, except for new ids and the time.
 */
export function openDispute({ charge, booked }: LockedCharge, complaint: Complaint): Moved {
  const facts = { id: newId('du'), created: nowSeconds(), amount: complaint.amount, currency: charge.currency };
  const booking = complaint.inquiry ? undefined : postDispute({ ...facts, category: 'dispute', charged: booked });
  const dispute: DisputeRow = {
    ...facts,
    charge: charge.id,
    payment_intent: charge.payment_intent,
    reason: complaint.reason,
    status: complaint.inquiry ? 'warning_needs_response' : 'needs_response',
    evidence: {},
    submission_count: 0,
    due_by: complaint.dueBy,
    withdrawal: booking?.transaction.id ?? null,
    reinstatement: null,
    next: 'expire',
    next_at: new Date(complaint.dueBy * 1_000).toISOString(),
    metadata: {},
  };
  const disputed: ChargeRow = { ...charge, disputed: true, next: null, next_at: null };
  const rendered = renderDispute(dispute, booking ? [booking.transaction] : []);
  return {
    dispute,
    rendered,
    writes: {
      charges: [disputed],
      disputes: [dispute],
      ...(booking && { book_transactions: [booking.transaction], book_entries: booking.entries }),
    },
    events: ['charge.dispute.created', ...(booking ? ['charge.dispute.funds_withdrawn'] : [])].map((type) =>
      disputeEvent(type, rendered),
    ),
  };
}
