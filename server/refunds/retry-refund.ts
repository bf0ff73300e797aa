import { run, runInTransaction } from '#db';
import { AppError } from '#kernel';
import { makeRefundDue } from '#payments';
import { SECOND_REFUND } from './refund-state.ts';

/**
 * A person's way out of a refund's dead letter: one that is still open is asked about at once, with fresh retries; one that has
 * failed is made again, as a new refund with a key of its own. The letter is closed with the person's reason. Throws `not_found`
 * when there is no such letter.
 */
export async function retryRefund(refundId: string, actor: string, reason: string): Promise<void> {
  await runInTransaction(async (tx) => {
    // The attempt first, as every writer of refunds does.
    const [refund] = await run<{ attempt_id: string }>(tx, {
      text: `select a.id as attempt_id from payment_attempts a join refunds r on r.attempt_id = a.id where r.id = $1 for no key update of a`,
      values: [refundId],
    });
    const closed = await run(tx, {
      text: `update dead_letters set resolved_at = now(), resolution = $2
             where kind = 'refund' and subject_id = $1 and resolved_at is null and cause <> $3 returning 1`,
      values: [refundId, `${actor}: ${reason}`, SECOND_REFUND],
    });
    if (!refund || closed.length === 0) throw noLetter();
    const asked = await run(tx, {
      text: 'update refunds set resolve_at = now(), tries = 0 where id = $1 and finished_at is null returning 1',
      values: [refundId],
    });
    if (asked.length === 0) await makeRefundDue(tx, refund.attempt_id);
  });
}

/** Closes a refund's dead letter that only a reason can close, once a person has looked. Throws `not_found` when there is none. */
export async function closeRefundLetter(refundId: string, actor: string, reason: string): Promise<void> {
  const closed = await runInTransaction((tx) =>
    run(tx, {
      text: `update dead_letters set resolved_at = now(), resolution = $2
             where kind = 'refund' and subject_id = $1 and resolved_at is null and cause = $3 returning 1`,
      values: [refundId, `${actor}: ${reason}`, SECOND_REFUND],
    }),
  );
  if (closed.length === 0) throw noLetter();
}

function noLetter(): AppError {
  return new AppError('not_found', 'There is no dead letter of this refund that waits for this.');
}
