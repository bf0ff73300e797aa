import pg from 'pg';
import { uuidv7 } from '#kernel';
import type { AccountIds } from './books.ts';
import type { Contender } from './contender.ts';

interface Held {
  readonly id: string;
  readonly balance: string;
  readonly version: string;
}

/**
 * The usual way in plain SQL, written with care: a transaction per payment, both accounts locked in id order, rows inserted one by
 * one. Correct, and every lock is held across eight round trips and a disk flush.
 */
export function openNaivePg(url: string, accounts: AccountIds, connections: number): Contender {
  const pool = new pg.Pool({ connectionString: url, max: connections });
  return {
    name: 'pg, interactive',
    async post({ orderId, buyerId, sellerId, amountMinor }) {
      const client = await pool.connect();
      const [buyer, seller] = [accounts.buyer(buyerId), accounts.seller(sellerId)];
      const transactionId = uuidv7();
      try {
        await client.query('BEGIN');
        const { rows } = await client.query<Held>(
          'SELECT id, balance, version FROM ledger_accounts WHERE id IN ($1, $2) ORDER BY id FOR UPDATE',
          [buyer, seller],
        );
        await client.query(
          `INSERT INTO ledger_transactions (id, kind, legs, source_id) VALUES ($1, 'order_captured', 2, $2)`,
          [transactionId, orderId],
        );
        for (const [id, amount] of [
          [buyer, amountMinor],
          [seller, -amountMinor],
        ] as const) {
          const account = rows.find((row) => BigInt(row.id) === id);
          if (!account) throw new Error(`account ${id} does not exist`);
          const [version, balance] = [BigInt(account.version) + 1n, BigInt(account.balance) + amount];
          await client.query(
            `INSERT INTO ledger_entries (account_id, account_seq, transaction_id, amount_minor, balance_after, currency)
             VALUES ($1, $2, $3, $4, $5, 'USD')`,
            [id, version, transactionId, amount, balance],
          );
          await client.query('UPDATE ledger_accounts SET balance = $2, version = $3 WHERE id = $1', [
            id,
            balance,
            version,
          ]);
        }
        await client.query('COMMIT');
      } catch (error) {
        await client.query('ROLLBACK');
        throw error;
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}
