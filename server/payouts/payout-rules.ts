import type { CurrencyCode } from '#kernel';

/** Minor units of the currency. */
interface PayoutRule {
  /** Less is not worth a bank's fee. */
  readonly minimumMinor: bigint;
  /** Above it a second person has to approve. */
  readonly approvalAboveMinor: bigint;
}

const rule = (minimumMinor: bigint, approvalAboveMinor: bigint): PayoutRule => ({ minimumMinor, approvalAboveMinor });

/** The platform's rules of payouts, per currency: about one and about ten thousand dollars. */
export const PAYOUT_RULES: Readonly<Record<CurrencyCode, PayoutRule>> = {
  AUD: rule(100n, 1_500_000n),
  CAD: rule(100n, 1_300_000n),
  CHF: rule(100n, 1_000_000n),
  EUR: rule(100n, 1_000_000n),
  GBP: rule(100n, 800_000n),
  JPY: rule(100n, 1_500_000n),
  KRW: rule(1_000n, 13_000_000n),
  KWD: rule(1_000n, 3_000_000n),
  SEK: rule(1_000n, 10_000_000n),
  USD: rule(100n, 1_000_000n),
};
