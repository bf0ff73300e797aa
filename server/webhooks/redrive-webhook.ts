import { run, runInTransaction } from '#db';
import { AppError } from '#kernel';

/**
 * Puts a webhook that was given up back into the inbox, with fresh tries, and closes its dead letter with the person's reason.
 * Handling it again is harmless: what it says has been applied at most once. Throws `not_found` when it is not a dead one.
 */
export async function redriveWebhook(inboxId: bigint, actor: string, reason: string): Promise<void> {
  await runInTransaction(async (tx) => {
    const moved = await run(tx, {
      text: `update webhook_inbox set state = 'received', tries = 0, retry_at = now(), handled_at = null
             where id = $1 and state = 'dead' returning 1`,
      values: [inboxId],
    });
    if (moved.length === 0) throw new AppError('not_found', 'There is no given-up webhook with this id.');
    await run(tx, {
      text: `update dead_letters set resolved_at = now(), resolution = $2
             where kind = 'webhook' and subject_id = $1::text and resolved_at is null`,
      values: [inboxId, `${actor}: ${reason}`],
    });
  });
}
