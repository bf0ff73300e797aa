import { lanePool, pool, run } from '#db';
import { AppError } from '#kernel';
import { nextLookAt } from '#payments';
import { type DisputeFacts, psp } from '#psp';
import { applyDisputeNews, type DisputeReport } from './apply-dispute-news.ts';

/** How long a claimed dispute is left to its worker before another may take it, in seconds. */
const LEASE_SECONDS = 60;
/** Disputes opened up to so long before the newest one that is known are listed again, in days: news travels out of order. */
const LOOK_BACK_DAYS = 2;

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
    values: [id, tries + 1, error, nextLookAt(tries + 1, new Date(), Math.random)],
  });
}

/**
 * Lists what the PSP knows of disputes that were opened lately, so that none is missed whose webhooks were all lost; from further
 * back where it has settled the money of one that is not known here. Answers how many it lists; nothing while it cannot be reached.
 */
export async function pollDisputes(): Promise<number> {
  const [newest] = await run<{ since: Date | null }>(pool(), {
    name: 'newest-dispute',
    text: `select case when max(d.opened_at) is not null then least(max(d.opened_at), (
               select min(t.created_at) from psp_balance_transactions t
               where t.state = 'waiting' and t.type = 'adjustment'
                 and not exists (select from disputes k where k.psp_dispute_id = t.source_id)
             )) - make_interval(days => $1) end as since
           from disputes d`,
    values: [LOOK_BACK_DAYS],
  });
  const outcome = await psp().listDisputes(newest?.since ?? null);
  if (outcome.kind !== 'listed') return 0;
  await applyAll(outcome.disputes);
  return outcome.disputes.length;
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
