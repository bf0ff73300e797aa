import { pool, type Queryable, run } from '#db';
import { AppError, type CurrencyCode } from '#kernel';
import type { AccountKind } from './chart.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { TransactionKind } from './postings.ts';

/** Entries on one page unless the caller asks for another number. */
export const DEFAULT_PAGE = 25;
/** Most entries on one page: beyond it the answer is a download, not a page. */
export const MAX_PAGE = 100;

/** An account as it stands now. Balances are signed minor units: debit positive, credit negative. */
export interface AccountView {
  readonly code: string;
  readonly kind: AccountKind;
  readonly ownerId: string;
  readonly currency: CurrencyCode;
  readonly balanceMinor: bigint;
  /** Number of entries ever posted to it. */
  readonly entries: bigint;
}

/** One line of a statement. Amounts are signed minor units: debit positive, credit negative. */
export interface EntryView {
  readonly accountCode: string;
  readonly accountKind: AccountKind;
  readonly ownerId: string;
  /** Place in its account: 1, 2, 3 … without a gap. */
  readonly seq: bigint;
  readonly amountMinor: bigint;
  /** Balance of the account after this entry. */
  readonly balanceAfterMinor: bigint;
  readonly currency: CurrencyCode;
  readonly transactionId: string;
  readonly transactionKind: TransactionKind;
  /** Id of the business fact, for example a payment order. */
  readonly sourceId: string;
  readonly effectiveAt: Date;
  readonly recordedAt: Date;
}

export interface EntryPage {
  readonly entries: readonly EntryView[];
  /** Pass it back for the next, older page; null at the end. */
  readonly nextCursor: string | null;
}

export interface EntryFilter {
  /** An owner (`seller_456`: all its accounts) or one account's code (`seller_pending:seller_456:USD`). */
  readonly accountId: string;
  readonly cursor?: string;
  /** 1 to {@link MAX_PAGE}; default {@link DEFAULT_PAGE}. */
  readonly limit?: number;
}

interface AccountRow {
  id: bigint;
  code: string;
  kind: AccountKind;
  owner_id: string;
  currency: CurrencyCode;
  balance: bigint;
  version: bigint;
}

/** The accounts of an owner, or the one account with this code; empty when the ledger never saw it. */
export async function findAccounts(accountId: string, on: Queryable = pool()): Promise<AccountView[]> {
  return (await selectAccounts(accountId, on)).map(accountView);
}

/**
 * The same as the books stood at a time: each account by the last entry that they had learned of by then. An account that was opened
 * later is missing. The newest entries are looked at first, so what lies far back takes longer.
 */
export async function findAccountsAt(accountId: string, at: Date): Promise<AccountView[]> {
  const rows = await run<{ [Column in keyof AccountRow]: AccountRow[Column] }>(pool(), {
    name: 'accounts-at',
    text: `select a.id, a.code, a.kind, a.owner_id, a.currency, coalesce(e.balance_after, 0) as balance, coalesce(e.account_seq, 0) as version
           from ledger_accounts a
           left join lateral (
             select l.balance_after, l.account_seq from ledger_entries l join ledger_transactions t on t.id = l.transaction_id
             where l.account_id = a.id and t.recorded_at <= $2 order by l.account_seq desc limit 1
           ) e on true
           where (a.owner_id = $1 or a.code = $1) and a.opened_at <= $2 order by a.currency, a.id`,
    values: [accountId, at],
  });
  return rows.map(accountView);
}

function accountView(row: AccountRow): AccountView {
  return {
    code: row.code,
    kind: row.kind,
    ownerId: row.owner_id,
    currency: row.currency,
    balanceMinor: row.balance,
    entries: row.version,
  };
}

/**
 * The statement of an owner or of one account, newest first. Within each account the order is the account's own, so running
 * balances always read without a jump; accounts are merged by the time the books learned of the entry. Entries posted while
 * somebody pages never shift a page. Throws `not_found` for an account the ledger never saw.
 */
export async function listEntries({ accountId, cursor, limit = DEFAULT_PAGE }: EntryFilter): Promise<EntryPage> {
  const size = Math.min(Math.max(limit, 1), MAX_PAGE);
  const accounts = await selectAccounts(accountId);
  if (accounts.length === 0)
    throw new AppError('not_found', `No account is known as ${accountId}.`, { param: 'account_id' });
  const shown = cursor === undefined ? undefined : decodeCursor(cursor);
  // An account the cursor does not name was opened after the first page: what it holds is newer than this page.
  const before = new Map(accounts.map(({ id, version }) => [id, shown ? (shown.get(id) ?? 1n) : version + 1n]));
  const rows = await selectEntries(before, size + 1);
  const page = rows.slice(0, size);
  for (const row of page) before.set(row.account_id, row.seq);
  return { entries: page.map(entryView), nextCursor: rows.length > size ? encodeCursor(before) : null };
}

