import { databaseTime, pool, run, runInTransaction, type Tx } from '#db';
import { closeLetters } from '#dead-letters';
import { type KeyedRun, UNKEYED } from '#idempotency';
import { AppError, type CurrencyCode, newId } from '#kernel';
import {
  countOrderRefunds,
  lockAttempts,
  makeRefundDue,
  type RefundableOrder,
  readRefundable,
  type WayOutOfLetter,
} from '#payments';
import { planRefund, type RefundPart } from './plan-refund.ts';
import { insertOrderRefunds } from './refund-rows.ts';
import { type RefundReason, SECOND_REFUND } from './refund-state.ts';

/** A refund that a person puts on its way again, and when it is looked at. */
export interface RefundPush {
  readonly refundId: string;
  readonly at: Date;
}

/**
 * Puts refunds on their way again, on a person's word: one that is still open is asked about at its time, with fresh tries; one that
 * has failed is made again, as a new refund with a key of its own. Answers those it did it for: one whose letter says that the
 * provider made a second refund is left alone, and so is one for which no longer enough is left of its order. Runs in the caller's
 * transaction.
 */
export async function pushRefunds(tx: Tx, pushes: readonly RefundPush[]): Promise<string[]> {
  return (await pushEach(tx, pushes)).pushed;
}

interface Pushed {
  readonly pushed: string[];
  /** Why others could not be made again. */
  readonly refused: AppError[];
}

async function pushEach(tx: Tx, pushes: readonly RefundPush[]): Promise<Pushed> {
  const ids = pushes.map((push) => push.refundId);
  // The attempts first, as every writer of refunds does.
  const attempts = await run<{ attempt_id: string }>(tx, {
    text: 'select distinct attempt_id from refunds where id = any($1::text[])',
    values: [ids],
  });
  await run(tx, lockAttempts(attempts.map((row) => row.attempt_id)));
  const asked = await run<AskedRefund>(tx, {
    text: `with told as (
             select r.*, p.at, r.finished_at is null as open from unnest($1::text[], $2::timestamptz[]) p (id, at)
             join refunds r on r.id = p.id
             join dead_letters d on d.kind = 'refund' and d.subject_id = r.id and d.resolved_at is null and d.cause <> $3
           ), asked as (
             update refunds r set resolve_at = told.at, tries = 0 from told where told.id = r.id and told.open
           )
           select id, attempt_id, open, payment_order_id, reason, note, requested_by, amount_minor, currency from told order by id`,
    values: [ids, pushes.map((push) => push.at), SECOND_REFUND],
  });
  const result: Pushed = { pushed: [], refused: [] };
  for (const refund of asked) {
    const refusal = refund.open ? undefined : await makeAgain(tx, refund);
    if (refusal) result.refused.push(refusal);
    else result.pushed.push(refund.id);
  }
  return result;
}

interface AskedRefund {
  readonly id: string;
  readonly attempt_id: string;
  readonly open: boolean;
  readonly payment_order_id: string | null;
  readonly reason: RefundReason;
  readonly note: string | null;
  readonly requested_by: string;
  readonly amount_minor: bigint;
  readonly currency: CurrencyCode;
}

/** Of a paid order, only what is still left of it: else answers why not, as a request for it would. Its order is locked. */
async function makeAgain(tx: Tx, failed: AskedRefund): Promise<AppError | undefined> {
  if (failed.payment_order_id === null) {
    await makeRefundDue(tx, failed.attempt_id);
    return undefined;
  }
  const parts = planAgain(failed, await readRefundable(tx, [failed.payment_order_id]));
  if (parts instanceof AppError) return parts;
  const again = parts.map((part) => ({
    id: newId('rfd'),
    requestId: newId('rrq'),
    requestedBy: failed.requested_by,
    reason: failed.reason,
    note: failed.note,
    paymentOrderId: part.order.paymentOrderId,
    attemptId: part.order.attemptId,
    amountMinor: part.amountMinor,
    commissionMinor: part.commissionMinor,
    currency: part.order.currency,
    waitsForFunds: false,
  }));
  for (const statement of [...insertOrderRefunds(again), ...countOrderRefunds(again)]) await run(tx, statement);
  return undefined;
}

function planAgain(
  { amount_minor: amountMinor, currency }: AskedRefund,
  orders: readonly RefundableOrder[],
): RefundPart[] | AppError {
  try {
    return planRefund(orders, { amount: { amountMinor, currency } });
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** The same for one refund; its letter is closed with the person's reason. Throws `not_found` when there is no such letter. */
export async function retryRefund(
  refundId: string,
  actor: string,
  reason: string,
  keyed: KeyedRun = UNKEYED,
): Promise<void> {
  if (keyed.subjectId) return;
  await runInTransaction(async (tx) => {
    const { pushed, refused } = await pushEach(tx, [{ refundId, at: databaseTime() }]);
    if (pushed.length === 0) throw refused[0] ?? noLetter();
    await closeLetters(tx, { kind: 'refund', subjectIds: [refundId] }, `${actor}: ${reason}`);
    for (const statement of keyed.reach(refundId)) await run(tx, statement);
  });
}

/**
 * Closes a refund's dead letter once a person has looked: that there is another one at the provider, or that one of a paid order has
 * failed and is not made again. Throws `not_found` when there is none, or trying again is the way out: late money has to go back.
 */
export async function closeRefundLetter(
  refundId: string,
  actor: string,
  reason: string,
  keyed: KeyedRun = UNKEYED,
): Promise<void> {
  if (keyed.subjectId) return;
  await runInTransaction(async (tx) => {
    const [letter] = await run<LetterOfRefund>(tx, {
      text: `${LETTER} where r.id = $1 for no key update of r, d`,
      values: [refundId],
    });
    if (!letter || !isClosable(letter)) throw noLetter();
    const { cause } = letter;
    await closeLetters(tx, { kind: 'refund', subjectIds: [refundId], cause }, `${actor}: ${reason}`);
    for (const statement of keyed.reach(refundId)) await run(tx, statement);
  });
}

interface LetterOfRefund {
  readonly id: string;
  readonly checkout_id: string;
  readonly cause: string;
  /** Of a paid order, and nothing went back: what it had taken is with seller and platform again. */
  readonly undone: boolean;
}

const LETTER = `select r.id, a.checkout_id, d.cause, r.payment_order_id is not null and r.state in ('FAILED', 'FAILED_LATE') as undone
  from refunds r join payment_attempts a on a.id = r.attempt_id
  join dead_letters d on d.kind = 'refund' and d.subject_id = r.id and d.resolved_at is null`;

function isClosable({ cause, undone }: LetterOfRefund): boolean {
  return undone || cause === SECOND_REFUND;
}

/** What a person can do about the letters of refunds: try again, or close those that money does not hang on. */
export async function waysOutOfRefunds(
  letters: readonly { readonly subjectId: string }[],
): Promise<Map<string, WayOutOfLetter>> {
  const rows = await run<LetterOfRefund>(pool(), {
    text: `${LETTER} where r.id = any($1::text[])`,
    values: [letters.map((letter) => letter.subjectId)],
  });
  return new Map(
    rows.map((letter) => [
      letter.id,
      {
        checkoutId: letter.checkout_id,
        wayOut: letter.cause === SECOND_REFUND ? 'close' : 'try_again',
        closable: isClosable(letter),
      } as const,
    ]),
  );
}

function noLetter(): AppError {
  return new AppError('not_found', 'There is no dead letter of this refund that waits for this.');
}
