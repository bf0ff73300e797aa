import { databaseTime, run, runInTransaction } from '#db';
import { type KeyedRun, UNKEYED } from '#idempotency';
import { AppError } from '#kernel';
import { pushAttempts } from './push-attempts.ts';

/**
 * Has the worker ask the PSP about an attempt at once, with fresh tries: a person's way out of MANUAL_REVIEW. An attempt that ended
 * because the PSP could not be reached is followed by the next one. The dead letter is closed with the person's reason; if the
 * answer stays out, a new one is written. Throws `not_found` when there is no such attempt, `checkout_not_payable` when it
 * already has a definite outcome.
 */
export async function askAgain(
  attemptId: string,
  actor: string,
  reason: string,
  keyed: KeyedRun = UNKEYED,
): Promise<void> {
  if (keyed.subjectId) return;
  await runInTransaction(async (tx) => {
    const [pushed] = await pushAttempts(tx, [{ attemptId, at: databaseTime() }], actor);
    if (!pushed) {
      const known = await run(tx, { text: 'select 1 from payment_attempts where id = $1', values: [attemptId] });
      if (known.length === 0) throw new AppError('not_found', 'There is no attempt with this id.');
      throw new AppError('checkout_not_payable', 'This attempt has its outcome already.');
    }
    await run(tx, {
      text: `update dead_letters set resolved_at = now(), resolution = $2
             where kind = 'attempt' and subject_id = $1 and resolved_at is null`,
      values: [attemptId, `${actor}: ${reason}`],
    });
    for (const statement of keyed.reach(attemptId)) await run(tx, statement);
  });
}
