import { z } from 'zod';
import type { IntentRow } from '../database/rows.ts';
import { ok } from '../http/answer.ts';
import { expand } from '../http/expand.ts';
import { expandable, parseParameters, wireInteger } from '../http/form.ts';
import type { Handler } from '../requests/request.ts';
import { renderIntent } from './render-intent.ts';
import { parseSearchQuery, type SearchCondition } from './search-query.ts';

const MAX_PAGE = 100;

const parameters = z.strictObject({
  query: z.string().min(1).max(2_000),
  limit: wireInteger.pipe(z.number().min(1).max(MAX_PAGE)).default(10),
  page: z.string().max(255).optional(),
  expand: expandable,
});

/**
 * `GET /v1/payment_intents/search`. Unlike Stripe's, the result is never behind: a payment is found as soon as its answer
 * was sent (or lost). `metadata['attempt_id']` has an index; other conditions read the table.
 */
export const searchIntents: Handler = async ({ request, simulator: { store } }) => {
  const { query, limit, page, expand: paths } = parseParameters(parameters, request.input);
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const conditions = parseSearchQuery(query).map((condition) => toSql(condition, bind));
  if (page !== undefined) conditions.push(`id < ${bind(page)}`);
  const where = conditions.join(' and ');
  const text = `select * from payment_intents where ${where} order by id desc limit ${bind(limit + 1)}`;
  const rows = await store.rows<IntentRow>('', text, values);
  const data = rows.slice(0, limit).map(renderIntent);
  const has_more = rows.length > limit;
  const next_page = has_more ? (data.at(-1)?.id ?? null) : null;
  const result = { object: 'search_result', url: '/v1/payment_intents/search', has_more, next_page, data };
  return ok(await expand(store, result, paths));
};

function toSql(condition: SearchCondition, bind: (value: unknown) => string): string {
  if (condition.field !== 'metadata') return `${condition.field} = ${bind(condition.value)}`;
  const inMetadata = `metadata ->> ${bind(condition.key)} = ${bind(condition.value)}`;
  if (condition.key !== 'attempt_id') return inMetadata;
  return `attempt_id = ${bind(condition.value)} and ${inMetadata}`;
}
