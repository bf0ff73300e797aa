import { hash } from 'node:crypto';
import { type ZodType, z } from 'zod';
import type { Reader } from '../database/store.ts';
import { ok } from '../http/answer.ts';
import { expand } from '../http/expand.ts';
import { expandable, parseParameters, wireInteger, wireMetadata } from '../http/form.ts';
import type { Handler } from '../requests/request.ts';

const MAX_PAGE = 100;
const DEFAULT_PAGE = 10;

const range = z
  .union([
    wireInteger.transform((at) => ({ gte: at, lte: at })),
    z.strictObject({
      gt: wireInteger.optional(),
      gte: wireInteger.optional(),
      lt: wireInteger.optional(),
      lte: wireInteger.optional(),
    }),
  ])
  .optional();

const page = {
  limit: wireInteger.pipe(z.number().min(1).max(MAX_PAGE)).default(DEFAULT_PAGE),
  starting_after: z.string().max(255).optional(),
  ending_before: z.string().max(255).optional(),
  expand: expandable,
};

type Page = z.output<z.ZodObject<typeof page>> & Readonly<Record<string, unknown>>;

interface ListOptions<Row> {
  readonly url: string;
  readonly table: string;
  /** Columns that may be asked for by equality, by the name of their parameter. */
  readonly filters?: readonly string[];
  /** Times that may be asked for by range, beside `created`. */
  readonly ranges?: readonly string[];
  /** Further parameters, each with the condition on its value. */
  readonly conditions?: Readonly<Record<string, (value: string) => string>>;
  /** Rows with an owner: those of the connected account in the header, else the platform's. */
  readonly owned?: boolean;
  /** May be asked for by `metadata[key]=value`, which Stripe cannot do. */
  readonly byMetadata?: boolean;
  readonly render: (row: Row, reader: Reader) => object | Promise<object>;
}

const COMPARE = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/** `GET /v1/<things>`: newest first, `limit`, `starting_after`, `ending_before`, `created[…]` and the given filters. */
export function list<Row extends { readonly id: string }>(options: ListOptions<Row>): Handler {
  const { url, table, render } = options;
  const schema = schemaOf(options);
  return async ({ request, simulator: { store } }) => {
    const parameters = parseParameters(schema, request.input);
    const values: unknown[] = [];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const conditions = conditionsOf(options, parameters, request.account, bind);
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

function schemaOf({ filters = [], ranges = [], conditions = {}, byMetadata }: ListOptions<never>): ZodType<Page> {
  const words = [...filters, ...Object.keys(conditions)].map((name) => [name, z.string().max(500).optional()]);
  const times = ['created', ...ranges].map((name) => [name, range]);
  const further: Record<string, ZodType> = {
    ...Object.fromEntries([...words, ...times]),
    ...(byMetadata && { metadata: wireMetadata.optional() }),
  };
  return z.strictObject({ ...further, ...page });
}

/** SQL of what is asked for. Column names come from the options only; whatever the caller sent is bound. */
function conditionsOf(
  { filters = [], ranges = [], conditions = {}, owned = false }: ListOptions<never>,
  parameters: Readonly<Record<string, unknown>>,
  account: string | null,
  bind: (value: unknown) => string,
): string[] {
  const given = (name: string, condition: (value: string) => string) =>
    parameters[name] === undefined ? [] : [condition(bind(parameters[name]))];
  return [
    ...(owned ? [account === null ? 'owner is null' : `owner = ${bind(account)}`] : []),
    ...filters.flatMap((column) => given(column, (value) => `${column} = ${value}`)),
    ...Object.entries(conditions).flatMap(([name, condition]) => given(name, condition)),
    ...['created', ...ranges].flatMap((column) => withinRange(column, parameters[column], bind)),
    ...given('metadata', (value) => `metadata @> ${value}`),
    ...given('starting_after', (value) => `id < ${value}`),
    ...given('ending_before', (value) => `id > ${value}`),
  ];
}

function withinRange(column: string, asked: unknown, bind: (value: unknown) => string): string[] {
  const limits = (asked ?? {}) as Partial<Record<keyof typeof COMPARE, number>>;
  return Object.entries(COMPARE).flatMap(([name, sign]) => {
    const at = limits[name as keyof typeof COMPARE];
    return at === undefined ? [] : [`${column} ${sign} ${bind(at)}`];
  });
}

/** Each combination of filters is one prepared statement. */
function statementName(text: string): string {
  return `list_${hash('sha256', text, 'hex').slice(0, 24)}`;
}
