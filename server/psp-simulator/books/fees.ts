/** What the PSP keeps of a charge: a share in basis points plus a fixed part in minor units of the charge's currency. */
export interface FeeRule {
  readonly basisPoints: bigint;
  readonly fixedMinor: bigint;
}

const SHARE = 290n;

/** Currencies the simulator settles in, upper case, each with its fee. The fixed parts are worth about 30 US cents. */
export const FEE_RULES = {
  USD: { basisPoints: SHARE, fixedMinor: 30n },
  EUR: { basisPoints: SHARE, fixedMinor: 30n },
  GBP: { basisPoints: SHARE, fixedMinor: 20n },
  CHF: { basisPoints: SHARE, fixedMinor: 30n },
  CAD: { basisPoints: SHARE, fixedMinor: 30n },
  AUD: { basisPoints: SHARE, fixedMinor: 30n },
  SEK: { basisPoints: SHARE, fixedMinor: 180n },
  JPY: { basisPoints: SHARE, fixedMinor: 30n },
  KRW: { basisPoints: SHARE, fixedMinor: 300n },
  KWD: { basisPoints: SHARE, fixedMinor: 90n },
} as const satisfies Record<string, FeeRule>;

/** Finds the rule of a currency in wire case (`usd`); undefined when the simulator does not settle in it. */
export function feeRuleOf(currency: string): FeeRule | undefined {
  const code = currency.toUpperCase();
  return Object.hasOwn(FEE_RULES, code) ? FEE_RULES[code as keyof typeof FEE_RULES] : undefined;
}

/**
 * Fee of a charge in minor units: the share rounded half up, plus the fixed part. It may exceed a very small charge,
 * whose net is then negative, because the simulator has no minimum amount.
 */
export function feeMinor(amountMinor: bigint, rule: FeeRule): bigint {
  return (amountMinor * rule.basisPoints + 5_000n) / 10_000n + rule.fixedMinor;
}
