import { createHash } from 'node:crypto';
import { serve } from '@hono/node-server';
import { PrismaPg } from '@prisma/adapter-pg';
import { Hono } from 'hono';
import Stripe from 'stripe';
import { z } from 'zod';
import { config } from '#config';
import { psp } from '#psp';
import { PrismaClient } from '../../db/generated/client.ts';
import { createPayment, type PaymentRequest } from './create-payment.ts';
import { recordOutcome } from './record-outcome.ts';

/**
 * The same payment as most projects write it: a web framework, Prisma, an interactive transaction before and one after the call
 * to the provider. It authenticates, validates, keeps the books and checks webhooks, so that the comparison is fair; what it
 * lacks is batching, recovery and the database's own checks.
 */
const CONNECTIONS = 16;
const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: config().APP_DATABASE_URL, max: CONNECTIONS }),
});

const money = z.string().regex(/^\d{1,6}(\.\d{2})?$/);
const body = z.object({
  checkout_id: z.string().min(1).max(255),
  buyer_info: z.object({ user_id: z.string().min(1).max(64), email: z.email(), name: z.string().min(1).max(200) }),
  credit_card_info: z.object({ token: z.string().regex(/^(tok|pm)_/), last4: z.string().length(4) }),
  payment_orders: z
    .array(
      z.object({
        payment_order_id: z.string().min(1).max(255),
        seller_account: z.string().min(1).max(64),
        amount: money,
        currency: z.literal('USD'),
      }),
    )
    .length(1),
});

const app = new Hono();
app.get('/health', (c) => c.text('ok'));

app.post('/api/v1/payments', async (c) => {
  const key = c.req.header('authorization')?.replace('Bearer ', '') ?? '';
  const caller = await prisma.apiKey.findUnique({ where: { keyHash: createHash('sha256').update(key).digest() } });
  if (!caller || caller.revokedAt) return c.json({ code: 'unauthenticated' }, 401);
  const parsed = body.safeParse(await c.req.json());
  if (!parsed.success) return c.json({ code: 'validation_failed', errors: parsed.error.issues }, 400);
  const request = toRequest(parsed.data);
  if (await prisma.paymentEvent.findUnique({ where: { checkoutId: request.checkoutId } }))
    return c.json({ code: 'duplicate' }, 409);

  const attemptId = await createPayment(prisma, `key:${caller.id}`, request);
  const outcome = await psp().charge({
    attemptId,
    checkoutId: request.checkoutId,
    orderIds: [request.orderId],
    amount: { amountMinor: request.amountMinor, currency: 'USD' },
    paymentMethod: request.token,
  });
  const status = await recordOutcome(prisma, attemptId, outcome);
  return c.json({
    checkout_id: request.checkoutId,
    payment_event_status: status,
    payment_orders: [{ payment_order_id: request.orderId, status }],
  });
});

app.post('/api/webhooks/psp', async (c) => {
  const raw = Buffer.from(await c.req.arrayBuffer());
  const event = Stripe.webhooks.constructEvent(
    raw,
    c.req.header('stripe-signature') ?? '',
    config().PSP_WEBHOOK_SECRET,
  );
  const attemptId = 'metadata' in event.data.object ? event.data.object.metadata?.attempt_id : undefined;
  if (attemptId) await prisma.paymentAttempt.findUnique({ where: { id: attemptId } });
  return c.json({ received: true });
});

serve({ fetch: app.fetch, port: config().API_PORT });

function toRequest(data: z.output<typeof body>): PaymentRequest {
  const [order] = data.payment_orders;
  if (!order) throw new Error('one order was parsed');
  const [units = '0', cents = '00'] = order.amount.split('.');
  return {
    checkoutId: data.checkout_id,
    orderId: order.payment_order_id,
    sellerId: order.seller_account,
    amountMinor: BigInt(units) * 100n + BigInt(cents),
    buyer: { id: data.buyer_info.user_id, email: data.buyer_info.email, name: data.buyer_info.name },
    token: data.credit_card_info.token,
    last4: data.credit_card_info.last4,
  };
}
