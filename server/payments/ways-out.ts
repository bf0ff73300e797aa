import { pool, run } from '#db';
import { AMOUNT_MISMATCH } from './decision.ts';

/** What a person can do about a dead letter of an attempt. */
export interface WayOutOfLetter {
  readonly checkoutId: string | null;
  /** Have the PSP asked (or the payment sent) again, close it with a reason, or nothing: its subject is gone. */
  readonly wayOut: 'try_again' | 'close' | 'none';
  /** It may be closed with a reason as well. */
  readonly closable: boolean;
}

/**
 * The way out of each dead letter: an attempt still open can be asked about; one that the PSP could not be reached for can be sent
 * anew, as long as nothing followed it and no money was taken for it; a definite one is closed with a reason, and so is one that took
 * another amount: what is asked about for ever ends by a person's word.
 */
export async function waysOutOf(
  letters: readonly { readonly subjectId: string; readonly cause: string }[],
): Promise<Map<string, WayOutOfLetter>> {
  const causes = new Map(letters.map((letter) => [letter.subjectId, letter.cause]));
  const rows = await run<{ id: string; checkout_id: string; finished: boolean; waits: boolean }>(pool(), {
    name: 'ways-out-of-letters',
    text: `select a.id, a.checkout_id, a.finished_at is not null as finished,
             a.kind = 'direct' and a.decline_code = 'psp_unavailable' and bool_and(o.state = 'FAILED') as waits
           from payment_attempts a
           join attempt_orders ao on ao.attempt_id = a.id
           join payment_orders o on o.payment_order_id = ao.payment_order_id
           where a.id = any($1::text[]) group by a.id`,
    values: [[...causes.keys()]],
  });
  return new Map(
    rows.map(({ id, checkout_id: checkoutId, finished, waits }) => {
      const otherAmount = causes.get(id) === AMOUNT_MISMATCH;
      const wayOut = finished && !(waits && !otherAmount) ? 'close' : 'try_again';
      return [id, { checkoutId, wayOut, closable: finished || otherAmount }];
    }),
  );
}
