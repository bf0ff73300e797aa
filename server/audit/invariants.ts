import { DISPUTE_INVARIANTS } from './dispute-invariants.ts';
import type { Invariant } from './invariant.ts';
import { LEDGER_INVARIANTS } from './ledger-invariants.ts';
import { MESSAGE_INVARIANTS } from './message-invariants.ts';
import { PAYMENT_INVARIANTS } from './payment-invariants.ts';
import { PAYOUT_INVARIANTS } from './payout-invariants.ts';
import { PROTECTION_INVARIANTS } from './protection-invariants.ts';
import { RECONCILIATION_INVARIANTS } from './reconciliation-invariants.ts';
import { REFUND_INVARIANTS } from './refund-invariants.ts';
import { SEAL_INVARIANTS } from './seal-invariants.ts';
import { SETTLEMENT_INVARIANTS } from './settlement-invariants.ts';

export type { Invariant } from './invariant.ts';

/** Every invariant of the books that a database can be asked about, by number. */
export const INVARIANTS: readonly Invariant[] = [
  ...LEDGER_INVARIANTS,
  ...PROTECTION_INVARIANTS,
  ...SEAL_INVARIANTS,
  ...PAYMENT_INVARIANTS,
  ...REFUND_INVARIANTS,
  ...SETTLEMENT_INVARIANTS,
  ...PAYOUT_INVARIANTS,
  ...DISPUTE_INVARIANTS,
  ...RECONCILIATION_INVARIANTS,
  ...MESSAGE_INVARIANTS,
].toSorted(byNumber);

/** I9 stands before I10, I41 before I41b. */
export function byNumber(one: Pick<Invariant, 'id'>, other: Pick<Invariant, 'id'>): number {
  return one.id.localeCompare(other.id, 'en', { numeric: true });
}
