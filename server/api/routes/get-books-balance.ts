import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { trialBalance } from '#ledger';
import type { ApiEnv } from '../context.ts';
import { presentBooks } from '../present.ts';
import { problems } from '../route-parts.ts';
import { booksBalance } from '../schemas/answers.ts';

const route = createRoute({
  method: 'get',
  path: '/ledger/balance',
  tags: ['Books'],
  summary: 'Verify that the books balance',
  description: 'The trial balance of the whole ledger, per currency: total debits equal total credits.',
  responses: {
    200: { description: 'One moment of the books.', content: { 'application/json': { schema: booksBalance } } },
    ...problems(),
  },
});

export function registerGetBooksBalance(api: OpenAPIHono<ApiEnv>): void {
  api.openapi(route, async (c) => c.json(presentBooks(await trialBalance()), 200));
}
