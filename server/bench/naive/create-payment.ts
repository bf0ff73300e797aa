import { createHash } from 'node:crypto';
import { newId } from '#kernel';
import type { PrismaClient } from '../../db/generated/client.ts';

export interface PaymentRequest {
  readonly checkoutId: string;
  readonly orderId: string;
  readonly sellerId: string;
  readonly amountMinor: bigint;
  readonly buyer: { readonly id: string; readonly email: string; readonly name: string };
  readonly token: string;
  readonly last4: string;
}

const COMMISSION_BPS = 250n;
/** Longest wait for a connection and for the work, in milliseconds. */
export const PATIENCE = { maxWait: 30_000, timeout: 30_000 };

/** Writes the payment before the provider hears of it; answers the attempt's id. */
export async function createPayment(prisma: PrismaClient, principal: string, request: PaymentRequest): Promise<string> {
  const attemptId = newId('att');
  const { checkoutId, orderId, sellerId, amountMinor, buyer } = request;
  const known = await prisma.seller.findUnique({ where: { id: sellerId } });
  if (!known) await prisma.seller.createMany({ data: [{ id: sellerId, displayName: sellerId }], skipDuplicates: true });
  await prisma.$transaction(async (tx) => {
    await tx.paymentEvent.create({
      data: {
        checkoutId,
        principal,
        flow: 'direct',
        requestHash: createHash('sha256').update(checkoutId).digest(),
        buyerUserId: buyer.id,
        buyerEmail: buyer.email,
        buyerName: buyer.name,
      },
    });
    await tx.paymentOrder.create({
      data: {
        paymentOrderId: orderId,
        checkoutId,
        lineNo: 1,
        sellerId,
        amountMinor,
        currency: 'USD',
        commissionMinor: (amountMinor * COMMISSION_BPS) / 10_000n,
        state: 'EXECUTING',
        stateSeq: 1,
      },
    });
    await tx.orderTransition.create({
      data: {
        paymentOrderId: orderId,
        seq: 1,
        fromState: 'NOT_STARTED',
        toState: 'EXECUTING',
        reason: 'payment started',
        attemptId,
        actor: 'api',
      },
    });
    await tx.paymentAttempt.create({
      data: {
        id: attemptId,
        checkoutId,
        attemptNo: 1,
        kind: 'direct',
        amountMinor,
        currency: 'USD',
        paymentMethod: request.token,
        cardLast4: request.last4,
        resolveAt: new Date(Date.now() + 15_000),
      },
    });
    await tx.attemptOrder.create({ data: { attemptId, paymentOrderId: orderId } });
  }, PATIENCE);
  return attemptId;
}
