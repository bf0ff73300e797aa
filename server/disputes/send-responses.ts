import { databaseTime, lanePool, pool, run, runInTransaction } from '#db';
import { replaceLetters } from '#dead-letters';
import { nextLookAt, TRIES_UNTIL_TOLD } from '#payments';
import { psp } from '#psp';
import { applyDisputeNews } from './apply-dispute-news.ts';
import { ANSWERED_BY_RESPONSE, type ResponseStage } from './dispute-state.ts';

/** How long a claimed response is left to its worker before another may take it, in seconds. */
const LEASE_SECONDS = 60;

interface ClaimedResponse {
  readonly dispute_id: string;
  readonly stage: ResponseStage;
  readonly evidence: string | null;
  readonly tries: number;
  readonly psp_dispute_id: string;
}

/**
 * Sends up to `limit` responses that wait, each under a key of its own: sent again, it says nothing twice. Answers how many were
 * taken. Several workers may run at once.
 */
export async function sendResponses(limit: number): Promise<number> {
  if (psp().room().calls === 0) return 0;
  const claimed = await run<ClaimedResponse>(pool(), {
    name: 'claim-unsent-responses',
    text: `update dispute_responses r set send_at = now() + make_interval(secs => $2)
           from (select dispute_id, stage from dispute_responses where send_at <= now() order by send_at limit $1 for update skip locked) due
           join disputes d on d.id = due.dispute_id
           where r.dispute_id = due.dispute_id and r.stage = due.stage
           returning r.dispute_id, r.stage, r.evidence, r.tries, d.psp_dispute_id`,
    values: [limit, LEASE_SECONDS],
  });
  const settled = await Promise.allSettled(claimed.map(sendOne));
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
  return claimed.length;
}

async function sendOne(response: ClaimedResponse): Promise<void> {
  const { dispute_id: disputeId, stage, evidence, psp_dispute_id: pspDisputeId, tries } = response;
  const key = `${disputeId}:${stage}`;
  const outcome = await psp().answerDispute({ pspDisputeId, key, evidence }, tries === 0 ? 'first' : 'retry');
  switch (outcome.kind) {
    case 'known': {
      const [applied] = await applyDisputeNews(lanePool(), [{ facts: outcome.dispute, actor: 'worker' }]);
      if (applied instanceof Error) throw applied;
      return end(response, 'sent_at', null);
    }
    case 'refused':
      return end(response, 'refused_at', `refused:${outcome.code}`);
    case 'not_started':
      return putOff(response, outcome.reason, tries + (outcome.countsAsTry ? 1 : 0), outcome.retryAfterSeconds);
    case 'unknown':
      return putOff(response, outcome.reason, tries + 1, null);
  }
}

/** A refused one needs a person: the PSP does not take it, and the time runs. */
async function end(
  { dispute_id: disputeId, stage, tries }: ClaimedResponse,
  column: 'sent_at' | 'refused_at',
  error: string | null,
): Promise<void> {
  await runInTransaction(async (tx) => {
    const ended = await run(tx, {
      name: `end-response-${column}`,
      text: `update dispute_responses set ${column} = now(), send_at = null, error = $3
             where dispute_id = $1 and stage = $2 and send_at is not null returning 1`,
      values: [disputeId, stage, error],
    });
    if (ended.length === 0) return;
    const letter = { subjectId: disputeId, cause: error, tries };
    for (const statement of replaceLetters('dispute', [letter], ANSWERED_BY_RESPONSE)) await run(tx, statement);
  });
}

async function putOff(
  { dispute_id: disputeId, stage }: ClaimedResponse,
  error: string,
  tries: number,
  retryAfterSeconds: number | null,
): Promise<void> {
  await run(pool(), {
    name: 'put-off-response',
    text: `with put_off as (
             update dispute_responses set tries = $3, error = $4, send_at = $5 where dispute_id = $1 and stage = $2 and send_at is not null
             returning dispute_id
           )
           insert into dead_letters (kind, subject_id, cause, tries) select 'dispute', dispute_id, 'response_unanswered', $3 from put_off
           where $3 >= $6 on conflict (kind, subject_id) where resolved_at is null do nothing`,
    values: [
      disputeId,
      stage,
      tries,
      error,
      nextLookAt(tries, databaseTime(), Math.random, retryAfterSeconds),
      TRIES_UNTIL_TOLD,
    ],
  });
}
