import { databaseTime, pool, run, runInTransaction, type Tx } from '#db';
import { type KeyedRun, UNKEYED } from '#idempotency';
import { AppError } from '#kernel';
import type { WayOutOfLetter } from '#payments';

/** A payout that a person puts on its way again, and when it is looked at. */
export interface PayoutPush {
  readonly payoutId: string;
  readonly at: Date;
}

/**
 * Has payouts that are still open, and recalls that do not get through, looked at again with fresh tries, each at its time. Answers
 * those it did it for: one that has ended is left alone, and asked for again as a new payout. Runs in the caller's transaction.
 */
export async function pushPayouts(tx: Tx, pushes: readonly PayoutPush[]): Promise<string[]> {
  const pushed = await run<{ id: string }>(tx, {
    text: `update payouts p set resolve_at = case when p.resolve_at is null then null else n.at end,
                                recall_at = case when p.recall_at is null then null else n.at end,
                                tries = case when p.resolve_at is null then p.tries else 0 end, recall_tries = 0
           from unnest($1::text[], $2::timestamptz[]) n (id, at)
           where p.id = n.id and (p.resolve_at is not null or p.recall_at is not null)
             and exists (select from dead_letters d where d.kind = 'payout' and d.subject_id = p.id and d.resolved_at is null)
           returning p.id`,
    values: [pushes.map((push) => push.payoutId), pushes.map((push) => push.at)],
  });
  return pushed.map((row) => row.id);
}

/** The same for one payout; its letter is closed with the person's reason. Throws `not_found` when nothing waits for this. */
export async function retryPayout(
  payoutId: string,
  actor: string,
  reason: string,
  keyed: KeyedRun = UNKEYED,
): Promise<void> {
  if (keyed.subjectId) return;
  await runInTransaction(async (tx) => {
    const pushed = await pushPayouts(tx, [{ payoutId, at: databaseTime() }]);
    if (pushed.length === 0) throw noLetter();
    await closeLetter(tx, payoutId, actor, reason);
    for (const statement of keyed.reach(payoutId)) await run(tx, statement);
  });
}

/** Closes a payout's dead letter once a person has looked. Throws `not_found` when there is none, or asking again is the way out. */
export async function closePayoutLetter(
  payoutId: string,
  actor: string,
  reason: string,
  keyed: KeyedRun = UNKEYED,
): Promise<void> {
  if (keyed.subjectId) return;
  await runInTransaction(async (tx) => {
    const ended = await run(tx, {
      text: 'select 1 from payouts where id = $1 and resolve_at is null and recall_at is null for no key update',
      values: [payoutId],
    });
    if (ended.length === 0 || !(await closeLetter(tx, payoutId, actor, reason))) throw noLetter();
    for (const statement of keyed.reach(payoutId)) await run(tx, statement);
  });
}

async function closeLetter(tx: Tx, payoutId: string, actor: string, reason: string): Promise<boolean> {
  const closed = await run(tx, {
    text: `update dead_letters set resolved_at = now(), resolution = $2
           where kind = 'payout' and subject_id = $1 and resolved_at is null returning 1`,
    values: [payoutId, `${actor}: ${reason}`],
  });
  return closed.length > 0;
}

/** What a person can do about the letters of payouts: have it looked at again while something is open, else close them. */
export async function waysOutOfPayouts(
  letters: readonly { readonly subjectId: string }[],
): Promise<Map<string, WayOutOfLetter>> {
  const rows = await run<{ id: string; open: boolean }>(pool(), {
    text: `select id, resolve_at is not null or recall_at is not null as open from payouts where id = any($1::text[])`,
    values: [letters.map((letter) => letter.subjectId)],
  });
  return new Map(
    rows.map(({ id, open }) => [
      id,
      { checkoutId: null, wayOut: open ? 'try_again' : 'close', closable: !open } as const,
    ]),
  );
}

function noLetter(): AppError {
  return new AppError('not_found', 'There is no dead letter of this payout that waits for this.');
}
