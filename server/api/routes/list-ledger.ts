import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { listEntries } from '#ledger';
import type { ApiEnv } from '../context.ts';
import { presentEntry } from '../present.ts';
import { problems } from '../route-parts.ts';
import { ledgerPage } from '../schemas/answers.ts';
import { ledgerQuery } from '../schemas/requests.ts';

const route = createRoute({
  method: 'get',
  path: '/ledger',
  tags: ['Books'],
  summary: 'List ledger entries',
  description:
    'The statement of an owner or of one account, newest first. Entries posted while you page never shift a page.',
  request: { query: ledgerQuery },
  responses: {
    200: {
      description: 'A page of entries. The header `Link` names the next page.',
      headers: { Link: { schema: { type: 'string' }, description: 'RFC 8288, rel="next"; absent on the last page.' } },
      content: { 'application/json': { schema: ledgerPage } },
    },
    ...problems('not_found', 'validation_failed'),
  },
});

export function registerListLedger(api: OpenAPIHono<ApiEnv>): void {
  api.openapi(route, async (c) => {
    const { account_id: accountId, cursor, limit } = c.req.valid('query');
    const { entries, nextCursor } = await listEntries({ accountId, cursor, limit });
    if (nextCursor !== null) {
      const next = new URLSearchParams({ account_id: accountId, limit: String(limit), cursor: nextCursor });
      c.header('link', `</api/v1/ledger?${next}>; rel="next"`);
    }
    return c.json(
      {
        account_id: accountId,
        entries: entries.map(presentEntry),
        has_more: nextCursor !== null,
        next_cursor: nextCursor,
      },
      200,
    );
  });
}
