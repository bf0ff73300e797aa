import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError } from '#kernel';
import {
  addBankAccount,
  approvePayout,
  cancelPayout,
  getPayout,
  getPayoutSettings,
  listPayouts,
  payoutStatement,
  payoutStatementCsv,
  requestPayout,
} from '#payouts';
import type { ApiEnv } from '../context.ts';
import { idempotently } from '../idempotently.ts';
import { presentBank, presentPayout, presentStatement } from '../present-payout.ts';
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
import {
  bankAccount,
  bankAccountRequest,
  cancelPayoutRequest,
  payoutAnswer,
  payoutPage,
  payoutRequest,
  payoutStatementAnswer,
  payoutsQuery,
  statementQuery,
} from '../schemas/payouts.ts';

const tags = ['Payouts'];
const headers = z.object({ 'idempotency-key': idempotencyKeyHeader });
const params = pathId('payout_id', 'po_019b76da8c107000a1b2c3d4e5f60718');
const content = { 'application/json': { schema: payoutAnswer } };
const bodyOf = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } },
});

const create = createRoute({
  method: 'post',
  path: '/payouts',
  tags,
  summary: 'Pay a seller out',
  description:
    "Takes the amount out of what the seller has available and sends it to its bank; above the platform's limit once another principal has approved it. Send an `Idempotency-Key`, so that asking again never pays twice.",
  request: { headers, body: bodyOf(payoutRequest) },
  responses: {
    201: { description: 'Set aside; the bank is paid next.', headers: locationHeader, content },
    ...problems(
      ...BODY_PROBLEMS,
      ...AMOUNT_PROBLEMS,
      ...KEY_PROBLEMS,
      'not_found',
      'seller_not_payable',
      'payout_exceeds_available',
      'payout_below_minimum',
    ),
  },
});

const list = createRoute({
  method: 'get',
  path: '/payouts',
  tags,
  summary: 'List payouts',
  description: 'Newest first. Payouts made while you page never shift a page.',
  request: { query: payoutsQuery },
  responses: {
    200: { description: 'A page of payouts.', content: { 'application/json': { schema: payoutPage } } },
    ...problems('validation_failed'),
  },
});

const read = createRoute({
  method: 'get',
  path: '/payouts/{payout_id}',
  tags,
  summary: 'Read a payout',
  request: { params },
  responses: { 200: { description: 'As it stands now.', content }, ...problems('not_found', 'validation_failed') },
});

const statement = createRoute({
  method: 'get',
  path: '/payouts/{payout_id}/statement',
  tags,
  summary: "Read a payout's statement",
  description:
    'Every movement of what was available since the payout before, with what that one had left and what stays: the lines come to exactly the amount that goes to the bank.',
  request: { params, query: statementQuery },
  responses: {
    200: {
      description: 'The lines, oldest first.',
      content: {
        'application/json': { schema: payoutStatementAnswer },
        'text/csv': { schema: z.string() },
      },
    },
    ...problems('not_found', 'validation_failed'),
  },
});

const approve = createRoute({
  method: 'post',
  path: '/payouts/{payout_id}/approve',
  tags,
  summary: 'Approve a payout',
  description: 'Of a payout above the limit, by another principal than the one that asked for it.',
  request: { headers, params },
  responses: {
    200: { description: 'Approved; the bank is paid next.', content },
    ...problems(...KEY_PROBLEMS, 'validation_failed', 'not_found', 'second_person_needed', 'payout_state_conflict'),
  },
});

const cancel = createRoute({
  method: 'post',
  path: '/payouts/{payout_id}/cancel',
  tags,
  summary: 'Cancel a payout',
  description: 'As long as it was not sent. Its amount is available again.',
  request: { headers, params, body: bodyOf(cancelPayoutRequest) },
  responses: {
    200: { description: 'Cancelled.', content },
    ...problems(...BODY_PROBLEMS, ...KEY_PROBLEMS, 'not_found', 'payout_state_conflict'),
  },
});

const addBank = createRoute({
  method: 'post',
  path: '/sellers/{seller_id}/bank_accounts',
  tags,
  summary: "Add a seller's bank account",
  description:
    "The seller's payouts in this currency go there from now on. The number goes from the seller's browser to the payment provider, which gives a token for it.",
  request: { headers, params: pathId('seller_id', 'seller_456'), body: bodyOf(bankAccountRequest) },
  responses: {
    201: { description: 'Added.', content: { 'application/json': { schema: bankAccount } } },
    ...problems(...BODY_PROBLEMS, ...KEY_PROBLEMS, 'not_found', 'bank_account_refused', ...PROVIDER_PROBLEMS),
  },
});

export function registerPayouts(api: OpenAPIHono<ApiEnv>): void {
  api.openapi(create, (c) => {
    const wish = c.req.valid('json');
    return idempotently(c, wish, async (keyed) => {
      const id = await requestPayout({ ...wish, requestedBy: c.var.principal, keyed });
      return c.json(presentPayout(await getPayout(id)), 201, { location: `/api/v1/payouts/${id}` });
    });
  });

  api.openapi(list, async (c) => {
    const { seller_id: sellerId, state, ...rest } = c.req.valid('query');
    const { rows, nextCursor } = await listPayouts({ ...rest, sellerId, states: state && [state] });
    const payouts = rows.map(presentPayout);
    return c.json({ payouts, has_more: nextCursor !== null, next_cursor: nextCursor }, 200);
  });

  api.openapi(read, async (c) => c.json(presentPayout(await getPayout(c.req.valid('param').payout_id)), 200));

  api.openapi(statement, async (c) => {
    const { payout_id: id } = c.req.valid('param');
    const found = await payoutStatement(id);
    if (c.req.valid('query').format === 'json') return c.json(presentStatement(found), 200);
    return c.text(payoutStatementCsv(found), 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${id}.csv"`,
    });
  });

  api.openapi(approve, (c) => {
    const { payout_id: id } = c.req.valid('param');
    return idempotently(c, [id], async (keyed) => {
      await approvePayout(id, { actor: c.var.principal, keyed });
      return c.json(presentPayout(await getPayout(id)), 200);
    });
  });

  api.openapi(cancel, (c) => {
    const { payout_id: id } = c.req.valid('param');
    const { reason } = c.req.valid('json');
    return idempotently(c, [id, reason], async (keyed) => {
      await cancelPayout(id, { actor: c.var.principal, reason, keyed });
      return c.json(presentPayout(await getPayout(id)), 200);
    });
  });

  api.openapi(addBank, (c) => {
    const { seller_id: sellerId } = c.req.valid('param');
    const { currency, token } = c.req.valid('json');
    return idempotently(c, [sellerId, currency, token], async (keyed) => {
      const id = await addBankAccount({ sellerId, currency, token, actor: c.var.principal, keyed });
      const { banks } = await getPayoutSettings(sellerId);
      const bank = banks.find((one) => one.id === id);
      if (!bank) throw new AppError('bank_account_refused', 'Another bank account took its place meanwhile.');
      return c.json(presentBank(bank), 201);
    });
  });
}
