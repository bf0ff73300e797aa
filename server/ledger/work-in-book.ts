import type pg from 'pg';
import { runPipelined, type Statement } from '#db';
import { assert } from '#kernel';
import { openAccounts } from './accounts.ts';
import { Book, type LockedAccount } from './book.ts';
import { type AccountRef, accountCode } from './chart.ts';

export interface BookWork {
  /** Every account that may be posted to; locked in id order, so that two batches can never wait for each other. */
  readonly accounts: readonly AccountRef[];
  /** Rows to read, and lock, once the accounts are held: what they show cannot be overtaken by another batch. */
  readonly reads: readonly Statement[];
  /** Decides from the rows of `reads`, posts into the book, and answers the other writes of the same transaction. */
  readonly decide: (rows: pg.QueryResultRow[][], book: Book) => readonly Statement[];
}

/**
 * The one way to write the ledger: locks, decides in memory and commits postings together with whatever state they belong to.
 * Either all of it is in the database afterwards or none of it. Needs a pool made with `pipeline: true`.
 */
export async function workInBook(on: pg.Pool, work: BookWork): Promise<void> {
  const ids = await openAccounts(on, work.accounts);
  const codes = new Map<bigint, string>();
  for (const account of work.accounts) {
    const code = accountCode(account);
    const id = ids.get(code);
    assert(id !== undefined, `${code} was opened`);
    codes.set(id, code);
  }
  await runPipelined(on, [lockAccounts([...codes.keys()]), ...work.reads], ([held = [], ...rows]) => {
    const locked = held as { id: bigint; balance: bigint; version: bigint }[];
    const book = new Book(locked.map((row): LockedAccount => ({ ...row, code: codes.get(row.id) as string })));
    const others = work.decide(rows, book);
    return [...others, ...book.writes()];
  });
}

function lockAccounts(ids: readonly bigint[]): Statement {
  return {
    name: 'lock-accounts',
    text: 'select id, balance, version from ledger_accounts where id = any($1::bigint[]) order by id for no key update',
    values: [ids],
    expectRows: ids.length,
  };
}
