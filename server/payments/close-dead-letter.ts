import { databaseTime, run, runInTransaction, type Tx } from '#db';
import { type KeyedRun, UNKEYED } from '#idempotency';
import { AppError } from '#kernel';
import { OPEN_ATTEMPT_STATES } from './attempt-state.ts';
import { AMOUNT_MISMATCH, final } from './decision.ts';
import { LockedPayments } from './locked-payments.ts';

/**
 * Closes the open dead letter of an attempt whose outcome is definite, with the reason a person gives. One that took another amount
 * has its outcome by that word: the money went back by hand, the attempt ends, and its orders fail; should the PSP tell of the right
 * amount after all, that is late money. Throws `not_found` when there is none, or when the attempt is open (ask the PSP instead).
 */
export async function closeDeadLetter(
  attemptId: string,
  actor: string,
  reason: string,
  keyed: KeyedRun = UNKEYED,
): Promise<void> {
  if (keyed.subjectId) return;
  await runInTransaction(async (tx) => {
    const rows = await run(tx, LockedPayments.read([attemptId]));
    const [closed] = await run<{ cause: string }>(tx, {
      text: `update dead_letters d set resolved_at = now(), resolution = $2
             from payment_attempts a
             where d.kind = 'attempt' and d.subject_id = $1 and d.resolved_at is null
               and a.id = d.subject_id and (a.finished_at is not null or d.cause = $3)
             returning d.cause`,
      values: [attemptId, `${actor}: ${reason}`, AMOUNT_MISMATCH],
    });
    if (!closed) throw new AppError('not_found', 'There is no dead letter that can be closed with a reason.');
    if (closed.cause === AMOUNT_MISMATCH) await endAttempt(tx, attemptId, rows, { actor, reason });
    for (const statement of keyed.reach(attemptId)) await run(tx, statement);
  });
}

/** Ends a locked attempt that is still asked about. */
async function endAttempt(
  tx: Tx,
  attemptId: string,
  rows: ConstructorParameters<typeof LockedPayments>[0],
  { actor, reason }: { readonly actor: string; readonly reason: string },
): Promise<void> {
  const payments = new LockedPayments(rows);
  if (!OPEN_ATTEMPT_STATES.has(payments.attempt(attemptId).state)) return;
  const { attempt } = final('REFUSED', 'declined', reason, { declineCode: AMOUNT_MISMATCH });
  payments.changeAttempt(attemptId, attempt, { now: databaseTime() });
  for (const { payment_order_id: orderId } of rows)
    payments.moveOrder(orderId, 'declined', { attemptId, actor, reason });
  for (const statement of payments.writes()) await run(tx, statement);
}
