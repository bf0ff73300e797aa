import { type CurrencyCode, formatMinor, MAX_AMOUNT_MINOR } from '#kernel';
import type { Random } from '../kit/random.ts';

/** What a bank does about a charge and what the shop says to it; `says` null is that it is accepted, absent that nothing is said. */
export const DISPUTE_STORIES = {
  won: { weight: 3, inquiry: false, says: 'winning_evidence' },
  lost: { weight: 3, inquiry: false, says: 'losing_evidence' },
  accepted: { weight: 2, inquiry: false, says: null },
  ignored: { weight: 1, inquiry: false },
  inquiry_closed: { weight: 2, inquiry: true, says: 'winning_evidence' },
  inquiry_escalated: { weight: 2, inquiry: true, says: 'escalate_inquiry_evidence' },
  /** Words that decide nothing: the bank decides later. */
  bank_won: { weight: 2, inquiry: false, says: 'It was delivered.', decides: 'win' },
  bank_lost: { weight: 1, inquiry: false, says: 'It was delivered.', decides: 'lose' },
  /** The bank does not wait for an answer. */
  decided_at_once: { weight: 1, inquiry: false, decides: 'win' },
} as const satisfies Record<string, DisputeCourse & { readonly weight: number }>;

export type DisputeStory = keyof typeof DISPUTE_STORIES;

export interface DisputeCourse {
  readonly inquiry: boolean;
  readonly says?: string | null;
  readonly decides?: 'win' | 'lose';
}

/** Tokens of bank accounts: payouts arrive, are sent back later, fail for good, or fail this time. */
export const BANKS = [
  [6, 'btok_us_verified'],
  [2, 'btok_returned'],
  [2, 'btok_us_verified_accountClosed'],
  [2, 'btok_us_verified_insufficientFunds'],
] as const;

/** Tokens of bank accounts hold dollars. */
export const PAYOUT_CURRENCY: CurrencyCode = 'USD';

/** Above the limit of the platform. */
const NEEDS_APPROVAL_MINOR = 1_000_001n;

/** What leads money out again. `of` names an earlier operation by its place: the newest paid one from there on back is meant. */
export type MoneyOutDeed =
  | {
      readonly kind: 'refund';
      readonly of: number;
      /** Which order of the payment; the whole checkout when null. */
      readonly order: number | null;
      /** What of the order goes back, in percent; all that is left when null. */
      readonly percent: number | null;
      /** Two people ask for the same at once. */
      readonly twice: boolean;
    }
  | {
      readonly kind: 'dispute';
      readonly of: number;
      readonly story: DisputeStory;
      /** What of the charge is disputed, in percent; more than all of it happens too. */
      readonly percent: number;
      /** Two people answer at once. */
      readonly twice: boolean;
    }
  | { readonly kind: 'bank'; readonly seller: string; readonly token: string }
  | {
      readonly kind: 'payout';
      readonly seller: string;
      /** All that is available when null. */
      readonly amount: string | null;
      /** Who approves it where that is needed: first the one that asked for it, who may not, or another at once. */
      readonly approver: 'same' | 'other';
      readonly cancels: boolean;
    }
  /** Days pass at the provider. */
  | { readonly kind: 'advance'; readonly days: number };

/** Sellers that a person has verified before the run begins; the others are never paid out. */
export const VERIFIED_SELLERS = ['seller_1', 'seller_2', 'seller_3', 'seller_4'] as const;
/** The first operations after the first: each of them has a bank account then. */
const FIRST_BANKS = VERIFIED_SELLERS.length;
/** From this place on, and so often, days pass: first there is something to settle. */
const ADVANCE_FROM = 60;
const ADVANCE_EVERY = 80;
/** A day settles nothing yet, four settle it whatever day it is, nine are longer than the time for evidence. */
const DAYS = [1, 4, 4, 9] as const;

/** What is done at certain places whatever is drawn. */
export function planFixed(random: Random, place: number): MoneyOutDeed | null {
  const seller = VERIFIED_SELLERS[place - 1];
  if (place <= FIRST_BANKS && seller) return { kind: 'bank', seller, token: 'btok_us_verified' };
  const passed = place - ADVANCE_FROM;
  return passed >= 0 && passed % ADVANCE_EVERY === 0 ? { kind: 'advance', days: random.pick(DAYS) } : null;
}

export function planMoneyOut(
  random: Random,
  kind: Exclude<MoneyOutDeed['kind'], 'advance'>,
  { of, seller }: { readonly of: number; readonly seller: string },
): MoneyOutDeed {
  switch (kind) {
    case 'refund': {
      const twice = random.chance(0.2);
      const percent = twice
        ? 60
        : random.weighted([
            [3, null],
            [4, random.between(1, 60)],
            [1, 100],
          ] as const);
      return { kind, of, twice, percent, order: percent === null && random.chance(0.3) ? null : random.between(0, 2) };
    }
    case 'dispute': {
      const stories = Object.entries(DISPUTE_STORIES).map(([story, { weight }]) => [weight, story] as const);
      const story = random.weighted(stories) as DisputeStory;
      return { kind, of, story, percent: random.pick([100, 100, 100, 50, 130]), twice: random.chance(0.25) };
    }
    case 'bank':
      return { kind, seller: random.pick(VERIFIED_SELLERS), token: random.weighted<string>(BANKS) };
    case 'payout': {
      const minor = random.weighted([
        [2, null],
        [12, BigInt(random.between(100, 100_000))],
        [3, NEEDS_APPROVAL_MINOR],
        [1, 99n],
        [1, MAX_AMOUNT_MINOR],
      ] as const);
      const amount = minor === null ? null : formatMinor(minor, PAYOUT_CURRENCY);
      const approver = random.pick(['same', 'other'] as const);
      return { kind, seller, amount, approver, cancels: random.chance(0.15) };
    }
  }
}
