import { callTRPCProcedure } from '@trpc/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { api } from '#api';
import type { Actor } from '#auth';
import { encodePlace, pool, writeCursor } from '#db';
import { ERROR_CODES } from '#kernel';
import { handleTrpc } from '#trpc';
import { type ApiSystem, examplePayment, startApiSystem } from '../api/testkit.ts';
import { publicErrorOf } from '../trpc/error-map.ts';
import { appRouter } from '../trpc/root.ts';

/**
 * Whatever is asked of a list or a page, by REST or tRPC: the answer is never a defect of ours, and every refusal has a code of the
 * closed list. Parameters are taken from the app and the router themselves, so that a new one is asked without a word here.
 */
let system: ApiSystem;
/** Cursors that name accounts which are there, with numbers that are not. */
const ofAccounts: string[] = [];

beforeAll(async () => {
  system = await startApiSystem();
  await system.call('POST', '/payments', { body: examplePayment(), headers: { prefer: 'wait=10' } });
  const { rows } = await pool().query<{ id: bigint }>(`select id from ledger_accounts where owner_id = 'seller_456'`);
  for (const seq of ['9223372036854775807', '9223372036854775808', '9999999999999999999', '999999999999999999', '0'])
    ofAccounts.push(writeCursor(rows.map(({ id }) => `${id}:${seq}`).join(',')));
  expect(rows.length).toBeGreaterThan(0);
});

afterAll(() => system.stop());

const LONG_FRACTION = `2026-01-01T00:00:00.${'1'.repeat(200)}Z`;
const DAYS = ['0000-01-01', '0001-01-01', '9999-12-31', '2026-02-31', '2026-99-99', '+275760-09-13', '-000001-01-01'];
const TEXTS = [
  ...DAYS,
  ...DAYS.map((day) => `${day}T00:00:00Z`),
  ...[
    '0001-01-01T00:00:00+23:59',
    '9999-12-31T23:59:59-23:59',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00Z',
    LONG_FRACTION,
  ],
  ...[
    '',
    ' ',
    '0',
    '-1',
    '1.5',
    '1e3',
    '1e9',
    '0x10',
    'NaN',
    'Infinity',
    '-infinity',
    'epoch',
    'null',
    'true',
    '[]',
    '{}',
  ],
  ...['9223372036854775807', '9223372036854775808', '9'.repeat(30), '99999999.99', '１'],
  ...['\0', 'A\0B', '%00', '\ud83e', '\udd89x', '\u202e', '\ufeff', '🦉', 'é', 'x\ny'],
  ...[
    'a'.repeat(255),
    'a'.repeat(300),
    'a'.repeat(2_001),
    '../../etc/passwd',
    '.',
    '..',
    "' or 1=1; --",
    '__proto__',
    'constructor',
  ],
];
const PLACES = [
  ...DAYS.flatMap((day) => [`${day} 00:00:00|x`, `${day} 00:00:00+00|x`, `${day}.USD`, `${day}.🦉`]),
  ...['24:00:00', '23:60:00', '23:59:60', '25:61:61', '23:59:59.9999999'].map((time) => `2026-01-01 ${time}|x`),
  ...['2026-01-01 00:00:00+99|x', '2026-01-01 00:00:00|\0', 'infinity|x', '-infinity|x', 'now|x', '|', '|x', '1:1'],
  ...['0', '1', '-1', '999999999999999999', '9223372036854775808', '9999999999999999999:1', '1:9999999999999999999'],
];
const texts = () => [...TEXTS, ...PLACES, ...PLACES.map(writeCursor), ...ofAccounts];

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: { readonly example?: unknown; readonly enum?: readonly unknown[] };
}

/** Every address of the REST API that can be read, with one of its parameters as it is sent, and all it cannot do without. */
function addresses(sent: readonly string[]): string[] {
  const { paths = {} } = api().getOpenAPI31Document({ openapi: '3.1.0', info: { title: '', version: '' } });
  return Object.entries(paths as Record<string, { get?: { parameters?: Parameter[] } }>).flatMap(([path, { get }]) => {
    const parameters = get?.parameters?.filter((one) => one.in !== 'header') ?? [];
    return parameters.flatMap((asked) =>
      sent.map((value) => {
        const sentFor = (one: Parameter) =>
          one === asked ? value : String(one.schema.example ?? one.schema.enum?.[0]);
        const query = parameters.filter((one) => one.in === 'query' && (one === asked || one.required));
        const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) =>
          sentFor(parameters.find((one) => one.name === name) as Parameter),
        );
        return `${filled.replace('/api/v1', '')}?${query.map((one) => `${one.name}=${sentFor(one)}`).join('&')}`;
      }),
    );
  });
}

