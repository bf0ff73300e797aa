import pg from 'pg';
import { createLane, uuidv7 } from '#kernel';
import { MAX_BATCH_TRANSACTIONS, MAX_QUEUE } from '#ledger';
import type { AccountIds } from './books.ts';
import type { Contender, Transfer } from './contender.ts';

/**
 * The limit: the same rows, in batches of the same size, into tables with the same indexes; nothing is locked, read or checked
 * and no balance is kept. What the database spends here it must spend on any way of posting.
 */
export function openRawInsert(url: string, accounts: AccountIds): Contender {
  const pool = new pg.Pool({ connectionString: url, max: 1, pipeline: true } as pg.PoolConfig);
  const places = new Map<bigint, { seq: bigint; balance: bigint }>();
  const lane = createLane<Transfer, true>({
    run: (transfers) => insert(pool, transfers, accounts, places),
    maxBatch: MAX_BATCH_TRANSACTIONS,
    maxQueue: MAX_QUEUE,
  });
  return {
    name: 'raw insert (limit)',
    post: async (transfer) => void (await lane.submit(transfer)),
    close: () => pool.end(),
  };
}

type Places = Map<bigint, { seq: bigint; balance: bigint }>;

async function insert(pool: pg.Pool, transfers: Transfer[], accounts: AccountIds, places: Places): Promise<true[]> {
  const ids = transfers.map(() => uuidv7());
  const entries = transfers.flatMap((transfer, index) => [
    entryOf(places, accounts.buyer(transfer.buyerId), transfer.amountMinor, ids[index]),
    entryOf(places, accounts.seller(transfer.sellerId), -transfer.amountMinor, ids[index]),
  ]);
  const client = await pool.connect();
  await Promise.all([
    client.query('begin'),
    client.query({
      name: 'raw-transactions',
      text: `insert into ledger_transactions (id, kind, legs, source_id, effective_at)
             select id, 'order_captured', 2, source_id, now() from unnest($1::uuid[], $2::text[]) t (id, source_id)`,
      values: [ids, transfers.map((transfer) => transfer.orderId)],
    }),
    client.query({
      name: 'raw-entries',
      text: `insert into ledger_entries (account_id, account_seq, transaction_id, amount_minor, balance_after, currency)
             select *, 'USD' from unnest($1::bigint[], $2::bigint[], $3::uuid[], $4::bigint[], $5::bigint[])`,
      values: [
        entries.map((entry) => entry.account),
        entries.map((entry) => entry.seq),
        entries.map((entry) => entry.transactionId),
        entries.map((entry) => entry.amount),
        entries.map((entry) => entry.balance),
      ],
    }),
    client.query('commit'),
  ]);
  client.release();
  return transfers.map(() => true);
}

function entryOf(places: Places, account: bigint, amount: bigint, transactionId: string | undefined) {
  const place = places.get(account) ?? { seq: 0n, balance: 0n };
  places.set(account, place);
  place.seq += 1n;
  place.balance += amount;
  return { account, amount, transactionId, ...place };
}
