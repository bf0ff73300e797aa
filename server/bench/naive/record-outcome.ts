import { uuidv7 } from '#kernel';
import type { Outcome } from '#psp';
import { Prisma, type PrismaClient } from '../../db/generated/client.ts';
import { PATIENCE } from './create-payment.ts';

type Tx = Prisma.TransactionClient;

interface Account {
  readonly kind: string;
  readonly ownerId: string;
  readonly balanceRule: 'either' | 'credit';
}

interface Held {
  readonly id: bigint;
  readonly code: string;
  readonly balance: bigint;
  readonly version: bigint;
}

/** Records what the provider answered: state, history, capture, ledger, balances and outbox in one transaction. */
export async function recordOutcome(prisma: PrismaClient, attemptId: string, outcome: Outcome): Promise<string> {
  if (outcome.kind !== 'succeeded') return 'EXECUTING';
  const { order } = await prisma.attemptOrder.findFirstOrThrow({
    where: { attemptId },
    include: { order: { include: { event: true } } },
  });
  const accounts: Account[] = [
    { kind: 'buyer', ownerId: order.event.buyerUserId, balanceRule: 'either' },
    { kind: 'seller_pending', ownerId: order.sellerId, balanceRule: 'credit' },
    { kind: 'platform_fees', ownerId: 'platform', balanceRule: 'either' },
  ];
  await openAccounts(prisma, accounts);
  const { paymentOrderId, amountMinor, commissionMinor } = order;
  const amounts = [amountMinor, commissionMinor - amountMinor, -commissionMinor];
  await prisma.$transaction(async (tx) => {
    await post(tx, paymentOrderId, accounts, amounts);
    await tx.orderTransition.create({
      data: {
        paymentOrderId,
        seq: 2,
        fromState: 'EXECUTING',
        toState: 'SUCCESS',
        reason: 'captured by the provider',
        attemptId,
        actor: 'api',
      },
    });
    await tx.paymentOrder.update({ where: { paymentOrderId }, data: { state: 'SUCCESS', stateSeq: 2 } });
    await tx.capture.create({
      data: { paymentOrderId, attemptId, pspChargeId: outcome.chargeId, amountMinor, currency: 'USD' },
    });
    await tx.paymentAttempt.update({
      where: { id: attemptId },
      data: { state: 'SUCCEEDED', pspPaymentId: outcome.pspPaymentId, resolveAt: null, finishedAt: new Date() },
    });
    await tx.outbox.create({
      data: { topic: 'payment_order.updated', key: paymentOrderId, payload: { attemptId, state: 'SUCCESS' } },
    });
  }, PATIENCE);
  return 'SUCCESS';
}

async function openAccounts(prisma: PrismaClient, accounts: readonly Account[]): Promise<void> {
  const codes = accounts.map(codeOf);
  if ((await prisma.ledgerAccount.count({ where: { code: { in: codes } } })) === codes.length) return;
  await prisma.ledgerAccount.createMany({
    data: accounts.map((account) => ({ ...account, code: codeOf(account), currency: 'USD' })),
    skipDuplicates: true,
  });
}

/** Locks the accounts in id order, then writes the transaction, its entries and the balances row by row. */
async function post(tx: Tx, sourceId: string, accounts: readonly Account[], amounts: readonly bigint[]): Promise<void> {
  const legs = accounts
    .map((account, index) => ({ code: codeOf(account), amountMinor: amounts[index] ?? 0n }))
    .filter((leg) => leg.amountMinor !== 0n);
  const held = await tx.$queryRaw<Held[]>`
    SELECT id, code, balance, version FROM ledger_accounts
    WHERE code IN (${Prisma.join(legs.map((leg) => leg.code))}) ORDER BY id FOR UPDATE`;
  const transaction = await tx.ledgerTransaction.create({
    data: { id: uuidv7(), kind: 'order_captured', legs: legs.length, sourceId },
  });
  for (const { code, amountMinor } of legs) {
    const account = held.find((row) => row.code === code);
    if (!account) throw new Error(`${code} was opened`);
    const moved = { version: account.version + 1n, balance: account.balance + amountMinor };
    await tx.ledgerEntry.create({
      data: {
        accountId: account.id,
        accountSeq: moved.version,
        transactionId: transaction.id,
        amountMinor,
        balanceAfter: moved.balance,
        currency: 'USD',
      },
    });
    await tx.ledgerAccount.update({ where: { id: account.id }, data: moved });
  }
}

function codeOf({ kind, ownerId }: Account): string {
  return `${kind}:${ownerId}:USD`;
}