function selectAccounts(accountId: string, on: Queryable = pool()): Promise<AccountRow[]> {
  return run<AccountRow & { [column: string]: unknown }>(on, {
    name: 'accounts-of',
    text: `select id, code, kind, owner_id, currency, balance, version from ledger_accounts
           where owner_id = $1 or code = $1 order by currency, id`,
    values: [accountId],
  });
}

interface EntryRow {
  account_id: bigint;
  code: string;
  kind: AccountKind;
  owner_id: string;
  seq: bigint;
  amount_minor: bigint;
  balance_after: bigint;
  currency: CurrencyCode;
  transaction_id: string;
  transaction_kind: TransactionKind;
  source_id: string;
  effective_at: Date;
  recorded_at: Date;
}

/**
 * The newest entries before each account's place: every account gives at most `limit`, so the work is bounded by the page.
 * `recorded_at` is when a transaction began, and two may lock an account in the other order: the running maximum keeps each
 * account's own order while accounts are merged by time.
 */
function selectEntries(before: ReadonlyMap<bigint, bigint>, limit: number): Promise<EntryRow[]> {
  return run<EntryRow>(pool(), {
    name: 'entries-before',
    text: `select e.account_id, a.code, a.kind, a.owner_id, e.account_seq as seq, e.amount_minor, e.balance_after, e.currency,
                  t.id as transaction_id, t.kind as transaction_kind, t.source_id, t.effective_at, t.recorded_at
           from unnest($1::bigint[], $2::bigint[]) as place (account_id, seq)
           join ledger_accounts a on a.id = place.account_id
           cross join lateral (
             select * from ledger_entries l where l.account_id = place.account_id and l.account_seq < place.seq
             order by l.account_seq desc limit $3
           ) e
           join ledger_transactions t on t.id = e.transaction_id
           order by max(t.recorded_at) over (partition by e.account_id order by e.account_seq) desc, e.account_id, e.account_seq desc
           limit $3`,
    values: [[...before.keys()], [...before.values()], limit],
  });
}

function entryView(row: EntryRow): EntryView {
  return {
    accountCode: row.code,
    accountKind: row.kind,
    ownerId: row.owner_id,
    seq: row.seq,
    amountMinor: row.amount_minor,
    balanceAfterMinor: row.balance_after,
    currency: row.currency,
    transactionId: row.transaction_id,
    transactionKind: row.transaction_kind,
    sourceId: row.source_id,
    effectiveAt: row.effective_at,
    recordedAt: row.recorded_at,
  };
}

/** A ledger transaction with both of its sides. */
export interface TransactionView {
  readonly id: string;
  readonly kind: TransactionKind;
  readonly sourceId: string;
  readonly effectiveAt: Date;
  readonly recordedAt: Date;
  /** Debits first. */
  readonly entries: readonly EntryView[];
}

/** The transactions that these facts (payment orders, attempts) caused, oldest first, each whole. */
export async function listTransactionsOf(sourceIds: readonly string[]): Promise<TransactionView[]> {
  const rows = await run<EntryRow>(pool(), {
    name: 'transactions-of',
    text: `select e.account_id, a.code, a.kind, a.owner_id, e.account_seq as seq, e.amount_minor, e.balance_after, e.currency,
                  t.id as transaction_id, t.kind as transaction_kind, t.source_id, t.effective_at, t.recorded_at
           from ledger_transactions t
           join ledger_entries e on e.transaction_id = t.id
           join ledger_accounts a on a.id = e.account_id
           where t.source_id = any($1::text[])
           order by t.recorded_at, t.id, e.amount_minor < 0, a.code`,
    values: [[...sourceIds]],
  });
  const byTransaction = Map.groupBy(rows, (row) => row.transaction_id);
  return [...byTransaction.values()].map((legs) => {
    const [{ transactionId: id, transactionKind: kind, sourceId, effectiveAt, recordedAt }] = legs.map(entryView) as [
      EntryView,
    ];
    return { id, kind, sourceId, effectiveAt, recordedAt, entries: legs.map(entryView) };
  });
}
