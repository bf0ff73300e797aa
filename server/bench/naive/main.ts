import { createHash } from 'node:crypto';
import { Agent } from 'node:http';
import { serve } from '@hono/node-server';
import { PrismaPg } from '@prisma/adapter-pg';
import { Hono } from 'hono';
import Stripe from 'stripe';
import { config } from '#config';
import { paymentRequest } from '../../api/schemas/requests.ts';
import { PrismaClient } from '../../db/generated/client.ts';
import { createPayment, type NaiveAttempt } from './create-payment.ts';
import { recordCharge } from './record-charge.ts';

/**
 * The same payment as most projects write it: a web framework, Prisma, one interactive transaction before and one after the
 * call to the provider. It authenticates, validates by the same schema, keeps the same rows and balances and verifies webhooks,
 * so that the comparison is fair; what it lacks is batching, recovery and the checks of the database.
 */
const CONNECTIONS = 16;
const PSP_SOCKETS = 128;

const { APP_DATABASE_URL, API_PORT, PSP_BASE_URL, PSP_SECRET_KEY, PSP_WEBHOOK_SECRET } = config();
const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: APP_DATABASE_URL, max: CONNECTIONS }) });
const provider = new URL(PSP_BASE_URL);
const stripe = new Stripe(PSP_SECRET_KEY, {
  host: provider.hostname,
  port: provider.port,
  protocol: 'http',
  httpAgent: new Agent({ keepAlive: true, maxSockets: PSP_SOCKETS }),
  maxNetworkRetries: 0,
  telemetry: false,
});

const app = new Hono();
app.get('/api/health/ready', (c) => c.text('ok'));

app.post('/api/v1/payments', async (c) => {
  const key = c.req.header('authorization')?.replace('Bearer ', '') ?? '';
  const caller = await prisma.apiKey.findUnique({ where: { keyHash: createHash('sha256').update(key).digest() } });
  if (!caller || caller.revokedAt) return c.json({ code: 'unauthenticated' }, 401);
  const parsed = paymentRequest.safeParse(await c.req.json());
  if (!parsed.success) return c.json({ code: 'validation_failed', errors: parsed.error.issues }, 400);
  const body = parsed.data;

  const attempts = await createPayment(prisma, `key:${caller.id}`, body);
  if (attempts === 'duplicate') return c.json({ code: 'idempotency_mismatch' }, 409);
  const orders = await Promise.all(attempts.map((attempt) => pay(attempt, body.credit_card_info.token)));
  const answer = { checkout_id: body.checkout_id, payment_event_status: 'PROCESSING', payment_orders: orders };
  return c.json(answer, 202);
});

app.post('/api/webhooks/psp', async (c) => {
  const signature = c.req.header('stripe-signature') ?? '';
  const raw = Buffer.from(await c.req.arrayBuffer());
  const { data } = stripe.webhooks.constructEvent(raw, signature, PSP_WEBHOOK_SECRET);
  const attemptId = 'metadata' in data.object ? data.object.metadata?.attempt_id : undefined;
  // What a webhook tells of a payment by token is known already: one look shows that there is nothing to do.
  if (attemptId) await prisma.paymentAttempt.findUnique({ where: { id: attemptId } });
  return c.json({ received: true });
});

const server = serve({ fetch: app.fetch, port: API_PORT });
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => server.close(() => void prisma.$disconnect().then(() => process.exit(0))));
}

async function pay(attempt: NaiveAttempt, token: string) {
  const { id, order, checkoutId } = attempt;
  const metadata = { attempt_id: id, checkout_id: checkoutId, order_ids: order.paymentOrderId };
  const intent = await stripe.paymentIntents.create(
    {
      amount: Number(order.amountMinor),
      currency: order.currency.toLowerCase(),
      payment_method: token,
      confirm: true,
      metadata,
    },
    { idempotencyKey: id },
  );
  const charged = intent.status === 'succeeded' && typeof intent.latest_charge === 'string';
  if (charged) await recordCharge(prisma, attempt, { paymentId: intent.id, chargeId: String(intent.latest_charge) });
  return {
    payment_order_id: order.paymentOrderId,
    status: charged ? 'SUCCESS' : 'EXECUTING',
    wallet_updated: charged,
    ledger_updated: charged,
  };
}
