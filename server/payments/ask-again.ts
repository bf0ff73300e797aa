import { run, runInTransaction } from '#db';
import { AppError } from '#kernel';

/**
 * Has the worker ask the PSP about an attempt at once, with fresh retries: a person's way out of MANUAL_REVIEW. The attempt's dead
 * letter is closed with the person's reason; if the answer stays out, a new one is written. Throws `not_found` when there is no
 * such attempt, `checkout_not_payable` when it already has a definite outcome.
 */
export async function askAgain(attemptId: string, actor: string, reason: string): Promise<void> {
  await runInTransaction(async (tx) => {
    const [attempt] = await run<{ finished: boolean }>(tx, {
      text: 'select finished_at is not null as finished from payment_attempts where id = $1 for no key update',
      values: [attemptId],
    });
    if (!attempt) throw new AppError('not_found', 'There is no attempt with this id.');
    if (attempt.finished) throw new AppError('checkout_not_payable', 'This attempt has its outcome already.');
    await run(tx, {
      text: 'update payment_attempts set resolve_at = now(), tries = 0 where id = $1',
      values: [attemptId],
      expectRows: 1,
    });
    await run(tx, {
      text: `update dead_letters set resolved_at = now(), resolution = $2
             where kind = 'attempt' and subject_id = $1 and resolved_at is null`,
      values: [attemptId, `${actor}: ${reason}`],
    });
  });
}
