import { databaseTime, pool, run, type Statement } from '#db';
import { replaceLetters } from '#dead-letters';
import { nextLookAt, TRIES_UNTIL_TOLD } from '#payments';
import { psp, type RecallOutcome } from '#psp';
import { ANSWERED_BY_NEWS, NOT_RECALLED } from './payout-state.ts';

/** How long a claimed recall is left to its worker, in seconds: longer than two calls to the PSP. */
const LEASE_SECONDS = 60;

interface ClaimedRecall {
  readonly id: string;
  readonly recall_tries: number;
  readonly psp_payout_id: string | null;
  readonly psp_account_id: string;
}

/**
 * Brings back from the PSP's accounts of sellers what up to `limit` failed payouts left there. In our books it was back when the payout
 * failed: nothing is posted here. Answers how many were taken.
 */
export async function recallPayouts(limit: number): Promise<number> {
  if (psp().room().calls === 0) return 0;
  const claimed = await run<ClaimedRecall>(pool(), {
    name: 'claim-due-recalls',
    text: `with due as (
             select id from payouts where recall_at <= now() order by recall_at limit $1 for no key update skip locked
           )
           update payouts p set recall_at = now() + make_interval(secs => $2)
           from due, payout_accounts a where p.id = due.id and a.seller_id = p.seller_id
           returning p.id, p.recall_tries, p.psp_payout_id, a.psp_account_id`,
    values: [limit, LEASE_SECONDS],
  });
  const settled = await Promise.allSettled(claimed.map(recall));
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
  return claimed.length;
}

async function recall(payout: ClaimedRecall): Promise<void> {
  const { id: payoutId, psp_account_id: pspAccountId, psp_payout_id: pspPayoutId } = payout;
  const outcome = await psp().recallPayout({ payoutId, pspAccountId, pspPayoutId });
  for (const statement of writesOf(payout, outcome)) await run(pool(), statement);
}

/** The letter first: should this process die in between, the recall is tried again. */
function writesOf({ id, recall_tries: before }: ClaimedRecall, outcome: RecallOutcome): Statement[] {
  const name = 'note-recall';
  const text = 'update payouts set recall_at = $2, recall_tries = $3 where id = $1 and recall_at is not null';
  if (outcome.kind === 'recalled') return [{ name, text, values: [id, null, before] }];
  const tries = before + (outcome.kind === 'not_started' && !outcome.countsAsTry ? 0 : 1);
  const next = nextLookAt(tries, databaseTime(), Math.random);
  const noted = { name, text, values: [id, next, tries] };
  if (tries < TRIES_UNTIL_TOLD && outcome.kind !== 'refused') return [noted];
  return [...replaceLetters('payout', [{ subjectId: id, cause: NOT_RECALLED, tries }], ANSWERED_BY_NEWS), noted];
}
