import type { AnsweredCauses } from '#dead-letters';

/** The states of a dispute, and the only moves between them. The database check is tested to be this same table. */
export const DISPUTE_STATES = ['INQUIRY', 'INQUIRY_CLOSED', 'OPEN', 'UNDER_REVIEW', 'WON', 'LOST', 'ACCEPTED'] as const;

export type DisputeState = (typeof DISPUTE_STATES)[number];

/**
 * From → to. INQUIRY: the bank asks, and no money has moved; every dispute starts there, most leave it at once. OPEN: the PSP took
 * the money and waits for evidence. UNDER_REVIEW: the bank has the evidence. ACCEPTED: lost, because we said so.
 */
export const DISPUTE_TRANSITIONS: Readonly<Record<DisputeState, readonly DisputeState[]>> = {
  INQUIRY: ['INQUIRY_CLOSED', 'OPEN'],
  INQUIRY_CLOSED: ['OPEN'],
  OPEN: ['UNDER_REVIEW', 'WON', 'LOST', 'ACCEPTED'],
  UNDER_REVIEW: ['WON', 'LOST', 'ACCEPTED'],
  WON: [],
  LOST: [],
  ACCEPTED: [],
};

/** States in which the bank has not said its last word. */
export const OPEN_DISPUTE_STATES: ReadonlySet<DisputeState> = new Set(['INQUIRY', 'OPEN', 'UNDER_REVIEW']);

/** States that mean that the PSP took the money, whether it came back since or not. */
export const WITHDRAWN_STATES: ReadonlySet<DisputeState> = new Set(['OPEN', 'UNDER_REVIEW', 'WON', 'LOST', 'ACCEPTED']);

/** States in which something may be said, and to what it is said. */
export const ANSWERABLE: Partial<Record<DisputeState, ResponseStage>> = { INQUIRY: 'inquiry', OPEN: 'dispute' };

export type ResponseStage = 'inquiry' | 'dispute';

/** How often an open dispute is asked about in case its webhooks were lost, in seconds. */
export const OPEN_DISPUTE_POLL_SECONDS = 3_600;

/** How long before the time for evidence is over a person is told, in seconds: two days. */
export const WARN_BEFORE_SECONDS = 2 * 24 * 3_600;

/** Questions that a later word of the PSP answers; whoever is asked about another one has to look. */
export const ANSWERED_BY_NEWS: AnsweredCauses = { only: ['evidence_due', 'money_not_shown'] };

/** The question that any answer of the PSP to our response answers. */
export const ANSWERED_BY_RESPONSE: AnsweredCauses = { only: ['response_unanswered'] };

/** The steps from one state to another, one of them over OPEN where news came out of order; null when the news is old. */
export function stepsTo(from: DisputeState, to: DisputeState): readonly DisputeState[] | null {
  if (from === to) return [];
  if (DISPUTE_TRANSITIONS[from].includes(to)) return [to];
  return DISPUTE_TRANSITIONS[from].includes('OPEN') && DISPUTE_TRANSITIONS.OPEN.includes(to) ? ['OPEN', to] : null;
}
