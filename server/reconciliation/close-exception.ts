import { run, runInTransaction } from '#db';
import { type KeyedRun, UNKEYED } from '#idempotency';
import { AppError } from '#kernel';

/**
 * Closes a difference on a person's word. It stays closed while nothing about it changes. Throws `not_found` when there is no such
 * open difference.
 */
export async function closeException(
  id: string,
  actor: string,
  reason: string,
  keyed: KeyedRun = UNKEYED,
): Promise<void> {
  if (keyed.subjectId) return;
  await runInTransaction(async (tx) => {
    const closed = await run(tx, {
      name: 'close-reconciliation-exception',
      text: `update reconciliation_exceptions set closed_at = now(), closed_by = $2, resolution = $3
             where id = $1 and closed_at is null returning 1`,
      values: [id, actor, `${actor}: ${reason}`],
    });
    if (closed.length === 0) throw new AppError('not_found', 'There is no open difference by this number.');
    for (const statement of keyed.reach(id)) await run(tx, statement);
  });
}
