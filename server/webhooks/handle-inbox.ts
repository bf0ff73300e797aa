import type Stripe from 'stripe';
import { columns, lanePool, pool, run } from '#db';
import { AppError, assert } from '#kernel';
import { mask } from '#observability';
import { applyOutcomes, type OutcomeReport } from '#payments';
import { type Outcome, type PspEvent, psp, readEvent } from '#psp';
import { readSooner } from '#settlement';
import { applyDisputeEvents } from './apply-dispute-events.ts';
import { applyPayoutEvents } from './apply-payout-events.ts';
import { applyRefundEvents } from './apply-refund-events.ts';

/** How long claimed rows are left to their worker before another may take them, in seconds. */
const LEASE_SECONDS = 30;
/** Tries after which a webhook is given up to a person. */
const MAX_TRIES = 6;
/** Longest cause that is kept, in characters. */
const MAX_CAUSE_LENGTH = 500;

interface InboxRow {
  readonly id: bigint;
  readonly tries: number;
  readonly payload: string;
}

type WebhookReport = OutcomeReport & { readonly inboxId: bigint };

interface AttemptRow {
  readonly id: string;
  readonly kind: 'direct' | 'hosted';
  readonly finished: boolean;
  readonly succeeded: boolean;
  readonly psp_payment_id: string | null;
  readonly psp_session_id: string | null;
}

/**
 * Handles up to `limit` waiting webhooks and answers how many were taken. What cannot be read or applied now is tried again later,
 * alone, and after {@link MAX_TRIES} tries becomes a dead letter; so does an event about an attempt of ours that is not in the
 * database. What says nothing new stays with its attempt as `unchanged`, and what is about no attempt of ours is marked `ignored`.
 */
