import { lanePool, pool, run } from '#db';
import type { CurrencyCode } from '#kernel';
import { secondsFrom } from '#payments';
import { type PayoutOutcome, psp } from '#psp';
import { applyPayoutOutcomes } from './apply-payout-outcomes.ts';
import { changePayout } from './change-payouts.ts';
import { decideSending } from './decide-payout.ts';

/** How long a claimed payout is left to its worker before another may take it, in seconds: longer than four calls to the PSP. */
const LEASE_SECONDS = 120;

interface ClaimedPayout {
  readonly id: string;
  readonly state: string;
  readonly amount_minor: bigint;
  readonly currency: CurrencyCode;
  readonly psp_payout_id: string | null;
  readonly psp_account_id: string;
  readonly psp_bank_account_id: string;
}

/**
 * Takes up to `limit` payouts whose time has come and brings each a step further: sends it, or asks the PSP what became of it and
 * sends it again under the same key when the PSP never saw it. Answers how many were taken. Several workers may run at once; a
 * worker that dies loses its lease and another goes on.
 */
export async function submitPayouts(limit: number): Promise<number> {
  // What could not be sent now is not claimed either: no row is touched again and again while the PSP is away.
  if (psp().room().calls === 0) return 0;
  const claimed = await claimDue(limit);
  const settled = await Promise.allSettled(claimed.map(submitPayout));
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
  return claimed.length;
}

async function claimDue(limit: number): Promise<ClaimedPayout[]> {
  return run<ClaimedPayout>(pool(), {
    name: 'claim-due-payouts',
    text: `with due as (
             select id from payouts where resolve_at <= now() order by resolve_at limit $1 for no key update skip locked
           )
           update payouts p set resolve_at = now() + make_interval(secs => $2)
           from due, payout_accounts a, bank_accounts b
           where p.id = due.id and a.seller_id = p.seller_id and b.id = p.bank_account_id
           returning p.id, p.state, p.amount_minor, p.currency, p.psp_payout_id, a.psp_account_id, b.psp_bank_account_id`,
    values: [limit, LEASE_SECONDS],
  });
}

async function submitPayout(payout: ClaimedPayout): Promise<void> {
  const first = payout.state === 'APPROVED';
  // One that was cancelled between the claim and now is not sent.
  if (first && !(await markSent(payout.id))) return;
  const outcome = await outcomeOf(payout, first);
  const [applied] = await applyPayoutOutcomes(lanePool(), [{ payoutId: payout.id, outcome, actor: 'worker' }]);
  if (!applied || applied instanceof Error) throw applied;
}

/** SUBMITTED, and its money in transit, before anything is sent. False when it is no longer to be sent by us. */
async function markSent(payoutId: string): Promise<boolean> {
  const { before, state } = await changePayout(lanePool(), {
    payoutId,
    decide: (payout, now) => decideSending(payout, secondsFrom(now, LEASE_SECONDS)),
    steps: ['sent'],
    actor: 'worker',
  });
  return before === 'APPROVED' && state === 'SUBMITTED';
}

async function outcomeOf(payout: ClaimedPayout, first: boolean): Promise<PayoutOutcome> {
  const { id: payoutId, psp_account_id: pspAccountId, psp_bank_account_id: pspBankAccountId } = payout;
  if (!first) {
    const answer = await psp().enquirePayout({ payoutId, pspAccountId, pspPayoutId: payout.psp_payout_id }, 'look');
    if (answer.kind !== 'absent') return answer;
  }
  const amount = { amountMinor: payout.amount_minor, currency: payout.currency };
  return psp().payOut({ payoutId, pspAccountId, pspBankAccountId, amount }, first ? 'first' : 'repeat');
}
