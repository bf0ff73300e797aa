import { createHash } from 'node:crypto';
import { newId, splitCommission } from '#kernel';
import type { PaymentBody } from '../../api/schemas/requests.ts';
import type { PrismaClient } from '../../db/generated/client.ts';

export interface NaiveAttempt {
  readonly id: string;
  readonly checkoutId: string;
  readonly buyerId: string;
  readonly order: {
    readonly paymentOrderId: string;
    readonly lineNo: number;
    readonly sellerId: string;
    readonly amountMinor: bigint;
    readonly commissionMinor: bigint;
    readonly currency: string;
  };
}

/** What the platform's own plan asks for. */
const COMMISSION_BPS = 250;

/** Longest wait for a connection and longest transaction, in milliseconds: the bench must not fail for being slow. */
export const PATIENCE = { maxWait: 30_000, timeout: 30_000 };

/** Writes checkout, orders and attempts in one transaction before the provider hears of them. */
export async function createPayment(
  prisma: PrismaClient,
  principal: string,
  body: PaymentBody,
): Promise<readonly NaiveAttempt[] | 'duplicate'> {
  const { checkout_id: checkoutId, buyer_info: buyer, credit_card_info: card } = body;
  return prisma.$transaction(async (tx) => {
    if (await tx.paymentEvent.findUnique({ where: { checkoutId } })) return 'duplicate';
    const sellerIds = body.payment_orders.map((order) => order.seller_account);
    const sellers = await tx.seller.findMany({ where: { id: { in: sellerIds } } });
    const attempts = body.payment_orders.map(({ payment_order_id, seller_account, money }, index): NaiveAttempt => {
      const { amountMinor, currency } = money;
      const seller = sellers.find(({ id }) => id === seller_account);
      if (!seller) throw new Error(`there is no seller ${seller_account}`);
      const { commissionMinor } = splitCommission(amountMinor, COMMISSION_BPS);
      const order = { paymentOrderId: payment_order_id, lineNo: index + 1, sellerId: seller.id, amountMinor, currency };
      return { id: newId('att'), checkoutId, buyerId: buyer.user_id, order: { ...order, commissionMinor } };
    });
    await tx.paymentEvent.create({
      data: {
        checkoutId,
        principal,
        flow: 'direct',
        requestHash: createHash('sha256').update(checkoutId).digest(),
        buyerUserId: buyer.user_id,
        buyerEmail: buyer.email,
        buyerName: buyer.name,
      },
    });
    await tx.paymentOrder.createMany({
      data: attempts.map(({ order }) => ({ ...order, checkoutId, state: 'EXECUTING', stateSeq: 1 })),
    });
    await tx.orderTransition.createMany({ data: attempts.map(firstTransition) });
    await tx.paymentAttempt.createMany({
      data: attempts.map(({ id, order: { amountMinor, currency } }) => ({
        ...{ id, checkoutId, amountMinor, currency, attemptNo: 1, kind: 'direct' },
        ...{ paymentMethod: card.token, cardLast4: card.last4 ?? null, resolveAt: new Date(Date.now() + 15_000) },
      })),
    });
    await tx.attemptOrder.createMany({
      data: attempts.map(({ id, order: { paymentOrderId } }) => ({ attemptId: id, paymentOrderId })),
    });
    return attempts;
  }, PATIENCE);
}

function firstTransition({ id, order: { paymentOrderId } }: NaiveAttempt) {
  const [fromState, toState] = ['NOT_STARTED', 'EXECUTING'];
  return { paymentOrderId, seq: 1, fromState, toState, reason: 'payment started', attemptId: id, actor: 'api' };
}
