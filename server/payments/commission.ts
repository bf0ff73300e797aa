/** What was frozen on an order: its gross amount and the commission in it, in minor units. */
export interface CommissionLine {
  readonly amountMinor: bigint;
  readonly commissionMinor: bigint;
}

/** Refunds of the order that count: those under way and those made, not those that failed. */
export interface RefundedSoFar {
  readonly refundedMinor: bigint;
  /** Commission given back with them. */
  readonly commissionReturnedMinor: bigint;
}

/**
 * The commission that goes back with a refund of an order: after it, what was given back stands to the commission as what was
 * refunded stands to the gross amount, rounded down. So no cent is lost or made however a refund is cut up, and a fully refunded
 * order has given back exactly its line. A cent that a failed refund took out of step is made up for by the next one; never
 * less than nothing goes back, never more than the refund itself. Pure; needs the order's lock, so that no refund is missed.
 */
export function commissionReturned(line: CommissionLine, before: RefundedSoFar, refundMinor: bigint): bigint {
  const due = (line.commissionMinor * (before.refundedMinor + refundMinor)) / line.amountMinor;
  const part = due - before.commissionReturnedMinor;
  if (part < 0n) return 0n;
  return part < refundMinor ? part : refundMinor;
}
