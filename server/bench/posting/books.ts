import pg from 'pg';
import { INVARIANTS } from '#audit';
import { createTestDatabase, type MigratedDatabase } from '#testing';
import { BUYERS, buyerId, SELLERS, sellerId } from './contender.ts';

/** The invariants of the ledger alone; the bench posts without payments, so those of payments say nothing here. */
const LEDGER_INVARIANTS = new Set(['I1', 'I2', 'I3', 'I4', 'I6', 'I7', 'I10', 'I11']);
/** Invariants about balances, which the raw insert does not keep. */
const ABOUT_BALANCES = new Set(['I6', 'I10']);

/** Transfers that one statement fills in: its sorting stays in memory. */
const FILL_AT_ONCE = 100_000;

/** Database ids of the bench's accounts. */
export interface AccountIds {
  buyer(id: string): bigint;
  seller(id: string): bigint;
}

export interface Books {
  readonly database: MigratedDatabase;
  readonly accounts: AccountIds;
  /** Posts `pairs` transfers straight into the tables, in the shape that posting gives them. */
  fill(pairs: number): Promise<void>;
  /** Adds the books up from every entry; throws when anything is off or the number of transactions is not as expected. */
  readd(expectedTransactions: number): Promise<void>;
  /** Bytes of transactions and entries with their indexes. */
  size(): Promise<number>;
  transactions(): Promise<number>;
  close(): Promise<void>;
}

export interface BooksOptions {
  /** Without: the tables and indexes are the same, but no trigger checks what is written. */
  readonly checked: boolean;
  readonly keepsBalances?: boolean;
}

/** A database of its own with every account open. */
export async function openBooks(label: string, { checked, keepsBalances = true }: BooksOptions): Promise<Books> {
  const database = await createTestDatabase(label);
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  if (!checked) await dropChecks(owner);
  const accounts = await openAccounts(owner);
  await owner.query('analyze ledger_accounts');
  return {
    database,
    accounts,
    fill: async (pairs) => {
      for (let left = pairs; left > 0; left -= FILL_AT_ONCE) await fill(owner, Math.min(left, FILL_AT_ONCE));
      await owner.query('vacuum analyze ledger_accounts, ledger_transactions, ledger_entries');
    },
    readd: (expected) => readd(owner, label, expected, keepsBalances),
    size: () =>
      number(owner, `select pg_total_relation_size('ledger_transactions') + pg_total_relation_size('ledger_entries')`),
    transactions: () => number(owner, 'select count(*) from ledger_transactions'),
    close: async () => {
      await owner.end();
      await database.drop();
    },
  };
}

async function number(owner: pg.Client, sql: string): Promise<number> {
  const { rows } = await owner.query<{ value: string }>(`select (${sql}) as value`);
  return Number(rows[0]?.value);
}

async function dropChecks(owner: pg.Client): Promise<void> {
  for (const table of ['ledger_accounts', 'ledger_transactions', 'ledger_entries']) {
    await owner.query(`alter table ${table} disable trigger user`);
  }
}

async function openAccounts(owner: pg.Client): Promise<AccountIds> {
  const { rows } = await owner.query<{ owner_id: string; id: string }>(
    `insert into ledger_accounts (code, kind, owner_id, currency, balance_rule)
     select 'buyer:buyer_' || n || ':USD', 'buyer', 'buyer_' || n, 'USD', 'either' from generate_series(1, $1) n
     union all
     select 'seller_pending:seller_' || n || ':USD', 'seller_pending', 'seller_' || n, 'USD', 'credit' from generate_series(1, $2) n
     returning owner_id, id`,
    [BUYERS, SELLERS],
  );
  const ids = new Map(rows.map((row) => [row.owner_id, BigInt(row.id)]));
  const idOf = (ownerId: string) => {
    const id = ids.get(ownerId);
    if (id === undefined) throw new Error(`no account of ${ownerId}`);
    return id;
  };
  idOf(buyerId(BUYERS));
  idOf(sellerId(SELLERS));
  return { buyer: idOf, seller: idOf };
}

/** Written by one statement with the triggers off; the books are added up afterwards like any others. */
async function fill(owner: pg.Client, pairs: number): Promise<void> {
  await owner.query('begin');
  await owner.query(`set local session_replication_role = replica`);
  await owner.query(
    `with transfers as (
       select n, uuidv7() as id, 1 + n % 9973 as amount, 1 + floor(random() * $2)::int as buyer, 1 + floor(random() * $3)::int as seller
       from generate_series(1, $1::int) n
     ), transactions as (
       insert into ledger_transactions (id, kind, legs, source_id)
       select id, 'order_captured', 2, 'order_' || replace(uuidv7()::text, '-', '') from transfers
     ), legs as (
       select t.n, t.id, a.id as account_id, t.amount from transfers t join ledger_accounts a on a.code = 'buyer:buyer_' || t.buyer || ':USD'
       union all
       select t.n, t.id, a.id, -t.amount from transfers t join ledger_accounts a on a.code = 'seller_pending:seller_' || t.seller || ':USD'
     ), entries as (
       insert into ledger_entries (account_id, account_seq, transaction_id, amount_minor, balance_after, currency)
       select a.id, a.version + row_number() over w, l.id, l.amount, a.balance + sum(l.amount) over w, 'USD'
       from legs l join ledger_accounts a on a.id = l.account_id
       window w as (partition by a.id order by l.n, l.amount) order by l.n
       returning account_id, account_seq, balance_after
     )
     update ledger_accounts a set version = e.seq, balance = e.balance
     from (select distinct on (account_id) account_id, account_seq as seq, balance_after as balance
           from entries order by account_id, account_seq desc) e
     where a.id = e.account_id`,
    [pairs, BUYERS, SELLERS],
  );
  await owner.query('commit');
}

async function readd(owner: pg.Client, label: string, expected: number, keepsBalances: boolean): Promise<void> {
  const count = await number(owner, 'select count(*) from ledger_transactions');
  if (count !== expected)
    throw new Error(`${label}: ${count} transactions in the books, but ${expected} were acknowledged`);
  for (const { id, rule, violations } of INVARIANTS) {
    if (!LEDGER_INVARIANTS.has(id) || (!keepsBalances && ABOUT_BALANCES.has(id))) continue;
    const broken = await owner.query(`select * from (${violations}) v limit 3`);
    if (broken.rows.length > 0) throw new Error(`${label}: ${id} "${rule}" is broken: ${JSON.stringify(broken.rows)}`);
  }
}
