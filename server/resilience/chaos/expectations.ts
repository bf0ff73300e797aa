import type { OrderState } from '#payments';

/**
 * Where an order may stand when all faults are over, and what must be true of it there. This is the product's promise of today
 * about money that came late and about answers that never came; when the promise changes, this table does.
 */
export type Ending =
  /** Nothing is left to be done. */
  | 'settled'
  /** A dead letter names its attempt: a person decides. */
  | 'told'
  /** The attempt waits for the shopper, and so does the provider. */
  | 'shopper'
  /** A checkout whose page was never opened; only the shop can open it. */
  | 'unopened'
  /** The money went back, or a dead letter names its attempt. */
  | 'refunded'
  /** Must come to an end by itself. */
  | 'under way';

export const ENDINGS: Readonly<Record<OrderState, Ending>> = {
  NOT_STARTED: 'unopened',
  EXECUTING: 'under way',
  REQUIRES_ACTION: 'shopper',
  UNKNOWN: 'under way',
  SUCCESS: 'settled',
  FAILED: 'settled',
  EXPIRED: 'settled',
  CANCELLED: 'settled',
  LATE_SUCCESS: 'under way',
  AUTO_REFUNDING: 'refunded',
  MANUAL_REVIEW: 'told',
};

/** States in which an order that was seen as SUCCESS may be found later: refunds and disputes have states of their own. */
export const AFTER_SUCCESS: ReadonlySet<string> = new Set<OrderState>(['SUCCESS']);

/** States that money leads to which came after we had called its payment over. */
export const LATE_MONEY: ReadonlySet<string> = new Set<OrderState>(['LATE_SUCCESS']);

/** Causes of dead letters of payments that were given up because the provider could not be reached at all. */
export const REFUSED_BY_SILENCE: ReadonlySet<string> = new Set(['psp_unavailable']);

/** Faults end, and within this every payment has reached its true state, in milliseconds. */
export const CONVERGE_WITHIN_MS = 60_000;

/** Connections that the pools of two doors, two workers and the provider may keep at most. */
export const MOST_CONNECTIONS = 90;
