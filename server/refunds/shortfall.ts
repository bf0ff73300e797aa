/** What happens when a seller does not have the money that has to go back. Only refunds and disputes are asked this. */
export const SHORTFALL_POLICIES = {
  /** It goes back at once; the seller's available balance may go below nothing, and later sales make up for it. */
  negative: { waits: false },
  /** It is sent once the seller has the money. */
  wait: { waits: true },
} as const satisfies Record<string, { readonly waits: boolean }>;
