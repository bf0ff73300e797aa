import type { Money } from '#kernel';
import { type AccountRef, PLATFORM } from './chart.ts';
import { createPosting, type Posting } from './postings.ts';

/** A step of a payout that moves money. */
export type PayoutStep = 'requested' | 'sent' | 'paid';

interface PayoutFact {
  readonly payoutId: string;
  readonly sellerId: string;
  readonly amount: Money;
  readonly at: Date;
}

interface StepRule {
  readonly kind: Posting['kind'];
  /** Kind of the transaction that takes the step back, entry by entry. */
  readonly backKind: Posting['kind'];
  readonly debit: AccountRef['kind'];
  readonly credit: AccountRef['kind'];
}

/** What each step posts. A payout that failed goes back step by step, so that every way back is the mirror of a way there. */
const STEPS: Readonly<Record<PayoutStep, StepRule>> = {
  requested: {
    kind: 'payout_requested',
    backKind: 'payout_released',
    debit: 'seller_available',
    credit: 'seller_reserved',
  },
  sent: { kind: 'payout_sent', backKind: 'payout_unsent', debit: 'seller_reserved', credit: 'payout_in_transit' },
  paid: { kind: 'payout_paid', backKind: 'payout_returned', debit: 'payout_in_transit', credit: 'bank_cash' },
};

/** The kind of the transaction that books a step. */
export function payoutStepKind(step: PayoutStep): Posting['kind'] {
  return STEPS[step].kind;
}

/** Every account that these steps of a seller's payout touch. */
export function payoutAccounts(
  steps: readonly PayoutStep[],
  sellerId: string,
  currency: Money['currency'],
): AccountRef[] {
  const kinds = new Set(steps.flatMap((step) => [STEPS[step].debit, STEPS[step].credit]));
  return [...kinds].map((kind) => accountOf(kind, sellerId, currency));
}

/** Moves a payout's money a step on. Requesting it is refused by the book beyond what is available. */
export function payoutStep(step: PayoutStep, fact: PayoutFact): Posting {
  const { kind } = STEPS[step];
  const covered = step === 'requested';
  return createPosting({ kind, sourceId: fact.payoutId, effectiveAt: fact.at, covered, legs: legsOf(step, fact, 1n) });
}

/** Moves a payout's money a step back. `reversalOf` is the transaction that had booked the step. */
export function payoutStepBack(step: PayoutStep, fact: PayoutFact & { readonly reversalOf: string }): Posting {
  const { payoutId: sourceId, at: effectiveAt, reversalOf } = fact;
  return createPosting({
    kind: STEPS[step].backKind,
    sourceId,
    effectiveAt,
    reversalOf,
    legs: legsOf(step, fact, -1n),
  });
}

function legsOf(step: PayoutStep, { sellerId, amount: { amountMinor, currency } }: PayoutFact, sign: 1n | -1n) {
  const { debit, credit } = STEPS[step];
  return [
    { account: accountOf(debit, sellerId, currency), amountMinor: sign * amountMinor },
    { account: accountOf(credit, sellerId, currency), amountMinor: -sign * amountMinor },
  ];
}

function accountOf(kind: AccountRef['kind'], sellerId: string, currency: Money['currency']): AccountRef {
  return { kind, ownerId: kind === 'bank_cash' ? PLATFORM : sellerId, currency };
}
