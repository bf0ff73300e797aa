import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { findPayment } from '#payments';
import type { ApiEnv } from '../context.ts';
import { presentPayment, presentSingleOrder } from '../present.ts';
import { pathId, problems } from '../route-parts.ts';
import { settledPayment, singleOrder } from '../schemas/answers.ts';

const route = createRoute({
  method: 'get',
  path: '/payments/{payment_id}',
  tags: ['Payments'],
  summary: 'Read a payment',
  description:
    'By payment order id: that order. By checkout id: the checkout with all its orders. Ids of other API keys are not found.',
  request: { params: pathId('payment_id', 'order_xyz789') },
  responses: {
    200: {
      description: 'As it stands now.',
      content: { 'application/json': { schema: z.union([singleOrder, settledPayment]) } },
    },
    ...problems('not_found', 'validation_failed'),
  },
});

export function registerGetPayment(api: OpenAPIHono<ApiEnv>): void {
  api.openapi(route, async (c) => {
    const { payment_id: id } = c.req.valid('param');
    const view = await findPayment(id, c.var.principal);
    const order = view.orders.find((one) => one.paymentOrderId === id);
    return c.json(order ? presentSingleOrder(view, order) : presentPayment(view), 200);
  });
}
