import { BROKEN_SEAL_CHAIN, BROKEN_SEALS, brokenNewestSeals } from '#ledger';
import type { Invariant } from './invariant.ts';

/** Ledger transactions under the newest seals that every check computes again. */
const NEWEST_TRANSACTIONS = 5_000;

/** What was sealed is still there as it was. */
export const SEAL_INVARIANTS: readonly Invariant[] = [
  {
    id: 'I8',
    rule: 'Each seal continues the one before it, and the sealed rows are what they were',
    keptBy: 'trigger, I5',
    timing: 'always',
    violations: `${BROKEN_SEAL_CHAIN} union all select * from (${brokenNewestSeals(NEWEST_TRANSACTIONS)}) newest`,
    thorough: `${BROKEN_SEAL_CHAIN} union all select * from (${BROKEN_SEALS}) every`,
  },
];
