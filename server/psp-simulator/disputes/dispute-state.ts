import type { DisputeStatus } from '../database/rows.ts';
import { unexpectedState } from '../http/stripe-error.ts';

/**
 * What can happen to a dispute: evidence is submitted, the merchant accepts it, its time runs out, the bank decides (`win`, `lose`), an
 * inquiry becomes a dispute (`escalate`) or ends because everything was refunded.
 */
export type DisputeEvent = 'submit' | 'accept' | 'expire' | 'win' | 'lose' | 'escalate' | 'refund';

/** The states of a dispute: from → event → to. What is not listed is not possible. */
export const DISPUTE_STATES: Readonly<Record<DisputeStatus, Partial<Record<DisputeEvent, DisputeStatus>>>> = {
  warning_needs_response: {
    submit: 'warning_under_review',
    expire: 'warning_closed',
    escalate: 'needs_response',
    refund: 'warning_closed',
  },
  warning_under_review: {
    win: 'warning_closed',
    lose: 'needs_response',
    escalate: 'needs_response',
    refund: 'warning_closed',
  },
  needs_response: { submit: 'under_review', accept: 'lost', expire: 'lost' },
  under_review: { win: 'won', lose: 'lost' },
  warning_closed: {},
  won: {},
  lost: {},
};

/** The state that follows. Throws Stripe's 400 when the event is not possible. */
export function followingStatus(status: DisputeStatus, event: DisputeEvent): DisputeStatus {
  const next = DISPUTE_STATES[status][event];
  if (next) return next;
  const message = `This dispute cannot take "${event}" because it has a status of ${status}.`;
  throw unexpectedState('resource_invalid_state', message);
}

/** While the bank has the money, a refund would give it back a second time. */
export function isRefundable(status: DisputeStatus): boolean {
  return status.startsWith('warning') || status === 'won';
}
