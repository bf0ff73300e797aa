import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { explainWallet } from '#wallet';
import type { ApiEnv } from '../context.ts';
import { presentWhy } from '../present.ts';
import { pathId, problems } from '../route-parts.ts';
import { walletWhy } from '../schemas/answers.ts';
import { whyQuery } from '../schemas/requests.ts';

const route = createRoute({
  method: 'get',
  path: '/wallets/{account_id}/why',
  tags: ['Books'],
  summary: 'Explain a number of a wallet',
  description:
    'What the number is made of. `pending`: the orders that wait, soonest first. The other parts: every line of their account, newest first. All items of all pages add up to the number.',
  request: { params: pathId('account_id', 'seller_456'), query: whyQuery },
  responses: {
    200: {
      description: 'A page of items. The header `Link` names the next page.',
      headers: { Link: { schema: { type: 'string' }, description: 'RFC 8288, rel="next"; absent on the last page.' } },
      content: { 'application/json': { schema: walletWhy } },
    },
    ...problems('not_found', 'validation_failed'),
  },
});

export function registerExplainWallet(api: OpenAPIHono<ApiEnv>): void {
  api.openapi(route, async (c) => {
    const { account_id: accountId } = c.req.valid('param');
    const { part, currency, cursor, limit } = c.req.valid('query');
    const why = await explainWallet({
      accountId,
      part: part === 'in_payout' ? 'inPayout' : part,
      currency,
      cursor,
      limit,
    });
    if (why.nextCursor !== null) {
      const next = new URLSearchParams({ part, currency, limit: String(limit), cursor: why.nextCursor });
      c.header('link', `</api/v1/wallets/${encodeURIComponent(accountId)}/why?${next}>; rel="next"`);
    }
    return c.json(presentWhy(why), 200);
  });
}
