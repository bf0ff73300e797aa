import { run, runInTransaction } from '#db';
import { type KeyedRun, UNKEYED } from '#idempotency';
import { AppError } from '#kernel';

/**
 * Closes the open dead letter of an attempt whose outcome is definite, with the reason a person gives: of one that took another amount,
 * what became of that money. Throws `not_found` when there is none, or when the attempt is still open (ask the PSP instead).
 */
export async function closeDeadLetter(
  attemptId: string,
  actor: string,
  reason: string,
  keyed: KeyedRun = UNKEYED,
): Promise<void> {
  if (keyed.subjectId) return;
  await runInTransaction(async (tx) => {
    const closed = await run(tx, {
      text: `update dead_letters d set resolved_at = now(), resolution = $2
             from payment_attempts a
             where d.kind = 'attempt' and d.subject_id = $1 and d.resolved_at is null
               and a.id = d.subject_id and a.finished_at is not null
             returning 1`,
      values: [attemptId, `${actor}: ${reason}`],
    });
    if (closed.length === 0)
      throw new AppError('not_found', 'There is no dead letter that can be closed with a reason.');
    for (const statement of keyed.reach(attemptId)) await run(tx, statement);
  });
}
