import type pg from 'pg';
import { columns, lanePool, pool, run, runPipelined, type Statement, type Tx } from '#db';
import type { CurrencyCode } from '#kernel';
import { runBatch } from '#ledger';
import { LockedPayments } from './locked-payments.ts';

/** Money that came too late and for which nobody has opened a refund yet. */
export interface HeldMoney {
  readonly attemptId: string;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
}

/**
 * Takes up to `limit` attempts whose held money is due to go back. In one transaction `open` says what is written for them, what goes
 * back is counted at the attempt, and their orders move on to AUTO_REFUNDING. Answers how many were taken. Concurrent callers wait
 * for each other at the row locks and take each attempt once; an attempt that is refused is refused alone, and its error thrown.
 */
export async function startGivingBack(
  limit: number,
  open: (held: readonly HeldMoney[]) => readonly Statement[],
): Promise<number> {
  const due = await run<{ id: string }>(pool(), {
    name: 'refunds-due',
    text: 'select id from payment_attempts where refund_due order by id limit $1',
    values: [limit],
  });
  const ids = due.map((row) => row.id);
  if (ids.length === 0) return 0;
  const taken = await runBatch(ids, (batch) => takeBatch(lanePool(), batch, open));
  for (const one of taken) if (one instanceof Error) throw one;
  return taken.filter((one) => one === true).length;
}

/** Answers for each attempt whether it was taken here. */
async function takeBatch(
  on: pg.Pool,
  attemptIds: readonly string[],
  open: (held: readonly HeldMoney[]) => readonly Statement[],
): Promise<boolean[]> {
  let held: HeldMoney[] = [];
  await runPipelined(on, [LockedPayments.read(attemptIds), readDue(attemptIds)], ([rows = [], due = []]) => {
    held = due.map((row) => ({ attemptId: row.id, amountMinor: row.held_minor, currency: row.currency }));
    if (held.length === 0) return [];
    const payments = new LockedPayments(rows);
    const taken = new Set(held.map((one) => one.attemptId));
    for (const { attempt_id: attemptId, payment_order_id: orderId } of rows) {
      const by = { attemptId, actor: 'worker', reason: 'the late payment is refunded' };
      if (taken.has(attemptId)) payments.moveOrder(orderId, 'refund_opened', by);
    }
    return [...payments.writes(), countRefunded([...taken]), ...open(held)];
  });
  const taken = new Set(held.map((one) => one.attemptId));
  return attemptIds.map((id) => taken.has(id));
}

/** Read once the locks are held, so that what it shows is not taken by anybody else. */
function readDue(attemptIds: readonly string[]): Statement {
  return {
    name: 'held-money',
    text: 'select id, held_minor, currency from payment_attempts where id = any($1::text[]) and refund_due',
    values: [attemptIds],
  };
}

function countRefunded(attemptIds: readonly string[]): Statement {
  return {
    name: 'count-refunded',
    text: `update payment_attempts set refund_due = false, refunded_minor = refunded_minor + held_minor
           where id = any($1::text[]) and refund_due`,
    values: [attemptIds],
    expectRows: attemptIds.length,
  };
}

/** Gives back to attempts what failed refunds had taken of them; in the transaction that fails the refunds. */
export function restoreRefunded(
  failed: readonly { readonly attemptId: string; readonly amountMinor: bigint }[],
): Statement[] {
  if (failed.length === 0) return [];
  const byAttempt = Map.groupBy(failed, (one) => one.attemptId);
  const sums = [...byAttempt].map(([id, all]) => ({ id, sum: all.reduce((sum, one) => sum + one.amountMinor, 0n) }));
  return [
    {
      name: 'restore-refunded',
      text: `update payment_attempts a set refunded_minor = a.refunded_minor - n.amount
             from unnest($1::text[], $2::bigint[]) n (id, amount) where a.id = n.id`,
      values: columns(
        sums,
        (row) => row.id,
        (row) => row.sum,
      ),
      expectRows: sums.length,
    },
  ];
}

/** Has another refund of the attempt's held money opened, because the one before has failed. */
export async function makeRefundDue(tx: Tx, attemptId: string): Promise<void> {
  await run(tx, {
    text: 'update payment_attempts set refund_due = true where id = $1',
    values: [attemptId],
    expectRows: 1,
  });
}