export async function handleInbox(limit: number): Promise<number> {
  const rows = await claim(limit);
  if (rows.length === 0) return 0;
  const events = await eachAlone(
    rows.map((row) => ({ row })),
    ({ row }) => ({ row, event: readEvent(JSON.parse(row.payload) as Stripe.Event) }),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  if (events.some(({ event }) => event.movesBalance)) await readSooner();
  await applyRefundEvents(events, (inboxId, error) => giveBack(byId, inboxId, error));
  await applyPayoutEvents(events, (inboxId, error) => giveBack(byId, inboxId, error));
  await applyDisputeEvents(events, (inboxId, error) => giveBack(byId, inboxId, error));
  const payments = events.filter(
    ({ event }) => event.refund === null && event.payout === null && event.dispute === null,
  );
  const attempts = await attemptsOf(payments.map(({ event }) => event));
  // The PSP is asked after everything else is done: a slow answer holds up nobody.
  const { thin = [], full = [] } = Object.groupBy(payments, ({ event }) => (isThin(event) ? 'thin' : 'full'));
  for (const group of [full, thin]) {
    const news = await eachAlone(group, ({ row, event }) => readNews(row, event, attempts.get(event.attemptId ?? '')));
    await markUnneeded(news.filter((one) => !('outcome' in one)));
    await apply(
      news.filter((one) => 'outcome' in one),
      byId,
    );
  }
  return rows.length;
}

/** Does one thing for each event; one that fails at it is put back alone and missing from the answer. */
async function eachAlone<Item extends { readonly row: InboxRow }, Result>(
  items: readonly Item[],
  work: (item: Item) => Result | Promise<Result>,
): Promise<Result[]> {
  const settled = await Promise.allSettled(items.map(async (item) => work(item)));
  const results: Result[] = [];
  for (const [index, one] of settled.entries()) {
    if (one.status === 'fulfilled') results.push(one.value);
    else await putBack((items[index] as Item).row, one.reason);
  }
  return results;
}

function isThin(event: PspEvent): boolean {
  return event.news?.kind === 'enquire';
}

async function claim(limit: number): Promise<InboxRow[]> {
  return run<InboxRow>(lanePool(), {
    name: 'claim-inbox',
    text: `update webhook_inbox i set retry_at = now() + make_interval(secs => $2), tries = tries + 1
           from (
             select id from webhook_inbox where state = 'received' and retry_at <= now()
             order by id limit $1 for update skip locked
           ) waiting
           where i.id = waiting.id
           returning i.id, i.tries, i.payload`,
    values: [limit, LEASE_SECONDS],
  });
}

async function attemptsOf(events: readonly PspEvent[]): Promise<Map<string, AttemptRow>> {
  const ids = events.map((event) => event.attemptId).filter(namesOurs);
  const rows = await run<AttemptRow>(lanePool(), {
    name: 'attempts-of-events',
    text: `select id, kind, finished_at is not null as finished, state = 'SUCCEEDED' as succeeded, psp_payment_id, psp_session_id
           from payment_attempts where id = any($1::text[])`,
    values: [ids],
  });
  return new Map(rows.map((row) => [row.id, row]));
}

/** Ids that we give to attempts; whatever else stands in their place was written by somebody else. */
const OUR_ATTEMPT = /^att_[\w-]{1,64}$/;

function namesOurs(attemptId: string | null): attemptId is string {
  return typeof attemptId === 'string' && OUR_ATTEMPT.test(attemptId);
}

/** An event that changes nothing, and the attempt it is about if it is one of ours. */
interface Unneeded {
  readonly inboxId: bigint;
  readonly attemptId: string | null;
}

/**
 * A report about the attempt, or what is left to be said when the event changes nothing. Throws for an attempt that should be here and
 * is not, because this database was restored from an older copy: the money is real, so somebody has to hear of it.
 */
async function readNews(
  row: InboxRow,
  event: PspEvent,
  attempt: AttemptRow | undefined,
): Promise<WebhookReport | Unneeded> {
  if (!attempt && namesOurs(event.attemptId))
    throw new AppError('not_found', `The event is about ${event.attemptId}, which is not in this database.`);
  const outcome = attempt && (await outcomeOf(event, attempt));
  return attempt && outcome
    ? { attemptId: attempt.id, outcome, actor: 'webhook', inboxId: row.id }
    : { inboxId: row.id, attemptId: attempt?.id ?? null };
}

/**
 * What the event means for the attempt. A thin event about an attempt still open is looked up at the PSP. An attempt that has
 * succeeded stays so whatever comes: most webhooks arrive after the PSP's own answer, and need no lock on any account.
 */
async function outcomeOf(event: PspEvent, attempt: AttemptRow): Promise<Outcome | null> {
  if (attempt.succeeded) return null;
  if (event.news?.kind !== 'enquire') return event.news;
  if (attempt.finished) return null;
  const answer = await psp().enquire({
    attemptId: attempt.id,
    kind: attempt.kind,
    pspPaymentId: attempt.psp_payment_id,
    pspSessionId: attempt.psp_session_id,
  });
  return answer.kind === 'absent' ? null : answer;
}

async function markUnneeded(events: readonly Unneeded[]): Promise<void> {
  if (events.length === 0) return;
  await run(lanePool(), {
    name: 'inbox-unneeded',
    text: `update webhook_inbox i set state = 'handled', handled_at = now(), attempt_id = done.attempt_id,
             verdict = case when done.attempt_id is null then 'ignored' else 'unchanged' end
           from unnest($1::bigint[], $2::text[]) done (id, attempt_id)
           where i.id = done.id and i.state = 'received'`,
    values: columns(
      events,
      (event) => event.inboxId,
      (event) => event.attemptId,
    ),
  });
}

async function apply(reports: readonly WebhookReport[], rows: ReadonlyMap<bigint, InboxRow>): Promise<void> {
  if (reports.length === 0) return;
  const results = await applyOutcomes(lanePool(), reports);
  for (const [index, result] of results.entries()) {
    if (result instanceof Error) await giveBack(rows, (reports[index] as WebhookReport).inboxId, result);
  }
}

function giveBack(rows: ReadonlyMap<bigint, InboxRow>, inboxId: bigint, error: Error): Promise<void> {
  const row = rows.get(inboxId);
  assert(row, 'every report has its inbox row');
  return putBack(row, error);
}

/** The event stays in the inbox for its next try, a little later each time; the last one makes it a dead letter. */
async function putBack(row: InboxRow, error: unknown): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  const cause = mask(message.replaceAll('\0', '')).slice(0, MAX_CAUSE_LENGTH);
  if (row.tries < MAX_TRIES) {
    await run(pool(), {
      text: `update webhook_inbox set retry_at = now() + make_interval(secs => $2), verdict = $3
             where id = $1 and state = 'received'`,
      values: [row.id, 2 ** row.tries, cause],
    });
    return;
  }
  await run(pool(), {
    text: `with dead as (
             update webhook_inbox set state = 'dead', verdict = $2, handled_at = now()
             where id = $1 and state = 'received' returning id, tries
           )
           insert into dead_letters (kind, subject_id, cause, tries) select 'webhook', id::text, $2, tries from dead
           on conflict (kind, subject_id) where resolved_at is null do nothing`,
    values: [row.id, cause],
  });
}
