import type { AnsweredCauses } from '#dead-letters';

/** The states of a refund, and the only moves between them. The database check is tested to be this same table. */
export const REFUND_STATES = ['REQUESTED', 'SUBMITTED', 'UNKNOWN', 'SUCCEEDED', 'FAILED', 'FAILED_LATE'] as const;

export type RefundState = (typeof REFUND_STATES)[number];

/**
 * From → to. SUBMITTED: it may have reached the PSP, or the PSP works on it. FAILED is definite: nothing went back. A refund that
 * had succeeded can still come back from the bank, days later: FAILED_LATE.
 */
export const REFUND_TRANSITIONS: Readonly<Record<RefundState, readonly RefundState[]>> = {
  REQUESTED: ['SUBMITTED'],
  SUBMITTED: ['SUCCEEDED', 'FAILED', 'UNKNOWN'],
  UNKNOWN: ['SUBMITTED', 'SUCCEEDED', 'FAILED'],
  SUCCEEDED: ['FAILED_LATE'],
  FAILED: [],
  FAILED_LATE: [],
};

/** States in which the PSP has not given its last word. */
export const OPEN_REFUND_STATES: ReadonlySet<RefundState> = new Set(['REQUESTED', 'SUBMITTED', 'UNKNOWN']);

/** Why somebody asks for a refund of a paid order. */
export const REFUND_REASONS = [
  'requested_by_customer',
  'duplicate',
  'fraudulent',
  'not_delivered',
  'not_as_described',
  'other',
] as const;

export type RequestedReason = (typeof REFUND_REASONS)[number];

/** Why money goes back. `late_capture`: it came after the order had ended, and nobody has to ask. */
export type RefundReason = 'late_capture' | RequestedReason;

/** How soon a refund that the PSP is still working on is asked about, in seconds: its webhook usually comes first. */
export const PENDING_POLL_SECONDS = 60;

/** How often a refund is tried on after its retries are used up and a person was told, in seconds. */
export const SLOW_POLL_SECONDS = 300;

/** Cause of a dead letter that only a reason closes: the provider gave money back that is none of our refunds. */
export const SECOND_REFUND = 'second_refund_at_provider';

/** Whatever the provider says of a refund answers what was asked about it, but for a second one: somebody has to look at that. */
export const ANSWERED_BY_NEWS: AnsweredCauses = { allBut: [SECOND_REFUND] };
