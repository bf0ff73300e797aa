import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { getRefund, listRefunds, type RefundState, type RefundView, requestRefund } from '#refunds';
import type { ApiEnv } from '../context.ts';
import { idempotently } from '../idempotently.ts';
import {
  AMOUNT_PROBLEMS,
  BODY_PROBLEMS,
  idempotencyKeyHeader,
  KEY_PROBLEMS,
  pathId,
  problems,
} from '../route-parts.ts';
import { refund, refundRequest, refundsPage, refundsQuery, refundsRequested } from '../schemas/refunds.ts';

const request = createRoute({
  method: 'post',
  path: '/payments/{payment_id}/refunds',
  tags: ['Refunds'],
  summary: 'Refund a payment',
  description:
    'Gives money of a paid order back to the buyer, in full or in parts; by checkout id it is spread over its orders. What is asked for is set aside at once: all refunds together never come to more than was taken. It is sent to the provider next; read the refund for its outcome.',
  request: {
    headers: z.object({ 'idempotency-key': idempotencyKeyHeader }),
    params: pathId('payment_id', 'order_xyz789'),
    body: { required: true, content: { 'application/json': { schema: refundRequest } } },
  },
  responses: {
    202: {
      description: 'Asked for: one refund per order.',
      content: { 'application/json': { schema: refundsRequested } },
    },
    ...problems(
      ...BODY_PROBLEMS,
      ...AMOUNT_PROBLEMS,
      ...KEY_PROBLEMS,
      'not_found',
      'refund_not_allowed',
      'refund_exceeds_captured',
    ),
  },
});

const list = createRoute({
  method: 'get',
  path: '/refunds',
  tags: ['Refunds'],
  summary: 'List refunds',
  description: 'Of the payments made with this API key, newest first. Refunds made while you page never shift a page.',
  request: { query: refundsQuery },
  responses: {
    200: { description: 'A page of refunds.', content: { 'application/json': { schema: refundsPage } } },
    ...problems('validation_failed'),
  },
});

const read = createRoute({
  method: 'get',
  path: '/refunds/{refund_id}',
  tags: ['Refunds'],
  summary: 'Read a refund',
  description: 'With its history. Those of other API keys are not found.',
  request: { params: pathId('refund_id', 'rfd_019b76da8c107000a1b2c3d4e5f60718') },
  responses: {
    200: { description: 'As it stands now.', content: { 'application/json': { schema: refund } } },
    ...problems('not_found', 'validation_failed'),
  },
});

/** Most refunds that one request makes: one per order of a checkout. */
const MAX_PER_REQUEST = 100;

export function registerRefunds(api: OpenAPIHono<ApiEnv>): void {
  api.openapi(request, (c) => {
    const { payment_id: paymentId } = c.req.valid('param');
    const body = c.req.valid('json');
    const { principal } = c.var;
    return idempotently(c, [paymentId, body], async (keyed) => {
      const { money: amount, remainder_to: remainderTo, reason, note } = body;
      const wish = { paymentId, amount, remainderTo, reason, note, actor: principal };
      const requestId = await requestRefund(wish, { principal }, keyed);
      const { rows } = await listRefunds({ principal, of: requestId, limit: MAX_PER_REQUEST });
      return c.json({ request_id: requestId, refunds: rows.map(presentRefund) }, 202);
    });
  });

  api.openapi(list, async (c) => {
    const { of, status, cursor, limit } = c.req.valid('query');
    const states = status === 'SUBMITTED' ? (['SUBMITTED', 'UNKNOWN'] as const) : status && [status];
    const { rows, nextCursor } = await listRefunds({ principal: c.var.principal, of, states, cursor, limit });
    return c.json({ refunds: rows.map(presentRefund), has_more: nextCursor !== null, next_cursor: nextCursor }, 200);
  });

  api.openapi(read, async (c) => {
    const { refund_id: id } = c.req.valid('param');
    return c.json(presentRefund(await getRefund(id, { principal: c.var.principal })), 200);
  });
}

function presentRefund(view: RefundView): z.input<typeof refund> {
  return {
    refund_id: view.id,
    request_id: view.requestId,
    checkout_id: view.checkoutId,
    payment_order_id: view.paymentOrderId,
    status: shown(view.state),
    ...(view.state === 'UNKNOWN' && { unknown: true as const }),
    ...(view.waitsForFunds && { waits_for_funds: true as const }),
    amount: view.amount,
    currency: view.currency,
    seller_share: view.sellerShare,
    commission_returned: view.commission,
    reason: view.reason,
    note: view.note,
    error: view.error,
    created_at: view.createdAt.toISOString(),
    finished_at: view.finishedAt?.toISOString() ?? null,
    history: view.steps.map(({ from, to, reason, at }) => ({
      from: shown(from),
      to: shown(to),
      reason,
      at: at.toISOString(),
    })),
  };
}

function shown(state: RefundState) {
  return state === 'UNKNOWN' ? 'SUBMITTED' : state;
}
