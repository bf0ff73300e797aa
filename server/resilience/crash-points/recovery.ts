import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { askDisputes, sendResponses } from '#disputes';
import { purgeIdempotencyKeys } from '#idempotency';
import { lookAfterOutage, resolveAttempts } from '#payments';
import { payOutScheduled, recallPayouts, submitPayouts } from '#payouts';
import { psp } from '#psp';
import { fundRefunds, openRefunds, submitRefunds } from '#refunds';
import { bookTransactions, readFeed, releaseFunds } from '#settlement';
import { handleInbox } from '#webhooks';
import { ATTEMPTS_OF_FLOW, DISPUTES_OF_FLOW, IN_WEBHOOK, SETTLED_OF_FLOW } from './snapshot.ts';

/** Most refunds and abandoned requests taken in one round, as in the worker. */
const BATCH = 20;

/**
 * The use cases behind the worker's loops: what goes on with the work of a process that died. A new loop is a new line. The doors are
 * loaded by those who recover only: most of an actor's life is loading.
 */
const RECOVERY_LOOPS: readonly (() => Promise<unknown>)[] = [
  () => resolveAttempts(50),
  () => lookAfterOutage(),
  () => handleInbox(200),
  () => openRefunds(BATCH),
  () => fundRefunds(BATCH),
  () => submitRefunds(BATCH),
  () => readFeed(),
  () => bookTransactions(BATCH),
  () => releaseFunds(BATCH),
  () => askDisputes(BATCH),
  () => sendResponses(BATCH),
  async () => (await import('#api')).completeAbandonedRequests(BATCH),
  async () => (await import('#trpc')).completeAbandonedMutations(BATCH),
  () => purgeIdempotencyKeys(),
  () => payOutScheduled(50),
  () => submitPayouts(50),
  () => recallPayouts(50),
];

/**
 * As if the time had passed that anything of a flow waits for: leases of the dead, pauses, due dates. `$1` begins its ids. What a person
 * was told of is left to him.
 */
const TIMES_PASS: readonly string[] = [
  `update payment_attempts a set resolve_at = now()
   where finished_at is null and resolve_at is not null and starts_with(checkout_id, $1)
     and not exists (select from dead_letters where kind = 'attempt' and subject_id = a.id and resolved_at is null)`,
  `update refunds set resolve_at = now() where finished_at is null and attempt_id in (${ATTEMPTS_OF_FLOW})`,
  `update disputes set resolve_at = now() where resolve_at is not null and attempt_id in (${ATTEMPTS_OF_FLOW})`,
  `update dispute_responses set send_at = now() where send_at is not null and dispute_id in (${DISPUTES_OF_FLOW})`,
  `update webhook_inbox set retry_at = now() where state = 'received' and ${IN_WEBHOOK}`,
  // The list is read for flows whose money is available at once; nothing of others is due.
  `update psp_feeds set read_at = now() where exists (
     select from payment_attempts where starts_with(checkout_id, $1) and payment_method = 'tok_bypassPending')`,
  `update psp_balance_transactions set look_at = now() where state = 'waiting' and id in (${SETTLED_OF_FLOW})`,
  // Longer ago than the pauses of the worker's tries.
  `update idempotency_keys set locked_until = now() - interval '1 day'
   where recovery_point <> 'finished' and starts_with(key, $1)`,
  `update payouts set resolve_at = now() where resolve_at is not null and starts_with(seller_id, $1)`,
  `update payouts set recall_at = now() where recall_at is not null and starts_with(seller_id, $1)`,
];

/** Pages that flows before have left open are polled each minute: taken up with a flow's own work, they would add checkpoints to it. */
const OTHERS_REST = `
  update payment_attempts set resolve_at = now() + interval '1 day'
  where finished_at is null and resolve_at is not null and not starts_with(checkout_id, $1)`;

/** What recovery can move; as long as it does, there is more to do. */
const MOVABLE = `
  select (select string_agg(concat_ws(' ', id, state, tries, psp_payment_id, psp_session_id, refund_due), ',' order by id)
          from payment_attempts where starts_with(checkout_id, $1)) as attempts,
         (select string_agg(concat_ws(' ', id, state, tries, psp_refund_id), ',' order by id)
          from refunds where attempt_id in (${ATTEMPTS_OF_FLOW})) as refunds,
         (select string_agg(concat_ws(' ', id, state), ',' order by id)
          from disputes where attempt_id in (${ATTEMPTS_OF_FLOW})) as disputes,
         (select string_agg(concat_ws(' ', dispute_id, stage, tries, sent_at), ',' order by dispute_id, stage)
          from dispute_responses where dispute_id in (${DISPUTES_OF_FLOW})) as responses,
         (select string_agg(concat_ws(' ', id, state, tries), ',' order by id)
          from webhook_inbox where ${IN_WEBHOOK}) as inbox,
         (select string_agg(concat_ws(' ', key, recovery_point, worker_tries), ',' order by key)
          from idempotency_keys where starts_with(key, $1)) as keys,
         (select string_agg(concat_ws(' ', id, state), ',' order by id)
          from psp_balance_transactions where id in (${SETTLED_OF_FLOW})) as settled,
         (select string_agg(concat_ws(' ', payment_order_id, available_on, pending_minor), ',' order by payment_order_id)
          from order_funds where starts_with(payment_order_id, $1)) as funds,
         (select string_agg(concat_ws(' ', id, state, tries, psp_payout_id), ',' order by id)
          from payouts where starts_with(seller_id, $1)) as payouts,
         (select count(*) from dead_letters) as dead_letters,
         (select count(*) from payment_attempts where starts_with(checkout_id, $1) and (finished_at is null or refund_due))
         + (select count(*) from refunds where finished_at is null and attempt_id in (${ATTEMPTS_OF_FLOW}))
         + (select count(*) from idempotency_keys where recovery_point <> 'finished' and starts_with(key, $1)) as open`;

/** Leaves the flow whose ids begin with the prefix alone with its work: attempts of others are not due while it is played. */
export async function letOthersRest(owner: pg.Pool, prefix: string): Promise<void> {
  await owner.query(OTHERS_REST, [prefix]);
}

/** Longest recovery, in milliseconds, and the pause while the breaker is not closed. */
const DEADLINE_MS = 20_000;
const BREAKER_PAUSE_MS = 50;

/** Pulls every due time of the ids that begin with `prefix` forward; the empty prefix means all there are. */
export async function passTime(owner: pg.Pool, prefix: string): Promise<void> {
  for (const statement of TIMES_PASS) await owner.query(statement, [prefix]);
}

/** One round of every loop. */
export async function recoverOnce(): Promise<void> {
  for (const loop of RECOVERY_LOOPS) await loop();
}

/** Runs the loops, with time passing, until they move nothing any more. Throws when that does not come about. */
export async function recover(owner: pg.Pool, prefix: string): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  for (let before = await movable(owner, prefix); ; ) {
    await passTime(owner, prefix);
    await recoverOnce();
    const after = await movable(owner, prefix);
    const calling = psp().health().breaker === 'closed';
    if (after.text === before.text && (calling || after.open === 0)) return;
    if (!calling) await delay(BREAKER_PAUSE_MS);
    if (performance.now() > deadline) throw new Error(`recovery found no end: ${after.text}`);
    before = after;
  }
}

async function movable(owner: pg.Pool, prefix: string): Promise<{ text: string; open: number }> {
  const { rows } = await owner.query<{ open: string }>(MOVABLE, [prefix]);
  return { text: JSON.stringify(rows), open: Number(rows[0]?.open) };
}