test('no parameter of the REST API, whatever is in it, is answered by a defect', async () => {
  const escaped = texts().map((text) => encodeURIComponent(text.toWellFormed()));
  const raw = ['%', '%zz', '%C0%80', '%ED%A0%80', '%E0%A4%A', '+', '&cursor=x&cursor=y', '&limit[]=1', '#', 'a%2fb'];
  const odd: string[] = [];
  let [answered, refused] = [0, 0];
  for (const address of addresses([...escaped, ...raw])) {
    const { status, json } = await system.call('GET', address);
    if (status === 200) answered += 1;
    else if (status < 500 && Object.hasOwn(ERROR_CODES, json?.code)) refused += 1;
    else odd.push(`${status} ${json?.code} ${address}`);
  }
  expect(odd).toEqual([]);
  expect(Math.min(answered, refused)).toBeGreaterThan(100);
}, 120_000);

const cursor = encodePlace({ at: '2026-01-01 00:00:00', id: 'x' });
const wish = { paymentId: 'order_1_0', amount: '10.00', currency: 'USD', remainderTo: 'order_1_0' };

/** A valid input of every query that takes one, with all it can have. */
const QUERIES: Record<string, Readonly<Record<string, unknown>>> = {
  'admin.deadLetters.list': { kind: 'webhook', cause: 'x' },
  'admin.deadLetters.preview': { kind: 'webhook', cause: 'x' },
  'admin.disputes.get': { id: 'x' },
  'admin.disputes.list': { states: ['WON'], of: 'x', cursor },
  'admin.ledger.statement': { accountId: 'seller_456', cursor: writeCursor('1:1') },
  'admin.payments.get': { id: 'order_1_0' },
  'admin.payments.list': { states: ['SUCCESS'], search: 'order_1_0', cursor },
  'admin.payouts.get': { payoutId: 'x' },
  'admin.payouts.list': { states: ['PAID'], sellerId: 'seller_456', cursor },
  'admin.reconciliation.days': { cursor: writeCursor('2026-06-18.USD') },
  'admin.reconciliation.differences': { open: true, day: '2026-06-18', type: 'unknown_row', cursor: writeCursor('7') },
  'admin.refunds.get': { id: 'x' },
  'admin.refunds.list': { states: ['SUCCEEDED'], of: 'x', cursor },
  'admin.refunds.preview': wish,
  'checkouts.get': { checkoutId: 'checkout_1' },
  'seller.disputes.get': { id: 'x' },
  'seller.disputes.list': { states: ['WON'], of: 'x', cursor },
  'seller.payment': { paymentOrderId: 'order_1_0' },
  'seller.payments': { states: ['SUCCESS'], search: 'order_1_0', cursor },
  'seller.payouts.get': { payoutId: 'x' },
  'seller.payouts.list': { states: ['PAID'], cursor },
  'seller.payouts.statementCsv': { payoutId: 'x' },
  'seller.refunds.get': { id: 'x' },
  'seller.refunds.list': { states: ['SUCCEEDED'], of: 'x', cursor },
  'seller.refunds.preview': wish,
  'seller.statement': { account: { part: 'pending', currency: 'USD' }, cursor: writeCursor('1:1') },
  'seller.why': { part: 'pending', currency: 'USD', cursor },
};

type Procedures = Record<string, { readonly _def: { readonly type: string; readonly inputs: readonly z.ZodType[] } }>;
const procedures = Object.entries(appRouter._def.procedures as unknown as Procedures);

test('every query that takes an input has a sample here, with every field that there is', () => {
  const asking = procedures.flatMap(([path, { _def }]) => {
    const [input] = _def.type === 'query' ? _def.inputs : [];
    return input ? [[path, Object.keys(z.toJSONSchema(input, { io: 'input' }).properties ?? {}).sort()] as const] : [];
  });
  const sampled = Object.entries(QUERIES).map(([path, sample]) => [path, Object.keys(sample).sort()] as const);
  expect(Object.fromEntries(sampled)).toEqual(Object.fromEntries(asking));
});

