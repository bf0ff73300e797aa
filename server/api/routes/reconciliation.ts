import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { listDays, listDifferences } from '#reconciliation';
import type { ApiEnv } from '../context.ts';
import { problems } from '../route-parts.ts';
import {
  type DifferencesQuery,
  daysQuery,
  differencesPage,
  differencesQuery,
  presentDay,
  presentDifference,
  reconciledDays,
} from '../schemas/reconciliation.ts';

const days = createRoute({
  method: 'get',
  path: '/reconciliation/days',
  tags: ['Books'],
  summary: 'List the days that were reconciled',
  description: "The provider's settlement file and the bank's statement of each day against the books, newest first.",
  request: { query: daysQuery },
  responses: {
    200: { description: 'A page of days.', content: { 'application/json': { schema: reconciledDays } } },
    ...problems('validation_failed'),
  },
});

const differences = createRoute({
  method: 'get',
  path: '/reconciliation/differences',
  tags: ['Books'],
  summary: 'List differences between the files and the books',
  description: 'Newest first. A difference is closed by a later match, or by a person with a reason.',
  request: { query: differencesQuery },
  responses: {
    200: { description: 'A page of differences.', content: { 'application/json': { schema: differencesPage } } },
    ...problems('validation_failed'),
  },
});

export function registerReconciliation(api: OpenAPIHono<ApiEnv>): void {
  api.openapi(days, async (c) => {
    const { days: page, nextCursor } = await listDays(c.req.valid('query'));
    return c.json({ days: page.map(presentDay), has_more: nextCursor !== null, next_cursor: nextCursor }, 200);
  });
  api.openapi(differences, async (c) => {
    const { open, ...rest }: DifferencesQuery = c.req.valid('query');
    const { differences: page, nextCursor } = await listDifferences({ ...rest, open: open && open === 'true' });
    return c.json(
      { differences: page.map(presentDifference), has_more: nextCursor !== null, next_cursor: nextCursor },
      200,
    );
  });
}
