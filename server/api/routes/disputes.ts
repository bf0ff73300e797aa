import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { answerDispute, type DisputeView, getDispute, listDisputes } from '#disputes';
import type { ApiContext, ApiEnv } from '../context.ts';
import { idempotently } from '../idempotently.ts';
import { BODY_PROBLEMS, idempotencyKeyHeader, KEY_PROBLEMS, pathId, problems } from '../route-parts.ts';
import { dispute, disputesPage, disputesQuery, evidenceRequest } from '../schemas/disputes.ts';

const params = pathId('dispute_id', 'dsp_019b76da8c107000a1b2c3d4e5f60718');
const headers = z.object({ 'idempotency-key': idempotencyKeyHeader });
const shown = { description: 'As it stands now.', content: { 'application/json': { schema: dispute } } };
const accepted = {
  description: 'Written down; it is sent to the provider next.',
  content: { 'application/json': { schema: dispute } },
};

const list = createRoute({
  method: 'get',
  path: '/disputes',
  tags: ['Disputes'],
  summary: 'List disputes',
  description: 'Of the payments made with this API key, newest first.',
  request: { query: disputesQuery },
  responses: {
    200: { description: 'A page of disputes.', content: { 'application/json': { schema: disputesPage } } },
    ...problems('validation_failed'),
  },
});

const read = createRoute({
  method: 'get',
  path: '/disputes/{dispute_id}',
  tags: ['Disputes'],
  summary: 'Read a dispute',
  description: 'With its deadline, its orders and its history. Those of other API keys are not found.',
  request: { params },
  responses: { 200: shown, ...problems('not_found', 'validation_failed') },
});

const submit = createRoute({
  method: 'post',
  path: '/disputes/{dispute_id}/evidence',
  tags: ['Disputes'],
  summary: 'Submit evidence',
  description:
    'Says why the payment was right, to an inquiry or to a dispute: once to each, until its deadline, and anew when the provider refused it. Afterwards the bank decides.',
  request: {
    headers,
    params,
    body: { required: true, content: { 'application/json': { schema: evidenceRequest } } },
  },
  responses: {
    202: accepted,
    ...problems(...BODY_PROBLEMS, ...KEY_PROBLEMS, 'not_found', 'dispute_not_answerable'),
  },
});

const accept = createRoute({
  method: 'post',
  path: '/disputes/{dispute_id}/accept',
  tags: ['Disputes'],
  summary: 'Accept a dispute',
  description: 'Gives it up: the buyer keeps the money. It cannot be taken back.',
  request: { headers, params },
  responses: {
    202: accepted,
    ...problems(...KEY_PROBLEMS, 'not_found', 'dispute_not_answerable', 'validation_failed'),
  },
});

export function registerDisputes(api: OpenAPIHono<ApiEnv>): void {
  api.openapi(list, async (c) => {
    const { of, status, cursor, limit } = c.req.valid('query');
    const states = status && [status];
    const { rows, nextCursor } = await listDisputes({ principal: c.var.principal, of, states, cursor, limit });
    return c.json({ disputes: rows.map(presentDispute), has_more: nextCursor !== null, next_cursor: nextCursor }, 200);
  });

  api.openapi(read, async (c) => c.json(await shownTo(c, c.req.valid('param').dispute_id), 200));

  api.openapi(submit, (c) => {
    const { dispute_id: id } = c.req.valid('param');
    const { evidence } = c.req.valid('json');
    return idempotently(c, [id, evidence], async (keyed) => {
      await answerDispute(id, { evidence, actor: c.var.principal }, { principal: c.var.principal }, keyed);
      return c.json(await shownTo(c, id), 202);
    });
  });

  api.openapi(accept, (c) => {
    const { dispute_id: id } = c.req.valid('param');
    return idempotently(c, [id], async (keyed) => {
      await answerDispute(id, { evidence: null, actor: c.var.principal }, { principal: c.var.principal }, keyed);
      return c.json(await shownTo(c, id), 202);
    });
  });
}

async function shownTo(c: ApiContext, id: string) {
  return presentDispute(await getDispute(id, { principal: c.var.principal }));
}

function presentDispute(view: DisputeView): z.input<typeof dispute> {
  return {
    dispute_id: view.id,
    checkout_id: view.checkoutId,
    status: view.state,
    reason: view.reason,
    amount: view.amount,
    currency: view.currency,
    withdrawn: view.withdrawn,
    fee: view.fee,
    reinstated: view.reinstated,
    evidence_due_by: view.dueBy?.toISOString() ?? null,
    answerable: view.answerable,
    payment_orders: view.orders.map(({ paymentOrderId, sellerId, disputed, share }) => ({
      payment_order_id: paymentOrderId,
      seller_account: sellerId,
      disputed,
      seller_share: share,
    })),
    responses: view.responses.map(({ stage, kind, createdAt, sentAt, error }) => ({
      stage,
      kind,
      created_at: createdAt.toISOString(),
      sent_at: sentAt?.toISOString() ?? null,
      error,
    })),
    opened_at: view.openedAt.toISOString(),
    finished_at: view.finishedAt?.toISOString() ?? null,
    history: view.steps.map(({ from, to, reason, at }) => ({ from, to, reason, at: at.toISOString() })),
  };
}
