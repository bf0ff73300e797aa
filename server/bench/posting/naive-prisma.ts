import { PrismaPg } from '@prisma/adapter-pg';
import { uuidv7 } from '#kernel';
import { PrismaClient } from '../../db/generated/client.ts';
import type { AccountIds } from './books.ts';
import type { Contender } from './contender.ts';

/** Longest a transaction may wait for a connection and may take, in milliseconds: the bench must not fail for being slow. */
const PATIENCE_MS = 30_000;

interface Held {
  readonly id: bigint;
  readonly balance: bigint;
  readonly version: bigint;
}

/** The usual way with Prisma: an interactive transaction per payment, the accounts locked by the one raw query it takes. */
export function openNaivePrisma(url: string, accounts: AccountIds, connections: number): Contender {
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: connections }) });
  return {
    name: 'Prisma, $transaction',
    async post({ orderId, buyerId, sellerId, amountMinor }) {
      const legs = [
        { accountId: accounts.buyer(buyerId), amountMinor },
        { accountId: accounts.seller(sellerId), amountMinor: -amountMinor },
      ];
      await prisma.$transaction(
        async (tx) => {
          const held = await tx.$queryRaw<Held[]>`
            SELECT id, balance, version FROM ledger_accounts
            WHERE id IN (${legs[0]?.accountId}, ${legs[1]?.accountId}) ORDER BY id FOR UPDATE`;
          const transaction = await tx.ledgerTransaction.create({
            data: { id: uuidv7(), kind: 'order_captured', legs: 2, sourceId: orderId },
          });
          for (const leg of legs) {
            const account = held.find((row) => row.id === leg.accountId);
            if (!account) throw new Error(`account ${leg.accountId} does not exist`);
            const moved = { version: account.version + 1n, balance: account.balance + leg.amountMinor };
            await tx.ledgerEntry.create({
              data: {
                ...leg,
                transactionId: transaction.id,
                accountSeq: moved.version,
                balanceAfter: moved.balance,
                currency: 'USD',
              },
            });
            await tx.ledgerAccount.update({ where: { id: leg.accountId }, data: moved });
          }
        },
        { maxWait: PATIENCE_MS, timeout: PATIENCE_MS },
      );
    },
    close: () => prisma.$disconnect(),
  };
}
