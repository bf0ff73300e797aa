import { databaseTime, pool, run, runInTransaction, type Tx } from '#db';
import { closeLetters } from '#dead-letters';
import { type KeyedRun, UNKEYED } from '#idempotency';
import { AppError } from '#kernel';
import type { WayOutOfLetter } from '#payments';
import { ASKED_AGAIN } from './dispute-questions.ts';

/** A dispute that a person has asked about again, and when. */
export interface DisputePush {
  readonly disputeId: string;
  readonly at: Date;
}

/** Has the PSP asked about disputes with a letter, each at its time; what was to be said and got no answer is said again. Runs in the caller's transaction. */
export async function pushDisputes(tx: Tx, pushes: readonly DisputePush[]): Promise<string[]> {
  const rows = await run<{ id: string }>(tx, {
    text: `with told as (
             select d.id, p.at from unnest($1::text[], $2::timestamptz[]) p (id, at) join disputes d on d.id = p.id
             where exists (select from dead_letters l where l.kind = 'dispute' and l.subject_id = d.id and l.resolved_at is null)
           ), said as (
             update dispute_responses r set send_at = told.at, tries = 0 from told where r.dispute_id = told.id and r.send_at is not null
           )
           update disputes d set resolve_at = told.at, tries = 0 from told where d.id = told.id returning d.id`,
    values: [pushes.map((push) => push.disputeId), pushes.map((push) => push.at)],
  });
  return rows.map((row) => row.id);
}

/** The same for one; its letter is closed with the person's reason. Throws `not_found` when there is no such letter. */
export async function retryDispute(
  disputeId: string,
  actor: string,
  reason: string,
  keyed: KeyedRun = UNKEYED,
): Promise<void> {
  if (keyed.subjectId) return;
  await runInTransaction(async (tx) => {
    await pushDisputes(tx, [{ disputeId, at: databaseTime() }]);
    await close(tx, disputeId, `${actor}: ${reason}`, keyed);
  });
}

/** Closes a dispute's letter once a person has looked. Throws `not_found` when there is none. */
export async function closeDisputeLetter(
  disputeId: string,
  actor: string,
  reason: string,
  keyed: KeyedRun = UNKEYED,
): Promise<void> {
  if (keyed.subjectId) return;
  await runInTransaction((tx) => close(tx, disputeId, `${actor}: ${reason}`, keyed));
}

async function close(tx: Tx, disputeId: string, resolution: string, keyed: KeyedRun): Promise<void> {
  const closed = await closeLetters(tx, { kind: 'dispute', subjectIds: [disputeId] }, resolution);
  if (closed.length === 0) throw new AppError('not_found', 'There is no dead letter of this dispute.');
  for (const statement of keyed.reach(disputeId)) await run(tx, statement);
}

/** What a person can do about the letters of disputes: ask again what that can answer; the others are closed with a reason. */
export async function waysOutOfDisputes(
  letters: readonly { readonly subjectId: string; readonly cause: string }[],
): Promise<Map<string, WayOutOfLetter>> {
  const rows = await run<{ id: string; checkout_id: string }>(pool(), {
    text: `select d.id, a.checkout_id from disputes d join payment_attempts a on a.id = d.attempt_id where d.id = any($1::text[])`,
    values: [letters.map((letter) => letter.subjectId)],
  });
  const checkouts = new Map(rows.map((row) => [row.id, row.checkout_id]));
  return new Map(
    letters.map(({ subjectId, cause }) => [
      subjectId,
      {
        checkoutId: checkouts.get(subjectId) ?? null,
        wayOut: ASKED_AGAIN.has(cause) ? 'try_again' : 'close',
        closable: false,
      },
    ]),
  );
}
