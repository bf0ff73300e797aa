import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { type PaymentRequest, takePayment } from '#payments';
import type { ApiEnv } from '../context.ts';
import { idempotently } from '../idempotently.ts';
import { readPreference } from '../prefer.ts';
import {
  AMOUNT_PROBLEMS,
  BODY_PROBLEMS,
  idempotencyKeyHeader,
  KEY_PROBLEMS,
  locationHeader,
  PROVIDER_PROBLEMS,
  preferHeader,
  problems,
} from '../route-parts.ts';
import { payment, settledPayment } from '../schemas/answers.ts';
import { type PaymentBody, paymentRequest } from '../schemas/requests.ts';
import { answerPayment } from './payment-answer.ts';

const route = createRoute({
  method: 'post',
  path: '/payments',
  tags: ['Payments'],
  summary: 'Create a payment',
  description:
    'Charges each payment order of a checkout to a tokenised card and credits its seller. Safe to repeat: `checkout_id` and `payment_order_id` are idempotency keys for ever; the same request again answers the stored result.',
  request: {
    headers: z.object({ prefer: preferHeader, 'idempotency-key': idempotencyKeyHeader }),
    body: { required: true, content: { 'application/json': { schema: paymentRequest } } },
  },
  responses: {
    200: {
      description: 'The outcome, when `Prefer: wait=N` was sent and it was there in time.',
      headers: locationHeader,
      content: { 'application/json': { schema: settledPayment } },
    },
    202: {
      description: 'Accepted. Each order shows the state it has reached.',
      headers: locationHeader,
      content: { 'application/json': { schema: payment } },
    },
    ...problems(...BODY_PROBLEMS, ...AMOUNT_PROBLEMS, ...KEY_PROBLEMS, 'idempotency_mismatch', ...PROVIDER_PROBLEMS),
  },
});

export function registerCreatePayment(api: OpenAPIHono<ApiEnv>): void {
  api.openapi(route, (c) => {
    const body = c.req.valid('json');
    const preference = readPreference(c.req.header('prefer'));
    return idempotently(c, body, async (keyed) => {
      const taken = await takePayment(toPaymentRequest(body), c.var.principal, {
        waitMs: preference.waitMs,
        patient: preference.wantsOutcome,
        keyed,
      });
      if (taken.replayed) c.header('idempotent-replayed', 'true');
      return answerPayment(c, taken.checkout, taken.settled, preference);
    });
  });
}

/** The request in the terms of the payments module. */
export function toPaymentRequest(body: PaymentBody): PaymentRequest {
  const { buyer_info: buyer, credit_card_info: card } = body;
  return {
    checkoutId: body.checkout_id,
    buyer: { userId: buyer.user_id, email: buyer.email, name: buyer.name },
    payment: card,
    orders: body.payment_orders.map((order) => ({
      paymentOrderId: order.payment_order_id,
      sellerAccount: order.seller_account,
      amount: order.money,
      description: order.description,
    })),
  };
}
