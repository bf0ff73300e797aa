import { databaseTime, pool, run, runInTransaction, type Tx } from '#db';
import { closeLetters } from '#dead-letters';
import { type KeyedRun, UNKEYED } from '#idempotency';
import { AppError } from '#kernel';
import type { WayOutOfLetter } from '#payments';

/** A balance transaction that a person has booked again, and when it is looked at. */
export interface BookingPush {
  readonly transactionId: string;
  readonly at: Date;
}

/**
 * Has balance transactions looked at again on a person's word: those that could not be booked, or still wait. What is booked to
 * suspense is booked for good: its letter is closed with a reason. Runs in the caller's transaction.
 */
export async function pushBookings(tx: Tx, pushes: readonly BookingPush[]): Promise<string[]> {
  const rows = await run<{ subject_id: string }>(tx, {
    text: `update psp_balance_transactions t set state = 'waiting', look_at = n.at, tries = 0
           from unnest($1::text[], $2::timestamptz[]) n (id, at)
           where t.id = n.id and t.state in ('waiting', 'refused') returning t.id as subject_id`,
    values: [pushes.map((push) => push.transactionId), pushes.map((push) => push.at)],
  });
  return rows.map((row) => row.subject_id);
}

/** The same for one; its letter is closed with the person's reason. Throws `not_found` when there is no such letter. */
export async function retryBooking(
  transactionId: string,
  actor: string,
  reason: string,
  keyed: KeyedRun = UNKEYED,
): Promise<void> {
  if (keyed.subjectId) return;
  await runInTransaction(async (tx) => {
    if ((await pushBookings(tx, [{ transactionId, at: databaseTime() }])).length === 0) throw noLetter();
    await close(tx, transactionId, `${actor}: ${reason}`);
    for (const statement of keyed.reach(transactionId)) await run(tx, statement);
  });
}

/**
 * Closes the letter of one that is in suspense or cannot be booked, once a person has found out what it is. The books stay as they are.
 * Throws `not_found` when there is none.
 */
export async function closeBookingLetter(
  transactionId: string,
  actor: string,
  reason: string,
  keyed: KeyedRun = UNKEYED,
): Promise<void> {
  if (keyed.subjectId) return;
  await runInTransaction(async (tx) => {
    const known = await run(tx, {
      text: `select 1 from psp_balance_transactions where id = $1 and state in ('suspense', 'refused')`,
      values: [transactionId],
    });
    if (known.length === 0) throw noLetter();
    await close(tx, transactionId, `${actor}: ${reason}`);
    for (const statement of keyed.reach(transactionId)) await run(tx, statement);
  });
}

async function close(tx: Tx, transactionId: string, resolution: string): Promise<void> {
  const closed = await closeLetters(tx, { kind: 'settlement', subjectIds: [transactionId] }, resolution);
  if (closed.length === 0) throw noLetter();
}

/** What a person can do about each: close what is in suspense, try the rest again; what was refused may be refused for ever, and be closed. */
export async function waysOutOfBookings(
  letters: readonly { readonly subjectId: string }[],
): Promise<Map<string, WayOutOfLetter>> {
  const rows = await run<{ id: string; state: string }>(pool(), {
    text: `select id, state from psp_balance_transactions where id = any($1::text[])`,
    values: [letters.map((letter) => letter.subjectId)],
  });
  return new Map(
    rows.map(({ id, state }) => [
      id,
      { checkoutId: null, wayOut: state === 'suspense' ? 'close' : 'try_again', closable: state !== 'waiting' },
    ]),
  );
}

function noLetter(): AppError {
  return new AppError('not_found', 'There is no dead letter of this balance transaction that waits for this.');
}
