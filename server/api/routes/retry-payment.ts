import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { retryPayment } from '#payments';
import type { ApiEnv } from '../context.ts';
import { idempotently } from '../idempotently.ts';
import { readPreference } from '../prefer.ts';
import {
  BODY_PROBLEMS,
  idempotencyKeyHeader,
  KEY_PROBLEMS,
  locationHeader,
  PROVIDER_PROBLEMS,
  pathId,
  preferHeader,
  problems,
} from '../route-parts.ts';
import { payment, settledPayment } from '../schemas/answers.ts';
import { retryRequest } from '../schemas/requests.ts';
import { answerPayment, isSettled } from './payment-answer.ts';

const route = createRoute({
  method: 'post',
  path: '/payments/{payment_order_id}/retry',
  tags: ['Payments'],
  summary: 'Retry a failed payment order',
  description:
    'Pays an order whose last attempt was declined, with another card: FAILED → EXECUTING as the next attempt. Send an `Idempotency-Key`, so that asking again never opens another.',
  request: {
    headers: z.object({ prefer: preferHeader, 'idempotency-key': idempotencyKeyHeader }),
    params: pathId('payment_order_id', 'order_xyz789'),
    body: { required: true, content: { 'application/json': { schema: retryRequest } } },
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
    ...problems(...BODY_PROBLEMS, ...KEY_PROBLEMS, 'not_found', 'checkout_not_payable', ...PROVIDER_PROBLEMS),
  },
});

export function registerRetryPayment(api: OpenAPIHono<ApiEnv>): void {
  api.openapi(route, (c) => {
    const { payment_order_id: id } = c.req.valid('param');
    const { credit_card_info: card } = c.req.valid('json');
    const preference = readPreference(c.req.header('prefer'));
    return idempotently(c, [id, card], async (keyed) => {
      const view = await retryPayment(id, card, c.var.principal, {
        waitMs: preference.waitMs,
        patient: preference.wantsOutcome,
        keyed,
      });
      return answerPayment(c, view, isSettled(view), preference);
    });
  });
}
