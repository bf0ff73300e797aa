/**
 * What happens when a seller does not have the money that has to go back. Refunds and disputes alone are asked this; nothing else may
 * make an available balance negative.
 */
export const SHORTFALL_POLICIES = {
  /** The money goes at once; the seller's available balance may go below nothing, and later sales make up for it. */
  negative: { refundWaits: false, platformBearsShortfall: false },
  /** A refund is sent once the seller has the money; of a dispute, which does not wait, the platform bears what the seller lacks. */
  wait: { refundWaits: true, platformBearsShortfall: true },
} as const satisfies Record<string, { readonly refundWaits: boolean; readonly platformBearsShortfall: boolean }>;
