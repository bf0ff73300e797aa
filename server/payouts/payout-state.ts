import type { AnsweredCauses } from '#dead-letters';
import type { PayoutStep } from '#ledger';

/** The states of a payout, and the only moves between them. The database check is tested to be this same table. */
export const PAYOUT_STATES = [
  'REQUESTED',
  'APPROVED',
  'SUBMITTED',
  'UNKNOWN',
  'PAID',
  'FAILED',
  'RETURNED',
  'CANCELLED',
] as const;

export type PayoutState = (typeof PAYOUT_STATES)[number];

/**
 * From → to. SUBMITTED: it may have reached the PSP, or the bank works on it. FAILED is definite: nothing arrived. A payout that had
 * arrived can still come back from the bank, days later: RETURNED. CANCELLED was never sent.
 */
export const PAYOUT_TRANSITIONS: Readonly<Record<PayoutState, readonly PayoutState[]>> = {
  REQUESTED: ['APPROVED', 'CANCELLED'],
  APPROVED: ['SUBMITTED', 'CANCELLED'],
  SUBMITTED: ['PAID', 'FAILED', 'UNKNOWN'],
  UNKNOWN: ['SUBMITTED', 'PAID', 'FAILED'],
  PAID: ['RETURNED'],
  FAILED: [],
  RETURNED: [],
  CANCELLED: [],
};

/** States in which the PSP may have it, and has not given its last word. */
export const SENT_PAYOUT_STATES: ReadonlySet<PayoutState> = new Set(['SUBMITTED', 'UNKNOWN']);

/** States before the last word. */
export const OPEN_PAYOUT_STATES: ReadonlySet<PayoutState> = new Set(['REQUESTED', 'APPROVED', 'SUBMITTED', 'UNKNOWN']);

interface MoneyMove {
  /** Steps that entering the state books. */
  readonly forward?: readonly PayoutStep[];
  /** Steps that entering the state takes back, in this order. */
  readonly back?: readonly PayoutStep[];
}

/** What entering a state does to the books, beside REQUESTED, with which the payout begins. */
const MONEY: Readonly<Partial<Record<PayoutState, MoneyMove>>> = {
  PAID: { forward: ['paid'] },
  FAILED: { back: ['sent', 'requested'] },
  RETURNED: { back: ['paid', 'sent', 'requested'] },
  CANCELLED: { back: ['requested'] },
};

/** What a move does to the books. Being sent moves money once, however often the PSP's answer gets lost. */
export function moneyMoved(from: PayoutState, to: PayoutState): MoneyMove {
  return from === 'APPROVED' && to === 'SUBMITTED' ? { forward: ['sent'] } : (MONEY[to] ?? {});
}

/** How soon a payout that is on its way is asked about, in seconds: its webhook usually comes first. */
export const PENDING_POLL_SECONDS = 300;

/** How often a payout is asked about after the quick tries are used up and a person was told, in seconds. */
export const SLOW_POLL_SECONDS = 300;

/** Who approves what is below the limit. */
export const POLICY = 'policy';

/** Who requests what a schedule asks for. */
export const SCHEDULE = 'schedule';

/** Cause of a dead letter that only a reason closes: the provider paid under our id what it had told us it would not. */
export const SECOND_PAYOUT = 'second_payout_at_provider';

/** Cause of a dead letter: what a failed payout left in the seller's account at the PSP does not come back. */
export const NOT_RECALLED = 'not_recalled';

/** Whatever the provider says of a payout answers what was asked about it, but for a second one: somebody has to look at that. */
export const ANSWERED_BY_NEWS: AnsweredCauses = { allBut: [SECOND_PAYOUT] };

/** What a bank says of an account that no further payout will reach either. */
export const BANK_AT_FAULT: ReadonlySet<string> = new Set([
  'account_closed',
  'account_frozen',
  'bank_account_restricted',
  'bank_account_unusable',
  'bank_ownership_changed',
  'incorrect_account_holder_name',
  'invalid_account_number',
  'invalid_currency',
  'no_account',
]);
