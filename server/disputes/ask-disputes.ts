import { databaseTime, lanePool, pool, run } from '#db';
import { AppError } from '#kernel';
import { nextLookAt } from '#payments';
import { type DisputeFacts, psp } from '#psp';
import { applyDisputeNews, type DisputeReport } from './apply-dispute-news.ts';

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
  const due = await run<{ id: string; psp_dispute_id: string; tries: number }>(pool(), {
    name: 'claim-due-disputes',
    text: `update disputes d set resolve_at = now() + make_interval(secs => $2)
           from (select id from disputes where resolve_at <= now() order by resolve_at limit $1 for update skip locked) due
           where d.id = due.id returning d.id, d.psp_dispute_id, d.tries`,
    values: [limit, LEASE_SECONDS],
  });
  const settled = await Promise.allSettled(due.map(askOne));
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
  return due.length;
}

async function askOne({
  id,
  psp_dispute_id: pspDisputeId,
  tries,
}: {
  id: string;
  psp_dispute_id: string;
  tries: number;
}) {
  const outcome = await psp().enquireDispute(pspDisputeId);
  if (outcome.kind === 'known') return applyAll([outcome.dispute]);
  const error = 'reason' in outcome ? outcome.reason : outcome.code;
  await run(pool(), {
    name: 'put-off-dispute',
    text: 'update disputes set tries = $2, error = $3, resolve_at = $4 where id = $1 and resolve_at is not null',
    values: [id, tries + 1, error, nextLookAt(tries + 1, databaseTime(), Math.random)],
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

/** A dispute of a payment that is not here is not ours to book; whoever sent its webhook waits as a dead letter. */
async function applyAll(disputes: readonly DisputeFacts[]): Promise<void> {
  if (disputes.length === 0) return;
  const reports = disputes.map((facts): DisputeReport => ({ facts, actor: 'worker' }));
  const results = await applyDisputeNews(lanePool(), reports);
  for (const one of results) {
    if (one instanceof Error && !(one instanceof AppError && one.code === 'not_found')) throw one;
  }
}
