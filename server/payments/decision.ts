import type { CurrencyCode } from '#kernel';
import type { AttemptState } from './attempt-state.ts';
import type { OrderEvent } from './order-state.ts';

/** The attempt as it stands under lock. */
export interface AttemptNow {
  readonly state: AttemptState;
  readonly kind: 'direct' | 'hosted';
  readonly attemptNo: number;
  /** Unanswered since it was made or last pushed. */
  readonly tries: number;
  /** Sends since then that may have reached the PSP. */
  readonly sends: number;
  /** When it was made or last pushed. */
  readonly since: Date;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  /** Some order of it may still be paid by it. Once none may, none ever will: their money came by another attempt. */
  readonly isWanted: boolean;
}

/** How the news was come by. */
export interface Circumstances {
  /** It answers a send of the attempt, not a question about it. */
  readonly sent?: boolean;
  /** Somebody looked before the time had come (a reader, a click): unclear news uses up no try. */
  readonly outOfTurn?: boolean;
}

/** Columns of the attempt that change; what is absent stays. */
export interface AttemptChange {
  readonly state?: AttemptState;
  readonly tries?: number;
  readonly sends?: number;
  readonly pspPaymentId?: string | null;
  readonly pspSessionId?: string | null;
  readonly pageUrl?: string | null;
  readonly cardLast4?: string | null;
  readonly declineCode?: string | null;
  readonly error?: string | null;
  /** When the worker looks again; null when nothing is left to be asked. */
  readonly resolveAt?: Date | null;
}

export interface Decision {
  /** What became of the news, in a word that screens and the inbox show. */
  readonly verdict: 'applied' | 'noted' | 'rescheduled' | 'unchanged' | 'late' | 'given_up';
  readonly attempt: AttemptChange;
  readonly orderEvent: OrderEvent | null;
  readonly reason: string;
  /** A new attempt follows by itself at this time, because the bank only had passing trouble. */
  readonly tryAgainAt: Date | null;
  /** Why a person has to look. */
  readonly deadLetter: string | null;
  /** Causes of dead letters that this news answers: nobody has to look any more. */
  readonly answers: readonly string[];
}

/** Cause of a dead letter: the PSP took another amount than was asked for. */
export const AMOUNT_MISMATCH = 'amount_mismatch';

/** News that changes nothing. */
export const nothing: Decision = {
  verdict: 'unchanged',
  attempt: {},
  orderEvent: null,
  reason: '',
  tryAgainAt: null,
  deadLetter: null,
  answers: [],
};

/** The moment of a decision, and the chance that spreads what follows. */
export interface Moment {
  readonly now: Date;
  readonly random: () => number;
}

/** The attempt has ended: nothing is left to be asked. */
export function final(
  state: AttemptState,
  orderEvent: OrderEvent,
  reason: string,
  attempt: AttemptChange = {},
): Decision {
  return { ...nothing, verdict: 'applied', attempt: { ...attempt, state, resolveAt: null }, orderEvent, reason };
}