/** The code of the refusal; null for an answer. */
async function ask(path: string, input: unknown): Promise<string | null> {
  const role = path.startsWith('seller.') ? 'seller' : 'admin';
  const person = { userId: 'user_1', role, name: 'One', email: 'one@example.test' } as const;
  const actor: Actor = { ...person, sellerId: role === 'seller' ? 'seller_456' : null, sellerName: null };
  const ctx = { actor, requestId: 'req_test' };
  const call = { router: appRouter, path, type: 'query', ctx, signal: undefined, batchIndex: 0 } as const;
  try {
    await callTRPCProcedure({ ...call, getRawInput: async () => input });
    return null;
  } catch (error) {
    return publicErrorOf(error).code;
  }
}

/** The input with another value in the place of each of its parts, itself included. */
function altered(input: unknown, value: unknown): unknown[] {
  const parts = typeof input === 'object' && input !== null ? Object.entries(input) : [];
  const within = parts.flatMap(([key, part]) =>
    altered(part, value).map((one) => (Array.isArray(input) ? [one] : { ...(input as object), [key]: one })),
  );
  return [value, ...within];
}

const ROUND: Record<string, unknown> = {};
ROUND.self = ROUND;
const THINGS = [
  ...[0, -1, 1e9, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 10n, true, null, undefined, Symbol('x')],
  ...[[], [[]], {}, { not: '' }, new Date(Number.NaN), new Map([['a', '\0']]), new Set(['x']), /x/, new Error('x')],
  ...[
    ROUND,
    [ROUND],
    Object.create(null),
    JSON.parse('{"__proto__":{"a":1}}'),
    Array.from({ length: 1_000 }, () => 'x'),
  ],
];

test.each(Object.entries(QUERIES))(
  'no input of %s, whatever is in it, is answered by a defect',
  async (path, sample) => {
    expect(['not_found', null]).toContain(await ask(path, sample));
    const odd: unknown[] = [];
    for (const value of [...texts(), ...THINGS]) {
      for (const input of altered(sample, value)) {
        const code = await ask(path, input);
        if (code !== null && (code === 'internal_error' || !Object.hasOwn(ERROR_CODES, code))) odd.push([code, input]);
      }
    }
    expect(odd).toEqual([]);
  },
);

test.each([
  '',
  '{',
  'null',
  '[]',
  '"x"',
  '7',
  '{"json":{"checkoutId":"x"},"meta":{"values":{"checkoutId":["nope"]}}}',
  '{"json":{"checkoutId":"x"},"meta":{"values":{"checkoutId":["bigint"]}}}',
  '{"json":{"checkoutId":"x"},"meta":{"values":{"checkoutId":["regexp"]}}}',
  '{"json":{"checkoutId":"x"},"meta":{"values":{"checkoutId":["URL"]}}}',
  '{"json":{"checkoutId":"x"},"meta":{"values":{"checkoutId":[["custom","x"]]}}}',
  '{"json":{"checkoutId":"x"},"meta":{"values":{"checkoutId":[["class","x"]]}}}',
  '{"json":{"checkoutId":"x"},"meta":{"values":{"checkoutId":[["typed-array","x"]]}}}',
  '{"json":{"checkoutId":"x"},"meta":{"values":{"__proto__.x":["Date"]}}}',
  '{"json":{"checkoutId":{"a":1}},"meta":{"referentialEqualities":{"checkoutId":["checkoutId.a"]}}}',
  '{"json":{"checkoutId":"x"},"meta":{"referentialEqualities":[["a"]]}}',
  '{"json":{"checkoutId":"A\\u0000B"}}',
  '{"json":{"checkoutId":"\\ud83e"}}',
])('what a browser sends as the input of a call, %s, is refused as such', async (input) => {
  for (const [query, inputs] of [
    ['', input],
    ['batch=1&', `{"0":${input}}`],
    ['batch=1&', input],
  ]) {
    const url = `http://shop.test/api/trpc/checkouts.get?${query}input=${encodeURIComponent(inputs ?? '')}`;
    const response = await handleTrpc(new Request(url), { readCookie: () => undefined, readHeader: () => null });
    const text = await response.text();
    expect([response.status, text]).toEqual([400, expect.stringContaining('"appCode":"validation_failed"')]);
  }
});
