import type pg from 'pg';
import type { PayoutStep } from '#ledger';
import type { PayoutOutcome } from '#psp';
import { type ChangedPayout, changePayouts, type PayoutCommand } from './change-payouts.ts';
import { decidePayout } from './decide-payout.ts';

/** News about a payout, from wherever it came. */
export interface PayoutReport {
  readonly payoutId: string;
  readonly outcome: PayoutOutcome;
  /** Who learned it: `worker` from the PSP's own answer or by asking, `webhook`. */
  readonly actor: 'worker' | 'webhook';
  readonly inboxId?: bigint;
}

/** Applies what was learned about payouts. Any report may be applied again, in any order, from anywhere. */
export function applyPayoutOutcomes(
  on: pg.Pool,
  reports: readonly PayoutReport[],
): Promise<readonly (ChangedPayout | Error)[]> {
  return changePayouts(on, reports.map(commandOf));
}

function commandOf({ payoutId, outcome, actor, inboxId }: PayoutReport): PayoutCommand {
  return {
    payoutId,
    decide: (payout, now) => decidePayout(payout, outcome, now, Math.random),
    steps: STEPS_OF[outcome.kind] ?? [],
    actor,
    ...(inboxId !== undefined && { inboxId }),
  };
}

/** Money moves only by a definite word. */
const STEPS_OF: Partial<Record<PayoutOutcome['kind'], readonly PayoutStep[]>> = {
  paid: ['paid'],
  failed: ['requested', 'sent', 'paid'],
  refused: ['requested', 'sent'],
};
