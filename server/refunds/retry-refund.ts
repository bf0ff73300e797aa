import { pool, run, runInTransaction, type Tx } from '#db';
import { type KeyedRun, UNKEYED } from '#idempotency';
import { AppError } from '#kernel';
import { makeRefundDue, type WayOutOfLetter } from '#payments';
import { SECOND_REFUND } from './refund-state.ts';

/** A refund that a person puts on its way again, and when it is looked at. */
export interface RefundPush {
  readonly refundId: string;
  readonly at: Date;
}

/**
 * Puts refunds on their way again, on a person's word: one that is still open is asked about at its time, with fresh tries; one that
 * has failed is made again, as a new refund with a key of its own. Answers those it did it for: one whose letter says that the
 * provider made a second refund is left alone. Runs in the caller's transaction.
 */
export async function pushRefunds(tx: Tx, pushes: readonly RefundPush[]): Promise<string[]> {
  const ids = pushes.map((push) => push.refundId);
  // The attempts first, as every writer of refunds does.
  await run(tx, {
    text: `select a.id from payment_attempts a where a.id in (select attempt_id from refunds where id = any($1::text[]))
           order by a.id for no key update`,
    values: [ids],
  });
  const asked = await run<{ subject_id: string; attempt_id: string; open: boolean }>(tx, {
    text: `with told as (
             select r.id, r.attempt_id, p.at, r.finished_at is null as open from unnest($1::text[], $2::timestamptz[]) p (id, at)
             join refunds r on r.id = p.id
             join dead_letters d on d.kind = 'refund' and d.subject_id = r.id and d.resolved_at is null and d.cause <> $3
           ), asked as (
             update refunds r set resolve_at = told.at, tries = 0 from told where told.id = r.id and told.open
           )
           select id as subject_id, attempt_id, open from told`,
    values: [ids, pushes.map((push) => push.at), SECOND_REFUND],
  });
  for (const refund of asked) if (!refund.open) await makeRefundDue(tx, refund.attempt_id);
  return asked.map((refund) => refund.subject_id);
}

/** The same for one refund; its letter is closed with the person's reason. Throws `not_found` when there is no such letter. */
export async function retryRefund(
  refundId: string,
  actor: string,
  reason: string,
  keyed: KeyedRun = UNKEYED,
): Promise<void> {
  if (keyed.subjectId) return;
  await runInTransaction(async (tx) => {
    const pushed = await pushRefunds(tx, [{ refundId, at: new Date() }]);
    if (pushed.length === 0) throw noLetter();
    await run(tx, {
      text: `update dead_letters set resolved_at = now(), resolution = $2
             where kind = 'refund' and subject_id = $1 and resolved_at is null`,
      values: [refundId, `${actor}: ${reason}`],
    });
    for (const statement of keyed.reach(refundId)) await run(tx, statement);
  });
}

/** Closes a refund's dead letter that only a reason can close, once a person has looked. Throws `not_found` when there is none. */
export async function closeRefundLetter(
  refundId: string,
  actor: string,
  reason: string,
  keyed: KeyedRun = UNKEYED,
): Promise<void> {
  if (keyed.subjectId) return;
  await runInTransaction(async (tx) => {
    const closed = await run(tx, {
      text: `update dead_letters set resolved_at = now(), resolution = $2
           where kind = 'refund' and subject_id = $1 and resolved_at is null and cause = $3 returning 1`,
      values: [refundId, `${actor}: ${reason}`, SECOND_REFUND],
    });
    if (closed.length === 0) throw noLetter();
    for (const statement of keyed.reach(refundId)) await run(tx, statement);
  });
}

/** What a person can do about the letters of refunds: try again, or close the one that only a reason can close. */
export async function waysOutOfRefunds(
  letters: readonly { readonly subjectId: string; readonly cause: string }[],
): Promise<Map<string, WayOutOfLetter>> {
  const rows = await run<{ id: string; checkout_id: string }>(pool(), {
    text: `select r.id, a.checkout_id from refunds r join payment_attempts a on a.id = r.attempt_id where r.id = any($1::text[])`,
    values: [letters.map((letter) => letter.subjectId)],
  });
  const checkouts = new Map(rows.map((row) => [row.id, row.checkout_id]));
  return new Map(
    letters.map(({ subjectId, cause }) => [
      subjectId,
      {
        checkoutId: checkouts.get(subjectId) ?? null,
        wayOut: cause === SECOND_REFUND ? 'close' : 'try_again',
        closable: false,
      },
    ]),
  );
}

function noLetter(): AppError {
  return new AppError('not_found', 'There is no dead letter of this refund that waits for this.');
}
