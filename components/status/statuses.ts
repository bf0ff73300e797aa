import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CircleX,
  Clock,
  History,
  type LucideIcon,
  ShieldAlert,
  Undo2,
  UserSearch,
} from 'lucide-react';
import type { Tone } from '../ui/badge.tsx';

/** States of one seller's order inside a checkout. */
export type OrderStatus =
  | 'NOT_STARTED'
  | 'EXECUTING'
  | 'REQUIRES_ACTION'
  | 'SUCCESS'
  | 'FAILED'
  | 'UNKNOWN'
  | 'EXPIRED'
  | 'CANCELLED'
  | 'MANUAL_REVIEW'
  | 'LATE_SUCCESS'
  | 'AUTO_REFUNDING';

/** States of a whole checkout, derived from its orders. */
export type EventStatus = 'NOT_STARTED' | 'PROCESSING' | 'COMPLETED' | 'PARTIALLY_COMPLETED' | 'FAILED' | 'EXPIRED';

/** How one try at the payment provider stands. */
export type AttemptStatus =
  | 'PENDING'
  | 'REQUIRES_ACTION'
  | 'UNKNOWN'
  | 'SUCCEEDED'
  | 'DECLINED'
  | 'REFUSED'
  | 'EXPIRED'
  | 'CANCELLED';

/** How a refund stands. */
export type RefundStatus = 'REQUESTED' | 'SUBMITTED' | 'UNKNOWN' | 'SUCCEEDED' | 'FAILED' | 'FAILED_LATE';

/** How a payout stands. */
export type PayoutStatus =
  | 'REQUESTED'
  | 'APPROVED'
  | 'SUBMITTED'
  | 'UNKNOWN'
  | 'PAID'
  | 'FAILED'
  | 'RETURNED'
  | 'CANCELLED';

export interface StatusLook {
  readonly icon: LucideIcon;
  readonly word: string;
  readonly tone: Tone;
  /** What happens next and who acts. */
  readonly meaning: string;
}

export const ORDER_STATUS: Record<OrderStatus, StatusLook> = {
  NOT_STARTED: { icon: CircleDashed, word: 'Not started', tone: 'neutral', meaning: 'Waiting for the buyer to pay.' },
  EXECUTING: { icon: Clock, word: 'Processing', tone: 'progress', meaning: 'The payment provider is working on it.' },
  REQUIRES_ACTION: {
    icon: CircleAlert,
    word: 'Needs action',
    tone: 'caution',
    meaning: 'The buyer has to finish the payment page.',
  },
  SUCCESS: { icon: CircleCheck, word: 'Paid', tone: 'positive', meaning: 'The money is taken and booked.' },
  FAILED: { icon: CircleX, word: 'Failed', tone: 'negative', meaning: 'Nothing was taken. The buyer may try again.' },
  UNKNOWN: {
    icon: CircleHelp,
    word: 'Being checked',
    tone: 'unknown',
    meaning: 'The provider did not answer in time; we ask it until it does. Nobody pays twice.',
  },
  EXPIRED: { icon: History, word: 'Expired', tone: 'neutral', meaning: 'The time to pay ran out. Nothing was taken.' },
  CANCELLED: {
    icon: Ban,
    word: 'Cancelled',
    tone: 'neutral',
    meaning: 'The buyer went back to the shop. Nothing was taken.',
  },
  MANUAL_REVIEW: {
    icon: UserSearch,
    word: 'In review',
    tone: 'caution',
    meaning: 'The provider gave no clear answer; a person decides.',
  },
  LATE_SUCCESS: {
    icon: ShieldAlert,
    word: 'Paid late',
    tone: 'caution',
    meaning: 'The money came after the order was closed; it goes back to the buyer.',
  },
  AUTO_REFUNDING: {
    icon: Undo2,
    word: 'Refunding',
    tone: 'progress',
    meaning: 'The late payment goes back to the buyer; its refund says how far it is.',
  },
};

export const EVENT_STATUS: Record<EventStatus, StatusLook> = {
  NOT_STARTED: { icon: CircleDashed, word: 'Not started', tone: 'neutral', meaning: 'Waiting for the buyer to pay.' },
  PROCESSING: {
    icon: Clock,
    word: 'Processing',
    tone: 'progress',
    meaning: 'At least one order has no final answer yet.',
  },
  COMPLETED: { icon: CircleCheck, word: 'Completed', tone: 'positive', meaning: 'Every order is paid and booked.' },
  PARTIALLY_COMPLETED: {
    icon: CircleAlert,
    word: 'Partly paid',
    tone: 'caution',
    meaning: 'Some orders are paid, some are not.',
  },
  FAILED: { icon: CircleX, word: 'Failed', tone: 'negative', meaning: 'Nothing was taken.' },
  EXPIRED: { icon: History, word: 'Expired', tone: 'neutral', meaning: 'The time to pay ran out. Nothing was taken.' },
};

