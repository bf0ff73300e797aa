import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Reader } from '../database/store.ts';
import { ok } from '../http/answer.ts';
import { expand } from '../http/expand.ts';
import { expandable, parseParameters, wireInteger } from '../http/form.ts';
import type { Handler } from '../requests/request.ts';

const MAX_PAGE = 100;
const DEFAULT_PAGE = 10;

const page = {
  limit: wireInteger.pipe(z.number().min(1).max(MAX_PAGE)).default(DEFAULT_PAGE),
  starting_after: z.string().max(255).optional(),
  ending_before: z.string().max(255).optional(),
  created: z
    .union([
      wireInteger.transform((at) => ({ gte: at, lte: at })),
      z.strictObject({
        gt: wireInteger.optional(),
        gte: wireInteger.optional(),
        lt: wireInteger.optional(),
        lte: wireInteger.optional(),
      }),
    ])
    .optional(),
  expand: expandable,
};

interface ListOptions<Row> {
  readonly url: string;
  readonly table: string;
  /** Columns that may be asked for by equality, by the name of their parameter. */
  readonly filters?: readonly string[];
  readonly render: (row: Row, reader: Reader) => object | Promise<object>;
}

const COMPARE = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/** `GET /v1/<things>`: newest first, `limit`, `starting_after`, `ending_before`, `created[…]` and the given filters. */
export function list<Row extends { readonly id: string }>(options: ListOptions<Row>): Handler {
  const { url, table, filters = [], render } = options;
  const equal = Object.fromEntries(filters.map((column) => [column, z.string().max(500).optional()]));
  const schema = z.strictObject({ ...page, ...equal });
  return async ({ request, simulator: { store } }) => {
    const parameters = parseParameters(schema, request.input);
    const values: unknown[] = [];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const conditions = filters
      .map((column) => [column, (parameters as Record<string, unknown>)[column]] as const)
      .filter(([, value]) => value !== undefined)
      .map(([column, value]) => `${column} = ${bind(value)}`);
    for (const [name, sign] of Object.entries(COMPARE)) {
      const at = (parameters.created as Partial<Record<string, number>> | undefined)?.[name];
      if (at !== undefined) conditions.push(`created ${sign} ${bind(at)}`);
    }
    if (parameters.starting_after !== undefined) conditions.push(`id < ${bind(parameters.starting_after)}`);
    if (parameters.ending_before !== undefined) conditions.push(`id > ${bind(parameters.ending_before)}`);
    const backwards = parameters.ending_before !== undefined;
    const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
    const order = `order by id ${backwards ? 'asc' : 'desc'} limit ${bind(parameters.limit + 1)}`;
    const text = `select * from ${table} ${where} ${order}`;
    const rows = await store.rows<Row>(statementName(text), text, values);
    const shown = rows.slice(0, parameters.limit);
    if (backwards) shown.reverse();
    const data = await Promise.all(shown.map((row) => render(row, store)));
    return ok(
      await expand(store, { object: 'list', url, has_more: rows.length > parameters.limit, data }, parameters.expand),
    );
  };
}

/** Each combination of filters is one prepared statement. */
function statementName(text: string): string {
  return `list_${hash('sha256', text, 'hex').slice(0, 24)}`;
}
