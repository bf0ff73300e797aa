import type pg from 'pg';
import { columns, run } from '#db';
import { assert, singleton } from '#kernel';
import { type AccountRef, accountCode, CHART } from './chart.ts';

/** Account ids kept in memory; they never change, so the only cost of a full cache is one more read. */
const CACHE_LIMIT = 200_000;

/** Ids of accounts seen by this process, per connection pool, because tests and benches open several databases. */
const idCaches = singleton('ledger.account-ids', () => new WeakMap<pg.Pool, Map<string, bigint>>());

/**
 * Answers the database id of each account, opening those that were never seen. Runs outside any transaction: an account
 * without entries says nothing, so it does no harm if what follows is refused.
 */
export async function openAccounts(on: pg.Pool, accounts: readonly AccountRef[]): Promise<ReadonlyMap<string, bigint>> {
  const cache = cacheOf(on);
  const missing = new Map<string, AccountRef>();
  for (const account of accounts) {
    const code = accountCode(account);
    if (!cache.has(code)) missing.set(code, account);
  }
  if (missing.size > 0) await loadOrOpen(on, cache, [...missing.values()]);
  return cache;
}

function cacheOf(on: pg.Pool): Map<string, bigint> {
  let cache = idCaches.get(on);
  if (!cache || cache.size > CACHE_LIMIT) {
    cache = new Map();
    idCaches.set(on, cache);
  }
  return cache;
}

/** Most accounts are there already, opened by another process or in another run: they are read before anything is written. */
async function loadOrOpen(on: pg.Pool, cache: Map<string, bigint>, accounts: readonly AccountRef[]): Promise<void> {
  remember(cache, await read(on, accounts));
  const missing = accounts.filter((account) => !cache.has(accountCode(account)));
  if (missing.length === 0) return;
  remember(cache, await open(on, missing));
  // Another process may have opened one in between; it is committed by now, so it can be read.
  const overtaken = missing.filter((account) => !cache.has(accountCode(account)));
  if (overtaken.length > 0) remember(cache, await read(on, overtaken));
  assert(
    accounts.every((account) => cache.has(accountCode(account))),
    'every account asked for exists after opening',
  );
}

interface IdRow {
  readonly code: string;
  readonly id: bigint;
}

function remember(cache: Map<string, bigint>, rows: readonly IdRow[]): void {
  for (const { code, id } of rows) cache.set(code, id);
}

function read(on: pg.Pool, accounts: readonly AccountRef[]): Promise<IdRow[]> {
  return run<IdRow>(on, {
    name: 'account-ids',
    text: 'select code, id from ledger_accounts where code = any($1::text[])',
    values: [accounts.map(accountCode)],
  });
}

/** In the order of their codes, so that two processes opening the same accounts never wait for each other in a circle. */
function open(on: pg.Pool, accounts: readonly AccountRef[]): Promise<IdRow[]> {
  const sorted = accounts.toSorted((a, b) => (accountCode(a) < accountCode(b) ? -1 : 1));
  return run<IdRow>(on, {
    name: 'open-accounts',
    text: `insert into ledger_accounts (code, kind, owner_id, currency, balance_rule)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) on conflict (code) do nothing
           returning code, id`,
    values: columns(
      sorted,
      accountCode,
      (account) => account.kind,
      (account) => account.ownerId,
      (account) => account.currency,
      (account) => CHART[account.kind].balanceRule,
    ),
  });
}
