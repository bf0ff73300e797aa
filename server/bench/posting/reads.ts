import { pool } from '#db';
import { findAccounts, listEntries, trialBalance } from '#ledger';
import { median } from '../kit/numbers.ts';
import type { Books } from './books.ts';
import { SELLERS, sellerId } from './contender.ts';

const READS = 200;
const TRIAL_BALANCES = 5;
const STATEMENT_LINES = 50;

export interface Reads {
  readonly balanceMs: number;
  readonly statementMs: number;
  readonly trialBalanceMs: number;
}

/** The application's own reads, one at a time, through its own pool. */
export async function measureReads({ database }: Books): Promise<Reads> {
  // Read by the configuration at its first use, which is the first of these reads.
  process.env.DATABASE_URL = database.url;
  const sellers = Array.from({ length: READS }, () => sellerId(1 + Math.floor(Math.random() * SELLERS)));
  const reads = {
    balanceMs: await medianMs(sellers, (seller) => findAccounts(`seller_pending:${seller}:USD`)),
    statementMs: await medianMs(sellers, (seller) => listEntries({ accountId: seller, limit: STATEMENT_LINES })),
    trialBalanceMs: await medianMs(sellers.slice(0, TRIAL_BALANCES), async () => {
      if (!(await trialBalance()).balanced) throw new Error('the trial balance does not balance');
    }),
  };
  await pool().end();
  return reads;
}

async function medianMs(sellers: readonly string[], read: (seller: string) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (const seller of sellers) {
    const started = performance.now();
    await read(seller);
    times.push(performance.now() - started);
  }
  return median(times);
}
