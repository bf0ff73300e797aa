import { databaseTime, lanePool, pool, run, runInTransaction } from '#db';
import { nextLookAt, TRIES_UNTIL_TOLD } from '#payments';
import { psp } from '#psp';
import { applyDisputeNews } from './apply-dispute-news.ts';
import { ANSWERED_BY_SENDING, askPerson } from './dispute-questions.ts';
import type { ResponseStage } from './dispute-state.ts';

/** How long a claimed response is left to its worker before another may take it, in seconds. */
const LEASE_SECONDS = 60;

interface ClaimedResponse {
  readonly dispute_id: string;
  readonly stage: ResponseStage;
  /** 1, or more when the PSP refused those before it. */
  readonly answer_no: number;
  readonly evidence: string | null;
  readonly tries: number;
  readonly psp_dispute_id: string;
}

/** What changes about a response that was sent, or could not be. */
interface ResponseChange {
  readonly end: 'sent' | 'refused' | null;
  readonly tries: number;
  readonly error: string | null;
  /** When it is sent again; null at its end. */
  readonly sendAt: Date | null;
  /** What a person is asked about; null answers what was asked about an answer that waited. */
  readonly letter: string | null;
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
           from (select dispute_id, stage, answer_no from dispute_responses
                 where send_at <= now() order by send_at limit $1 for update skip locked) due
           join disputes d on d.id = due.dispute_id
           where r.dispute_id = due.dispute_id and r.stage = due.stage and r.answer_no = due.answer_no
           returning r.dispute_id, r.stage, r.answer_no, r.evidence, r.tries, d.psp_dispute_id`,
    values: [limit, LEASE_SECONDS],
  });
  const settled = await Promise.allSettled(claimed.map(sendOne));
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
  return claimed.length;
}

/** A refused one needs a person: the PSP does not take it, the time runs, and it can be said anew. */
async function sendOne(response: ClaimedResponse): Promise<void> {
  const { evidence, psp_dispute_id: pspDisputeId, tries } = response;
  const outcome = await psp().answerDispute(
    { pspDisputeId, key: keyOf(response), evidence },
    tries === 0 ? 'first' : 'retry',
  );
  switch (outcome.kind) {
    case 'known': {
      const [applied] = await applyDisputeNews(lanePool(), [{ facts: outcome.dispute, actor: 'worker' }]);
      if (applied instanceof Error) throw applied;
      return change(response, { end: 'sent', tries, error: null, sendAt: null, letter: null });
    }
    case 'refused': {
      const error = `refused:${outcome.code}`;
      return change(response, { end: 'refused', tries, error, sendAt: null, letter: error });
    }
    case 'not_started':
      return putOff(response, outcome.reason, tries + (outcome.countsAsTry ? 1 : 0), outcome.retryAfterSeconds);
    case 'unknown':
      return putOff(response, outcome.reason, tries + 1, null);
  }
}

/** The PSP answers a key with what it answered first: what is said after a refusal needs another one. */
function keyOf({ dispute_id: disputeId, stage, answer_no: no }: ClaimedResponse): string {
  return no === 1 ? `${disputeId}:${stage}` : `${disputeId}:${stage}:${no}`;
}

function putOff(
  response: ClaimedResponse,
  error: string,
  tries: number,
  retryAfterSeconds: number | null,
): Promise<void> {
  const sendAt = nextLookAt(tries, databaseTime(), Math.random, retryAfterSeconds);
  const letter = tries >= TRIES_UNTIL_TOLD ? 'response_unanswered' : null;
  return change(response, { end: null, tries, error, sendAt, letter });
}

/** Writes what became of a response and what a person is asked about it; nothing when another worker has ended it. */
async function change(
  { dispute_id: disputeId, stage, answer_no: no }: ClaimedResponse,
  { end, tries, error, sendAt, letter }: ResponseChange,
): Promise<void> {
  await runInTransaction(async (tx) => {
    const changed = await run(tx, {
      name: 'change-response',
      text: `update dispute_responses set tries = $4, error = $5, send_at = $6,
               sent_at = case when $7 = 'sent' then now() end, refused_at = case when $7 = 'refused' then now() end
             where dispute_id = $1 and stage = $2 and answer_no = $3 and send_at is not null returning 1`,
      values: [disputeId, stage, no, tries, error, sendAt, end],
    });
    if (changed.length === 0 || (end === null && letter === null)) return;
    // Whatever the PSP says to it answers the question why it said nothing.
    const causes = end === null ? [letter] : [null, ...(letter === null ? [] : [letter])];
    const letters = causes.map((cause) => ({ subjectId: disputeId, cause, tries }));
    for (const statement of askPerson(letters, ANSWERED_BY_SENDING)) await run(tx, statement);
  });
}