export const ATTEMPT_STATUS: Record<AttemptStatus, StatusLook> = {
  PENDING: { icon: Clock, word: 'Pending', tone: 'progress', meaning: 'Sent to the provider; no answer yet.' },
  REQUIRES_ACTION: {
    icon: CircleAlert,
    word: 'At the buyer',
    tone: 'caution',
    meaning: 'The buyer has the payment page open.',
  },
  UNKNOWN: {
    icon: CircleHelp,
    word: 'Unknown',
    tone: 'unknown',
    meaning: 'No definite answer; we ask the provider by this attempt’s id.',
  },
  SUCCEEDED: { icon: CircleCheck, word: 'Succeeded', tone: 'positive', meaning: 'The provider took the money.' },
  DECLINED: { icon: CircleX, word: 'Declined', tone: 'negative', meaning: 'The bank refused. Final for this attempt.' },
  REFUSED: {
    icon: Ban,
    word: 'Refused',
    tone: 'negative',
    meaning: 'The provider found the request wrong. Not retried.',
  },
  EXPIRED: {
    icon: History,
    word: 'Expired',
    tone: 'neutral',
    meaning: 'The payment page ran out of time. Nothing was taken.',
  },
  CANCELLED: {
    icon: Ban,
    word: 'Cancelled',
    tone: 'neutral',
    meaning: 'Called off before it was paid. Nothing was taken.',
  },
};

/** How a dispute stands. */
export type DisputeStatus = 'INQUIRY' | 'INQUIRY_CLOSED' | 'OPEN' | 'UNDER_REVIEW' | 'WON' | 'LOST' | 'ACCEPTED';

export const DISPUTE_STATUS: Record<DisputeStatus, StatusLook> = {
  INQUIRY: {
    icon: CircleHelp,
    word: 'Inquiry',
    tone: 'caution',
    meaning: 'The bank asks about the payment. No money has moved; a good answer or a refund ends it.',
  },
  INQUIRY_CLOSED: { icon: CircleCheck, word: 'Closed', tone: 'neutral', meaning: 'The bank asks no further.' },
  OPEN: {
    icon: CircleAlert,
    word: 'To be answered',
    tone: 'caution',
    meaning: 'The provider took the money; the bank waits for evidence.',
  },
  UNDER_REVIEW: { icon: Clock, word: 'At the bank', tone: 'progress', meaning: 'The bank weighs the evidence.' },
  WON: { icon: CircleCheck, word: 'Won', tone: 'positive', meaning: 'The bank decided for the seller.' },
  LOST: { icon: CircleX, word: 'Lost', tone: 'negative', meaning: 'The bank decided for the buyer.' },
  ACCEPTED: { icon: Ban, word: 'Accepted', tone: 'neutral', meaning: 'We accepted it: the buyer keeps the money.' },
};

/** States before the bank's last word: a page about them is kept fresh. */
export const OPEN_DISPUTES: ReadonlySet<DisputeStatus> = new Set(['INQUIRY', 'OPEN', 'UNDER_REVIEW']);

export const REFUND_STATUS: Record<RefundStatus, StatusLook> = {
  REQUESTED: { icon: CircleDashed, word: 'Requested', tone: 'progress', meaning: 'It is sent to the provider next.' },
  SUBMITTED: {
    icon: Clock,
    word: 'Sent',
    tone: 'progress',
    meaning: 'The provider works on it, or is asked whether it does.',
  },
  UNKNOWN: {
    icon: CircleHelp,
    word: 'Being checked',
    tone: 'unknown',
    meaning: 'The provider did not answer in time; we ask it until it does. Nothing goes back twice.',
  },
  SUCCEEDED: { icon: Undo2, word: 'Given back', tone: 'positive', meaning: 'The provider gave the money back.' },
  FAILED: {
    icon: CircleX,
    word: 'Failed',
    tone: 'negative',
    meaning: 'Nothing went back; the money is where it was. A person decides.',
  },
  FAILED_LATE: {
    icon: CircleX,
    word: 'Came back',
    tone: 'negative',
    meaning: 'The bank sent the money back; it is where it was before. A person decides.',
  },
};

export const PAYOUT_STATUS: Record<PayoutStatus, StatusLook> = {
  REQUESTED: {
    icon: UserSearch,
    word: 'Waits for approval',
    tone: 'caution',
    meaning: 'Above the limit: a second person decides. The money is set aside.',
  },
  APPROVED: { icon: CircleDashed, word: 'Approved', tone: 'progress', meaning: 'It is sent to the bank next.' },
  SUBMITTED: {
    icon: Clock,
    word: 'On its way',
    tone: 'progress',
    meaning: 'Sent to the bank; it usually takes a day.',
  },
  UNKNOWN: {
    icon: CircleHelp,
    word: 'Being checked',
    tone: 'unknown',
    meaning: 'The provider did not answer in time; we ask it until it does. Nothing is sent twice.',
  },
  PAID: { icon: CircleCheck, word: 'Paid', tone: 'positive', meaning: 'The bank confirmed that it arrived.' },
  FAILED: {
    icon: CircleX,
    word: 'Failed',
    tone: 'negative',
    meaning: 'The bank did not take it. The money is available again.',
  },
  RETURNED: {
    icon: Undo2,
    word: 'Came back',
    tone: 'negative',
    meaning: 'The bank sent it back after it had arrived. The money is available again.',
  },
  CANCELLED: { icon: Ban, word: 'Cancelled', tone: 'neutral', meaning: 'Called off before it was sent.' },
};

/** States before the last word: a page about them is kept fresh. */
export const OPEN_PAYOUTS: ReadonlySet<PayoutStatus> = new Set(['REQUESTED', 'APPROVED', 'SUBMITTED', 'UNKNOWN']);
