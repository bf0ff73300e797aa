import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError } from '#kernel';
import { cancelCheckout, createCheckout, getCheckout, readCheckout, startHostedPayment } from '#payments';
import type { ApiEnv } from '../context.ts';
import { idempotently } from '../idempotently.ts';
import { presentCheckout } from '../present.ts';
import {
  AMOUNT_PROBLEMS,
  BODY_PROBLEMS,
  idempotencyKeyHeader,
  KEY_PROBLEMS,
  locationHeader,
  PROVIDER_PROBLEMS,
  pathId,
  problems,
} from '../route-parts.ts';
import { checkout } from '../schemas/answers.ts';
import { type CheckoutBody, checkoutRequest } from '../schemas/requests.ts';

const headers = z.object({ 'idempotency-key': idempotencyKeyHeader });
const params = pathId('checkout_id', 'checkout_abc123');
const content = { 'application/json': { schema: checkout } };

const create = createRoute({
  method: 'post',
  path: '/checkouts',
  tags: ['Checkouts'],
  summary: 'Open a hosted checkout',
  description:
    'The shopper pays on the page at `page_url`; card data never comes near your server or this one. Without ids of your own, send an `Idempotency-Key`.',
  request: { headers, body: { required: true, content: { 'application/json': { schema: checkoutRequest } } } },
  responses: {
    201: { description: 'Open. Send the shopper to `page_url`.', headers: locationHeader, content },
    ...problems(
      ...BODY_PROBLEMS,
      ...AMOUNT_PROBLEMS,
      'currency_mixed',
      ...KEY_PROBLEMS,
      'idempotency_mismatch',
      'checkout_not_payable',
      ...PROVIDER_PROBLEMS,
    ),
  },
});

const read = createRoute({
  method: 'get',
  path: '/checkouts/{checkout_id}',
  tags: ['Checkouts'],
  summary: 'Read a checkout',
  request: { params },
  responses: { 200: { description: 'As it stands now.', content }, ...problems('not_found', 'validation_failed') },
});

const cancel = createRoute({
  method: 'post',
  path: '/checkouts/{checkout_id}/cancel',
  tags: ['Checkouts'],
  summary: 'Cancel a checkout',
  description:
    'Closes the hosted page. A shopper who paid in that moment is not charged for nothing: the answer shows what happened.',
  request: { headers, params },
  responses: {
    200: { description: 'As it stands now.', content },
    ...problems(...KEY_PROBLEMS, 'not_found', 'checkout_not_payable', 'validation_failed', ...PROVIDER_PROBLEMS),
  },
});

export function registerCheckouts(api: OpenAPIHono<ApiEnv>): void {
  api.openapi(create, (c) => {
    const body = c.req.valid('json');
    return idempotently(c, body, async (keyed) => {
      const opened = await createCheckout(toCheckoutInput(body), c.var.principal, keyed);
      const pageUrl = opened.payable ? (await startHostedPayment(opened.checkoutId)).redirectUrl : null;
      c.header('location', `/api/v1/checkouts/${encodeURIComponent(opened.checkoutId)}`);
      return c.json(presentCheckout(await getCheckout(opened.checkoutId), pageUrl), 201);
    });
  });
  api.openapi(read, async (c) =>
    c.json(presentCheckout(await ownCheckout(c.req.valid('param').checkout_id, c.var.principal)), 200),
  );
  api.openapi(cancel, (c) => {
    const { checkout_id: id } = c.req.valid('param');
    return idempotently(c, id, async () => {
      await ownCheckout(id, c.var.principal);
      return c.json(presentCheckout(await cancelCheckout(id)), 200);
    });
  });
}

/** The principal's own checkout. Another principal's is not found, as if it did not exist. */
async function ownCheckout(id: string, principal: string) {
  const view = await readCheckout(id);
  if (view.principal !== principal) throw new AppError('not_found', 'There is no checkout with this id.');
  return view;
}

function toCheckoutInput(body: CheckoutBody): Parameters<typeof createCheckout>[0] {
  const { buyer_info: buyer } = body;
  return {
    checkoutId: body.checkout_id,
    buyer: { userId: buyer.user_id, email: buyer.email, name: buyer.name },
    orders: body.payment_orders.map((order) => ({
      paymentOrderId: order.payment_order_id,
      sellerAccount: order.seller_account,
      amount: order.money,
      description: order.description,
    })),
  };
}
