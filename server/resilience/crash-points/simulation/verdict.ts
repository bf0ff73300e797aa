/** An order at the end of everything, and what its provider took for it. */
export interface EndOfOrder {
  readonly id: string;
  readonly state: string;
  /** Charges in the provider's journal. */
  readonly charges: number;
  /** States of the refunds of its attempts. */
  readonly refunds: readonly string[];
  /** What callers were told last; absent when nobody was. */
  readonly told?: string | undefined;
}

/** States in which the provider holds the buyer's money, and those in which it must not. */
const PAID = new Set(['SUCCESS', 'AUTO_REFUNDING']);
const UNPAID = new Set(['NOT_STARTED', 'REQUIRES_ACTION', 'FAILED', 'EXPIRED', 'CANCELLED']);

/** States in which a refund rests. */
const ENDED = new Set(['SUCCEEDED', 'FAILED', 'FAILED_LATE']);

/** Everything that is wrong with how orders ended: each has its true state, charged at most once, and no promise was broken. */
export function wrongEnds(orders: readonly EndOfOrder[]): string[] {
  return orders.flatMap(({ id, state, charges, refunds, told }) => {
    if (charges > 1) return [`${id} was charged ${charges} times`];
    if (!(charges === 1 ? PAID : UNPAID).has(state)) return [`${id} is ${state} with ${charges} charges`];
    if (told === 'SUCCESS' && state !== 'SUCCESS') return [`${id} was told to be paid and is ${state}`];
    if (state === 'AUTO_REFUNDING' && !(refunds.length > 0 && refunds.every((refund) => ENDED.has(refund))))
      return [`${id} goes back, and its refunds are ${refunds.join(', ') || 'none'}`];
    return [];
  });
}
