import { databaseTime, lanePool, pool, run, runInTransaction } from '#db';
import { AppError } from '#kernel';
import { log } from '#observability';
import { nextLookAt, TRIES_UNTIL_TOLD } from '#payments';
import { type DisputeFacts, psp } from '#psp';
import { applyDisputeNews, type DisputeReport } from './apply-dispute-news.ts';
import { ANSWERED_BY_NEWS, askPerson } from './dispute-questions.ts';

/** How long a claimed dispute is left to its worker before another may take it, in seconds. */
const LEASE_SECONDS = 60;
/** Disputes opened up to so long before the newest one that is known are listed again, in days: news travels out of order. */
const LOOK_BACK_DAYS = 2;
/** Disputes that are asked for in one round because only their money told of them. */
const MISSED_AT_ONCE = 20;

/**
 * Asks the PSP about up to `limit` disputes whose time has come: those still open, and those whose money it has not shown. Answers
 * how many were asked about. Several workers may run at once.
 */
export async function askDisputes(limit: number): Promise<number> {
  if (psp().room().calls === 0) return 0;
  const due = await run<DueDispute>(pool(), {
    name: 'claim-due-disputes',
    text: `update disputes d set resolve_at = now() + make_interval(secs => $2)
           from (select id from disputes where resolve_at <= now() order by resolve_at limit $1 for update skip locked) due
           where d.id = due.id returning d.id, d.psp_dispute_id, d.tries, d.resolve_at::text as lease`,
    values: [limit, LEASE_SECONDS],
  });
  const settled = await Promise.allSettled(due.map(askOne));
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
  return due.length;
}

interface DueDispute {
  readonly id: string;
  readonly psp_dispute_id: string;
  readonly tries: number;
  /** Until when it is left to this process; another time stands there once there is news of it or somebody wants it looked at. */
  readonly lease: string;
}

/** Whatever the PSP tells is applied; what it does not tell, or what cannot be applied, is asked for again, later each time. */
async function askOne(dispute: DueDispute): Promise<void> {
  const outcome = await psp().enquireDispute(dispute.psp_dispute_id);
  if (outcome.kind === 'known') {
    const [applied] = await applyDisputeNews(lanePool(), [{ facts: outcome.dispute, actor: 'worker' }]);
    return applied instanceof Error ? putOff(dispute, 'not_applied', applied.message) : undefined;
  }
  const wasAsked = outcome.kind !== 'not_started' || outcome.countsAsTry;
  await putOff(dispute, 'outcome_unknown', 'reason' in outcome ? outcome.reason : outcome.code, wasAsked);
}

/**
 * A person is told once the quick pauses are used up; asking goes on, and news closes the letter. What somebody has made due meanwhile
 * stays due.
 */
async function putOff({ id, tries, lease }: DueDispute, cause: string, error: string, wasAsked = true): Promise<void> {
  const [next, now] = [tries + (wasAsked ? 1 : 0), databaseTime()];
  await runInTransaction(async (tx) => {
    const waiting = await run(tx, {
      name: 'put-off-dispute',
      text: 'update disputes set tries = $2, error = $3, resolve_at = $4 where id = $1 and resolve_at = $5::timestamptz returning 1',
      values: [id, next, error, nextLookAt(next, now, Math.random), lease],
    });
    if (waiting.length === 0 || next < TRIES_UNTIL_TOLD) return;
    for (const statement of askPerson([{ subjectId: id, cause, tries: next }], ANSWERED_BY_NEWS))
      await run(tx, statement);
  });
}

/**
 * Learns of disputes whose webhooks were all lost: lists those that were opened lately, and asks for each whose money is settled and
 * that is not known here, however old it is. Answers how many it was told of; nothing while the PSP cannot be reached.
 */
export async function pollDisputes(): Promise<number> {
  const [newest] = await run<{ since: Date | null }>(pool(), {
    name: 'newest-dispute',
    text: 'select max(opened_at) - make_interval(days => $1) as since from disputes',
    values: [LOOK_BACK_DAYS],
  });
  const outcome = await psp().listDisputes(newest?.since ?? null);
  if (outcome.kind !== 'listed') return 0;
  await applyAll(outcome.disputes);
  return outcome.disputes.length + (await askMissed());
}

async function askMissed(): Promise<number> {
  const missed = await run<{ id: string }>(pool(), {
    name: 'disputes-missed',
    text: `select t.source_id as id from psp_balance_transactions t
           where t.state = 'waiting' and t.type = 'adjustment' and t.source_id is not null
             and not exists (select from disputes d where d.psp_dispute_id = t.source_id)
           order by t.tries, t.id limit $1`,
    values: [MISSED_AT_ONCE],
  });
  const told = await Promise.all(missed.map(({ id }) => psp().enquireDispute(id)));
  const known = told.flatMap((one) => (one.kind === 'known' ? [one.dispute] : []));
  await applyAll(known);
  return known.length;
}

/**
 * Applies each by itself: one that cannot be is told to a person, and holds up no other. One of a payment that is not here is not ours
 * to book; whoever sent its webhook waits as a dead letter.
 */
async function applyAll(disputes: readonly DisputeFacts[]): Promise<void> {
  if (disputes.length === 0) return;
  const reports = disputes.map((facts): DisputeReport => ({ facts, actor: 'worker' }));
  const results = await applyDisputeNews(lanePool(), reports);
  const failed = disputes.flatMap(({ pspDisputeId }, index) => {
    const error = results[index];
    return error instanceof Error && !isOfNoPayment(error) ? [{ pspDisputeId, error }] : [];
  });
  if (failed.length > 0) await tellOfFailed(failed);
}

function isOfNoPayment(error: Error): boolean {
  return error instanceof AppError && error.code === 'not_found';
}

/** One that is not in the database yet is told of by the PSP's id; its first news that can be applied closes that letter. */
async function tellOfFailed(
  failed: readonly { readonly pspDisputeId: string; readonly error: Error }[],
): Promise<void> {
  for (const { pspDisputeId, error } of failed)
    log().error({ err: error, psp_dispute_id: pspDisputeId }, 'news of a dispute could not be applied');
  await runInTransaction(async (tx) => {
    const rows = await run<{ id: string }>(tx, {
      text: `select coalesce(d.id, n.id) as id from unnest($1::text[]) n (id) left join disputes d on d.psp_dispute_id = n.id`,
      values: [failed.map((one) => one.pspDisputeId)],
    });
    const letters = rows.map(({ id }) => ({ subjectId: id, cause: 'not_applied', tries: 1 }));
    for (const statement of askPerson(letters, ANSWERED_BY_NEWS)) await run(tx, statement);
  });
}
