import { databaseTime, pool, run, runInTransaction, type Tx } from '#db';
import { closeLetters } from '#dead-letters';
import { type KeyedRun, UNKEYED } from '#idempotency';
import { AppError } from '#kernel';
import type { WayOutOfLetter } from '#payments';
import { NOT_RECALLED, SECOND_PAYOUT } from './payout-state.ts';

/** A payout that a person puts on its way again, and when it is looked at. */
export interface PayoutPush {
  readonly payoutId: string;
  readonly at: Date;
}

/**
 * Has payouts that are still open, and recalls that do not get through, looked at again with fresh tries, each at its time. Answers
 * those it did it for: one that has ended is left alone, and asked for again as a new payout. Runs in the caller's transaction.
 */
export async function pushPayouts(tx: Tx, pushes: readonly PayoutPush[]): Promise<string[]> {
  const pushed = await run<{ id: string }>(tx, {
    text: `update payouts p set resolve_at = case when p.resolve_at is null then null else n.at end,
                                recall_at = case when p.recall_at is null then null else n.at end,
                                tries = case when p.resolve_at is null then p.tries else 0 end, recall_tries = 0
           from unnest($1::text[], $2::timestamptz[]) n (id, at)
           where p.id = n.id and (p.resolve_at is not null or p.recall_at is not null)
             and exists (select from dead_letters d where d.kind = 'payout' and d.subject_id = p.id and d.resolved_at is null)
           returning p.id`,
    values: [pushes.map((push) => push.payoutId), pushes.map((push) => push.at)],
  });
  return pushed.map((row) => row.id);
}

/** The same for one payout; its letter is closed with the person's reason. Throws `not_found` when nothing waits for this. */
export async function retryPayout(
  payoutId: string,
  actor: string,
  reason: string,
  keyed: KeyedRun = UNKEYED,
): Promise<void> {
  if (keyed.subjectId) return;
  await runInTransaction(async (tx) => {
    const pushed = await pushPayouts(tx, [{ payoutId, at: databaseTime() }]);
    if (pushed.length === 0) throw noLetter();
    await closeLetters(tx, { kind: 'payout', subjectIds: [payoutId] }, `${actor}: ${reason}`);
    for (const statement of keyed.reach(payoutId)) await run(tx, statement);
  });
}

/**
 * Closes a payout's dead letter once a person has looked. What was left in the seller's account at the PSP and does not come back is
 * given up with it: the person has settled it otherwise. Throws `not_found` when there is none, or asking again is the way out.
 */
export async function closePayoutLetter(
  payoutId: string,
  actor: string,
  reason: string,
  keyed: KeyedRun = UNKEYED,
): Promise<void> {
  if (keyed.subjectId) return;
  await runInTransaction(async (tx) => {
    const [letter] = await run<LetterOfPayout>(tx, {
      text: `${LETTER} where p.id = $1 for no key update of p, d`,
      values: [payoutId],
    });
    if (!letter || !isClosable(letter)) throw noLetter();
    const { cause } = letter;
    await closeLetters(tx, { kind: 'payout', subjectIds: [payoutId], cause }, `${actor}: ${reason}`);
    if (cause === NOT_RECALLED)
      await run(tx, { text: 'update payouts set recall_at = null where id = $1', values: [payoutId] });
    for (const statement of keyed.reach(payoutId)) await run(tx, statement);
  });
}

interface LetterOfPayout {
  readonly id: string;
  readonly cause: string;
  /** The payout or its recall is still looked at. */
  readonly open: boolean;
}

const LETTER = `select p.id, d.cause, p.resolve_at is not null or p.recall_at is not null as open
  from payouts p join dead_letters d on d.kind = 'payout' and d.subject_id = p.id and d.resolved_at is null`;

/** Nothing that is still looked at answers these. */
function isClosable({ cause, open }: LetterOfPayout): boolean {
  return !open || cause === SECOND_PAYOUT || cause === NOT_RECALLED;
}

/** What a person can do about the letters of payouts: have it looked at again while something is open, or close them. */
export async function waysOutOfPayouts(
  letters: readonly { readonly subjectId: string }[],
): Promise<Map<string, WayOutOfLetter>> {
  const rows = await run<LetterOfPayout>(pool(), {
    text: `${LETTER} where p.id = any($1::text[])`,
    values: [letters.map((letter) => letter.subjectId)],
  });
  return new Map(
    rows.map((letter) => [
      letter.id,
      {
        checkoutId: null,
        wayOut: letter.open && letter.cause !== SECOND_PAYOUT ? 'try_again' : 'close',
        closable: isClosable(letter),
      } as const,
    ]),
  );
}

function noLetter(): AppError {
  return new AppError('not_found', 'There is no dead letter of this payout that waits for this.');
}
