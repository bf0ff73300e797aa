import type pg from 'pg';
import { lanePool, run, type Statement } from '#db';
import type { CurrencyCode } from '#kernel';
import { type AccountRef, fundsAvailable, runBatch, workInBook } from '#ledger';

interface DueFunds {
  readonly payment_order_id: string;
  readonly seller_id: string;
  readonly currency: CurrencyCode;
  readonly available_on: Date;
}

/**
 * Makes the earnings of up to `limit` orders available: those whose charge is settled and whose day has come on the PSP's clock.
 * What a refund has taken meanwhile does not become available. Answers how many orders that were. Each is released once,
 * whoever tries: its row is locked, and the ledger takes the fact once.
 */
export async function releaseFunds(limit: number): Promise<number> {
  const due = await findDue(limit);
  if (due.length === 0) return 0;
  const results = await runBatch(due, (batch) => releaseBatch(lanePool(), batch));
  for (const result of results) if (result instanceof Error) throw result;
  return results.filter((released) => released === true).length;
}

function findDue(limit: number): Promise<DueFunds[]> {
  return run<DueFunds & { [column: string]: unknown }>(lanePool(), {
    name: 'due-order-funds',
    text: `select f.payment_order_id, f.seller_id, f.currency, f.available_on from order_funds f
           where f.released_at is null and f.available_on <= (select psp_time from psp_feeds where name = 'balance_transactions')
             and exists (
               select from captures c join psp_balance_transactions t on t.subject_id = c.attempt_id
               where c.payment_order_id = f.payment_order_id and t.type in ('charge', 'payment') and t.state = 'booked')
           order by f.available_on limit $1`,
    values: [limit],
  });
}

async function releaseBatch(on: pg.Pool, batch: readonly DueFunds[]): Promise<boolean[]> {
  let released: boolean[] = [];
  await workInBook(on, {
    accounts: batch.flatMap(({ seller_id: ownerId, currency }): AccountRef[] => [
      { kind: 'seller_pending', ownerId, currency },
      { kind: 'seller_available', ownerId, currency },
    ]),
    reads: [lockFunds(batch)],
    decide: ([rows = []], book) => {
      const pending = new Map<string, bigint>(rows.map((row) => [row.payment_order_id, row.pending_minor]));
      released = batch.map(({ payment_order_id: id, ...funds }) => {
        const amountMinor = pending.get(id);
        if (amountMinor === undefined) return false;
        if (amountMinor > 0n) {
          const { seller_id: sellerId, currency, available_on: at } = funds;
          const verdict = book.post(fundsAvailable({ sourceId: id, sellerId, currency, amountMinor, at }));
          if (verdict.kind !== 'posted') throw new Error(`the books refuse to release ${id}: ${verdict.kind}`);
        }
        return true;
      });
      return markReleased([...pending.keys()]);
    },
  });
  return released;
}

function lockFunds(batch: readonly DueFunds[]): Statement {
  return {
    name: 'lock-order-funds',
    text: `select payment_order_id, pending_minor from order_funds
           where payment_order_id = any($1::text[]) and released_at is null order by payment_order_id for no key update`,
    values: [batch.map((one) => one.payment_order_id)],
  };
}

function markReleased(orderIds: readonly string[]): Statement[] {
  if (orderIds.length === 0) return [];
  return [
    {
      name: 'release-order-funds',
      text: `update order_funds set pending_minor = 0, released_at = now() where payment_order_id = any($1::text[]) and released_at is null`,
      values: [orderIds],
      expectRows: orderIds.length,
    },
  ];
}
