import { lanePool, pool, run } from '#db';
import type { CurrencyCode } from '#kernel';
import { psp, type RefundOutcome } from '#psp';
import { type AppliedRefund, applyRefundOutcomes } from './apply-refund-outcomes.ts';

/** How long a claimed refund is left to its worker before another may take it, in seconds: longer than two calls to the PSP. */
const LEASE_SECONDS = 60;

interface ClaimedRefund {
  readonly id: string;
  readonly attempt_id: string;
  readonly amount_minor: bigint;
  readonly currency: CurrencyCode;
  readonly psp_refund_id: string | null;
  readonly psp_payment_id: string;
  /** It was claimed for the first time: the PSP cannot have seen it. */
  readonly first: boolean;
}

/**
 * Takes up to `limit` refunds whose time has come and brings each a step further: sends it, or asks the PSP what became of it and
 * sends it again under the same key when the PSP never saw it. Answers how many were taken. Several workers may run at once; a
 * worker that dies loses its lease and another goes on.
 */
export async function submitRefunds(limit: number): Promise<number> {
  // What could not be sent now is not claimed either: no row is touched again and again while the PSP is away.
  if (psp().room().calls === 0) return 0;
  const claimed = await claimDue(limit);
  const settled = await Promise.allSettled(claimed.map(submitRefund));
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
  return claimed.length;
}

/** SUBMITTED before anything is sent: whoever finds it so must ask before sending again. */
async function claimDue(limit: number): Promise<ClaimedRefund[]> {
  return run<ClaimedRefund>(pool(), {
    name: 'claim-due-refunds',
    text: `with due as (
             select id, state, state_seq, attempt_id from refunds where finished_at is null and resolve_at <= now() and not waits_for_funds
             order by resolve_at limit $1 for update skip locked
           ), history as (
             insert into refund_transitions (refund_id, seq, from_state, to_state, reason, actor)
             select id, state_seq + 1, 'REQUESTED', 'SUBMITTED', 'sent to the provider', 'worker' from due where state = 'REQUESTED'
           )
           update refunds r
           set resolve_at = now() + make_interval(secs => $2),
               state = case due.state when 'REQUESTED' then 'SUBMITTED' else due.state end,
               state_seq = case due.state when 'REQUESTED' then due.state_seq + 1 else due.state_seq end
           from due join payment_attempts a on a.id = due.attempt_id
           where r.id = due.id
           returning r.id, r.attempt_id, r.amount_minor, r.currency, r.psp_refund_id, a.psp_payment_id, due.state = 'REQUESTED' as first`,
    values: [limit, LEASE_SECONDS],
  });
}

async function submitRefund(refund: ClaimedRefund): Promise<AppliedRefund> {
  const outcome = await outcomeOf(refund);
  const [applied] = await applyRefundOutcomes(lanePool(), [{ refundId: refund.id, outcome, actor: 'worker' }]);
  if (!applied || applied instanceof Error) throw applied;
  return applied;
}

async function outcomeOf(refund: ClaimedRefund): Promise<RefundOutcome> {
  const { id: refundId, attempt_id: attemptId, psp_payment_id: pspPaymentId, psp_refund_id: pspRefundId } = refund;
  if (!refund.first) {
    const answer = await psp().enquireRefund({ refundId, pspPaymentId, pspRefundId }, 'look');
    if (answer.kind !== 'absent') return answer;
  }
  const amount = { amountMinor: refund.amount_minor, currency: refund.currency };
  return psp().refund({ refundId, attemptId, pspPaymentId, amount }, refund.first ? 'first' : 'repeat');
}
