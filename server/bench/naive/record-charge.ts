import { uuidv7 } from '#kernel';
import { Prisma, type PrismaClient } from '../../db/generated/client.ts';
import { type NaiveAttempt, PATIENCE } from './create-payment.ts';

interface Held {
  readonly id: bigint;
  readonly code: string;
  readonly balance: bigint;
  readonly version: bigint;
}

/** Records a charge: state, history, capture, outbox, ledger and balances in one transaction. */
export async function recordCharge(
  prisma: PrismaClient,
  { id, buyerId, order }: NaiveAttempt,
  { paymentId, chargeId }: { readonly paymentId: string; readonly chargeId: string },
): Promise<void> {
  const { paymentOrderId, amountMinor, commissionMinor, currency } = order;
  await prisma.$transaction(async (tx) => {
    const [current] = await tx.$queryRaw<{ state: string }[]>`
      SELECT state FROM payment_orders WHERE payment_order_id = ${paymentOrderId} FOR UPDATE`;
    if (current?.state !== 'EXECUTING') return;
    await tx.paymentOrder.update({ where: { paymentOrderId }, data: { state: 'SUCCESS', stateSeq: 2 } });
    const [fromState, toState, reason] = ['EXECUTING', 'SUCCESS', 'captured'];
    await tx.orderTransition.create({
      data: { paymentOrderId, seq: 2, fromState, toState, reason, attemptId: id, actor: 'api' },
    });
    await tx.paymentAttempt.update({
      where: { id },
      data: { state: 'SUCCEEDED', tries: 1, pspPaymentId: paymentId, resolveAt: null, finishedAt: new Date() },
    });
    await tx.capture.create({
      data: { paymentOrderId, attemptId: id, pspChargeId: chargeId, amountMinor, currency },
    });
    const payload = { payment_order_id: paymentOrderId, state: 'SUCCESS' };
    await tx.outbox.create({ data: { topic: 'payment_order.updated', key: paymentOrderId, payload } });
    // Last, since every payment waits for the platform's account: the shorter it is held, the better for this way.
    await post(tx, paymentOrderId, currency, [
      { code: `buyer:${buyerId}:${currency}`, amountMinor },
      { code: `seller_pending:${order.sellerId}:${currency}`, amountMinor: commissionMinor - amountMinor },
      { code: `platform_fees:platform:${currency}`, amountMinor: -commissionMinor },
    ]);
  }, PATIENCE);
}

interface Leg {
  readonly code: string;
  readonly amountMinor: bigint;
}

/** Locks the accounts in id order, then writes the transaction, its entries and each balance. */
async function post(tx: Prisma.TransactionClient, sourceId: string, currency: string, all: Leg[]): Promise<void> {
  const legs = all.filter((leg) => leg.amountMinor !== 0n);
  const transactionId = uuidv7();
  await tx.ledgerTransaction.create({
    data: { id: transactionId, kind: 'order_captured', legs: legs.length, sourceId },
  });
  const held = await tx.$queryRaw<Held[]>`
    SELECT id, code, balance, version FROM ledger_accounts
    WHERE code IN (${Prisma.join(legs.map((leg) => leg.code))}) ORDER BY id FOR UPDATE`;
  const moves = legs.map(({ code, amountMinor }) => {
    const account = held.find((row) => row.code === code);
    if (!account) throw new Error(`there is no account ${code}`);
    return { id: account.id, amountMinor, version: account.version + 1n, balance: account.balance + amountMinor };
  });
  await tx.ledgerEntry.createMany({
    data: moves.map(({ id, amountMinor, version, balance }) => ({
      ...{ accountId: id, accountSeq: version, transactionId, amountMinor, balanceAfter: balance, currency },
    })),
  });
  for (const { id, version, balance } of moves)
    await tx.ledgerAccount.update({ where: { id }, data: { version, balance } });
}
