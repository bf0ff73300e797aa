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

async function loadOrOpen(on: pg.Pool, cache: Map<string, bigint>, accounts: readonly AccountRef[]): Promise<void> {
  const sorted = [...accounts].sort((a, b) => (accountCode(a) < accountCode(b) ? -1 : 1));
  await run(on, {
    name: 'open-accounts',
    text: `insert into ledger_accounts (code, kind, owner_id, currency, balance_rule)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) on conflict (code) do nothing`,
    values: columns(
      sorted,
      accountCode,
      (account) => account.kind,
      (account) => account.ownerId,
      (account) => account.currency,
      (account) => CHART[account.kind].balanceRule,
    ),
  });
  const rows = await run<{ code: string; id: bigint }>(on, {
    name: 'account-ids',
    text: 'select code, id from ledger_accounts where code = any($1::text[])',
    values: [sorted.map(accountCode)],
  });
  assert(rows.length === sorted.length, 'every account asked for exists after opening');
  for (const row of rows) cache.set(row.code, row.id);
}
