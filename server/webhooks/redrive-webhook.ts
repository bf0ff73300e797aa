import { databaseTime, run, runInTransaction, type Tx } from '#db';
import { closeLetters } from '#dead-letters';
import { type KeyedRun, UNKEYED } from '#idempotency';
import { AppError } from '#kernel';

/**
 * Puts webhooks that were given up back into the inbox, with fresh tries, each to be handled at its time. Answers those it did it
 * for: one that is not given up is left alone. Handling one again is harmless: what it says has been applied at most once. Runs
 * in the caller's transaction.
 */
export async function redriveWebhooks(
  tx: Tx,
  webhooks: readonly { readonly subjectId: string; readonly at: Date }[],
): Promise<string[]> {
  const moved = await run<{ id: string }>(tx, {
    text: `update webhook_inbox i set state = 'received', tries = 0, retry_at = w.at, handled_at = null
           from unnest($1::bigint[], $2::timestamptz[]) w (id, at) where i.id = w.id and i.state = 'dead' returning i.id::text`,
    values: [webhooks.map((one) => one.subjectId), webhooks.map((one) => one.at)],
  });
  return moved.map((row) => row.id);
}

/** Has one webhook handled again, and closes its dead letter with the person's reason. Throws `not_found` when it is not a given-up one. */
export async function redriveWebhook(
  inboxId: bigint,
  actor: string,
  reason: string,
  keyed: KeyedRun = UNKEYED,
): Promise<void> {
  if (keyed.subjectId) return;
  await runInTransaction(async (tx) => {
    const moved = await redriveWebhooks(tx, [{ subjectId: inboxId.toString(), at: databaseTime() }]);
    if (moved.length === 0) throw new AppError('not_found', 'There is no given-up webhook with this id.');
    await closeLetters(tx, { kind: 'webhook', subjectIds: [inboxId.toString()] }, `${actor}: ${reason}`);
    for (const statement of keyed.reach(inboxId.toString())) await run(tx, statement);
  });
}

/**
 * Closes the dead letter of a webhook that nothing will make readable, with a person's reason: it stays in the inbox as given up. Throws
 * `not_found` when there is none.
 */
export async function closeWebhookLetter(
  inboxId: bigint,
  actor: string,
  reason: string,
  keyed: KeyedRun = UNKEYED,
): Promise<void> {
  if (keyed.subjectId) return;
  const subjectId = inboxId.toString();
  await runInTransaction(async (tx) => {
    const closed = await closeLetters(tx, { kind: 'webhook', subjectIds: [subjectId] }, `${actor}: ${reason}`);
    if (closed.length === 0) throw new AppError('not_found', 'There is no dead letter of this webhook.');
    for (const statement of keyed.reach(subjectId)) await run(tx, statement);
  });
}
