/** The states of a payment order, and the only moves between them. The database check is tested to be this same table. */
export const ORDER_STATES = [
  'NOT_STARTED',
  'EXECUTING',
  'REQUIRES_ACTION',
  'UNKNOWN',
  'SUCCESS',
  'FAILED',
  'EXPIRED',
  'CANCELLED',
  'LATE_SUCCESS',
  'AUTO_REFUNDING',
  'MANUAL_REVIEW',
] as const;

export type OrderState = (typeof ORDER_STATES)[number];

/** From → to. `UNKNOWN` has no way to `FAILED` but a definite answer; `SUCCESS` leaves only through refunds and disputes. */
export const ORDER_TRANSITIONS: Readonly<Record<OrderState, readonly OrderState[]>> = {
  NOT_STARTED: ['EXECUTING'],
  EXECUTING: ['SUCCESS', 'FAILED', 'REQUIRES_ACTION', 'UNKNOWN'],
  REQUIRES_ACTION: ['EXECUTING', 'EXPIRED', 'CANCELLED'],
  UNKNOWN: ['SUCCESS', 'FAILED', 'REQUIRES_ACTION', 'MANUAL_REVIEW'],
  SUCCESS: [],
  FAILED: ['EXECUTING', 'LATE_SUCCESS'],
  EXPIRED: ['LATE_SUCCESS'],
  CANCELLED: ['LATE_SUCCESS'],
  LATE_SUCCESS: ['AUTO_REFUNDING'],
  AUTO_REFUNDING: [],
  MANUAL_REVIEW: ['SUCCESS', 'FAILED', 'REQUIRES_ACTION'],
};

/** What can be learned about an order, and where it leads from each state. */
export type OrderEvent =
  | 'attempt_started'
  | 'action_required'
  | 'action_awaited'
  | 'captured'
  | 'declined'
  | 'answer_unknown'
  | 'expired'
  | 'cancelled'
  | 'given_up'
  | 'refund_opened';

/**
 * The steps an event takes from each state. A missing row means: nothing changes. That is how late, doubled and out-of-order
 * news is harmless. A REQUIRES_ACTION order that turns out captured passes through EXECUTING, because the shopper did act.
 */
export const ORDER_STEPS: Readonly<Record<OrderEvent, Partial<Record<OrderState, readonly OrderState[]>>>> = {
  attempt_started: { NOT_STARTED: ['EXECUTING'], FAILED: ['EXECUTING'] },
  action_required: {
    EXECUTING: ['REQUIRES_ACTION'],
    UNKNOWN: ['REQUIRES_ACTION'],
    MANUAL_REVIEW: ['REQUIRES_ACTION'],
  },
  // The page is known already: an order that was left behind follows, one that another attempt brought into review stays there.
  action_awaited: { UNKNOWN: ['REQUIRES_ACTION'] },
  captured: {
    EXECUTING: ['SUCCESS'],
    REQUIRES_ACTION: ['EXECUTING', 'SUCCESS'],
    UNKNOWN: ['SUCCESS'],
    MANUAL_REVIEW: ['SUCCESS'],
    FAILED: ['LATE_SUCCESS'],
    EXPIRED: ['LATE_SUCCESS'],
    CANCELLED: ['LATE_SUCCESS'],
  },
  declined: {
    EXECUTING: ['FAILED'],
    REQUIRES_ACTION: ['EXECUTING', 'FAILED'],
    UNKNOWN: ['FAILED'],
    MANUAL_REVIEW: ['FAILED'],
  },
  answer_unknown: { EXECUTING: ['UNKNOWN'], REQUIRES_ACTION: ['EXECUTING', 'UNKNOWN'] },
  expired: {
    EXECUTING: ['REQUIRES_ACTION', 'EXPIRED'],
    REQUIRES_ACTION: ['EXPIRED'],
    UNKNOWN: ['FAILED'],
    MANUAL_REVIEW: ['FAILED'],
  },
  cancelled: {
    EXECUTING: ['REQUIRES_ACTION', 'CANCELLED'],
    REQUIRES_ACTION: ['CANCELLED'],
    UNKNOWN: ['FAILED'],
    MANUAL_REVIEW: ['FAILED'],
  },
  given_up: {
    EXECUTING: ['UNKNOWN', 'MANUAL_REVIEW'],
    REQUIRES_ACTION: ['EXECUTING', 'UNKNOWN', 'MANUAL_REVIEW'],
    UNKNOWN: ['MANUAL_REVIEW'],
  },
  refund_opened: { LATE_SUCCESS: ['AUTO_REFUNDING'] },
};

/** The steps an event takes from a state; an empty list when it changes nothing. */
export function stepsFor(event: OrderEvent, state: OrderState): readonly OrderState[] {
  return ORDER_STEPS[event][state] ?? [];
}

/** Whether money that comes now pays the order; what comes for any other was too much or too late. */
export function mayBePaid(state: OrderState): boolean {
  return stepsFor('captured', state).at(-1) === 'SUCCESS';
}

/** States that wait for nobody: neither the PSP nor the shopper nor us. */
export const SETTLED_STATES: ReadonlySet<OrderState> = new Set([
  'SUCCESS',
  'FAILED',
  'EXPIRED',
  'CANCELLED',
  'LATE_SUCCESS',
  'AUTO_REFUNDING',
  'MANUAL_REVIEW',
]);

/** Status of a whole checkout. */
export type EventStatus = 'NOT_STARTED' | 'PROCESSING' | 'COMPLETED' | 'PARTIALLY_COMPLETED' | 'FAILED' | 'EXPIRED';

/** Derives the checkout's status from the states of its orders; it is stored nowhere. */
export function eventStatusOf(states: readonly OrderState[]): EventStatus {
  if (states.every((state) => state === 'NOT_STARTED')) return 'NOT_STARTED';
  if (states.some((state) => !SETTLED_STATES.has(state))) return 'PROCESSING';
  if (states.every((state) => state === 'SUCCESS')) return 'COMPLETED';
  if (states.some((state) => state === 'SUCCESS')) return 'PARTIALLY_COMPLETED';
  if (states.every((state) => state === 'EXPIRED' || state === 'CANCELLED')) return 'EXPIRED';
  return states.some((state) => state === 'MANUAL_REVIEW') ? 'PROCESSING' : 'FAILED';
}
