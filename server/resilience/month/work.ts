import type pg from 'pg';
import { askDisputes, pollDisputes, sendResponses } from '#disputes';
import { resolveAttempts } from '#payments';
import { recallPayouts, submitPayouts } from '#payouts';
import { fundRefunds, openRefunds, submitRefunds } from '#refunds';
import { bookTransactions, readFeed, releaseFunds } from '#settlement';
import type { PaymentSystem } from '#testing';
import { handleInbox } from '#webhooks';

/** Most of anything that is taken in one round. */
const BATCH = 200;
/** A day whose work does not end in so many rounds never ends. */
const MOST_ROUNDS = 500;

/** What the worker does all day. */
const LOOPS: readonly (() => Promise<number>)[] = [
  () => handleInbox(BATCH),
  () => resolveAttempts(BATCH),
  () => openRefunds(BATCH),
  () => fundRefunds(BATCH),
  () => submitRefunds(BATCH),
  () => sendResponses(BATCH),
  () => pollDisputes(),
  () => askDisputes(BATCH),
  () => submitPayouts(BATCH),
  () => recallPayouts(BATCH),
];

/** As if the time had passed that anything waits for until it is looked at again. */
const TIME_PASSES: readonly string[] = [
  'update payment_attempts set resolve_at = now() where finished_at is null and resolve_at is not null',
  'update refunds set resolve_at = now() where finished_at is null',
  'update disputes set resolve_at = now() where resolve_at is not null',
  'update dispute_responses set send_at = now() where send_at is not null',
  'update payouts set resolve_at = now() where resolve_at is not null',
  'update payouts set recall_at = now() where recall_at is not null',
  `update webhook_inbox set retry_at = now() where state = 'received'`,
  'update psp_feeds set read_at = now()',
  `update psp_balance_transactions set look_at = now() where state = 'waiting'`,
];

/** All that work can move. */
const STANDING = `
  select (select md5(string_agg(concat_ws(' ', id, state, refund_due), ',' order by id)) from payment_attempts) as attempts,
         (select md5(string_agg(concat_ws(' ', id, state), ',' order by id)) from refunds) as refunds,
         (select md5(string_agg(concat_ws(' ', id, state, withdrawn_minor, reinstated_minor), ',' order by id)) from disputes) as disputes,
         (select count(*) from dispute_responses where send_at is not null) as responses,
         (select md5(string_agg(concat_ws(' ', id, state, recall_at is null), ',' order by id)) from payouts) as payouts,
         (select md5(string_agg(concat_ws(' ', id, state), ',' order by id)) from psp_balance_transactions) as movements,
         (select count(*) from order_funds where released_at is not null) as released,
         (select count(*) from webhook_inbox where state = 'received') as inbox`;

/**
 * Works as the worker does until nothing moves any more: every webhook has come and is handled, and whatever still waits waits for a
 * later day. Throws when that does not end.
 */
export async function workUntilQuiet({ owner }: PaymentSystem, provider: pg.Pool): Promise<void> {
  let before = '';
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    for (const text of TIME_PASSES) await owner.query(text);
    for (const work of LOOPS) await work();
    while ((await readFeed()) > 0)
      await owner.query('update psp_feeds set read_at = now() where page_after is not null');
    while ((await bookTransactions(BATCH)) > 0);
    while ((await releaseFunds(BATCH)) > 0);
    const { rows } = await owner.query(STANDING);
    const { rows: sending } = await provider.query(
      `select count(*)::int as events from webhook_deliveries where state = 'pending'`,
    );
    const now = JSON.stringify([rows, sending]);
    if (now === before && sending[0].events === 0 && rows[0].inbox === '0') return;
    before = now;
  }
  throw new Error(`the day does not end: ${before}`);
}
