import { run, runInTransaction } from '#db';
import { type KeyedRun, UNKEYED } from '#idempotency';
import { AppError } from '#kernel';

/**
 * Verifies a seller on a person's word, which stays on record: from now on it can be paid out. Verifying it again changes nothing.
 * Throws `not_found` for an unknown seller.
 */
export async function verifySeller(
  sellerId: string,
  actor: string,
  reason: string,
  keyed: KeyedRun = UNKEYED,
): Promise<void> {
  if (keyed.subjectId) return;
  await runInTransaction(async (tx) => {
    const [seller] = await run<{ verification: string }>(tx, {
      text: 'select verification from sellers where id = $1 for no key update',
      values: [sellerId],
    });
    if (!seller) throw new AppError('not_found', `There is no seller ${sellerId}.`);
    if (seller.verification !== 'verified') {
      await run(tx, {
        text: `with recorded as (
                 insert into seller_verifications (seller_id, verification, actor, reason) values ($1, 'verified', $2, $3)
               )
               update sellers set verification = 'verified' where id = $1`,
        values: [sellerId, actor, reason],
        expectRows: 1,
      });
    }
    for (const statement of keyed.reach(sellerId)) await run(tx, statement);
  });
}
