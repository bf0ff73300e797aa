import { lanePool } from '#db';
import { type KeyedRun, UNKEYED } from '#idempotency';
import { AppError } from '#kernel';
import { changePayout } from './change-payouts.ts';
import { decideApproval, decideCancellation } from './decide-payout.ts';

export interface PersonsWord {
  /** `user:…` or `key:…`. */
  readonly actor: string;
  readonly keyed?: KeyedRun;
}

/**
 * Approves a payout that waits for it; the worker sends it next. Approving it again changes nothing. Throws `second_person_needed` for
 * whoever asked for it, `payout_state_conflict` once it was cancelled or sent, `not_found`.
 */
export async function approvePayout(payoutId: string, { actor, keyed = UNKEYED }: PersonsWord): Promise<void> {
  if (keyed.subjectId) return;
  await changePayout(lanePool(), {
    payoutId,
    decide: (payout, now) => decideApproval(payout, actor, now),
    steps: [],
    actor,
    also: keyed.reach(payoutId),
  });
}

/**
 * Calls a payout off before it is sent: its amount is available again. Cancelling it again changes nothing. Throws
 * `payout_state_conflict` once it may have been sent, `not_found` also for a payout of another seller than the one named.
 */
export async function cancelPayout(
  payoutId: string,
  { actor, reason, sellerId, keyed = UNKEYED }: PersonsWord & { readonly reason: string; readonly sellerId?: string },
): Promise<void> {
  if (keyed.subjectId) return;
  await changePayout(lanePool(), {
    payoutId,
    decide: (payout) => {
      if (sellerId !== undefined && payout.sellerId !== sellerId)
        throw new AppError('not_found', `There is no payout ${payoutId}.`);
      return decideCancellation(payout, reason);
    },
    steps: ['requested'],
    actor,
    also: keyed.reach(payoutId),
  });
}
