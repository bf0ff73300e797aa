import { encode } from 'next-auth/jwt';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { sessionCookie } from '#auth';
import { config } from '#config';
import { pool } from '#db';
import { createCheckout } from '#payments';
import { createTestDatabase, type MigratedDatabase, samplePayment } from '#testing';
import { checkoutEvents } from './checkout-events.ts';
import { type Context, createContext } from './context.ts';
import { createCaller } from './root.ts';

const STREAMS_OF_ONE_CHECKOUT = 8;
const GUEST: Context = { actor: null, requestId: 'req_test' };
let database: MigratedDatabase;
let readers: AbortController[] = [];

beforeAll(async () => {
  database = await createTestDatabase('checkout_events');
  process.env.DATABASE_URL = database.url;
});

afterEach(() => {
  for (const reader of readers) reader.abort();
  readers = [];
});

afterAll(async () => {
  await pool().end();
  await database.drop();
});

async function openCheckout(): Promise<string> {
  const { payment: _, ...request } = samplePayment();
  return (await createCheckout(request, 'shop')).checkoutId;
}

function open(checkoutId: string, context: () => Promise<Context> = async () => GUEST): Promise<Response> {
  const reader = new AbortController();
  readers.push(reader);
  return checkoutEvents({ checkoutId, signal: reader.signal, caller: async () => createCaller(await context()) });
}

const statusesOf = (responses: readonly Response[]) => responses.map(({ status }) => status).sort();

test('of many streams of one checkout opened at once as many as a shopper needs are served, and another has its own', async () => {
  const [checkoutId, other] = [await openCheckout(), await openCheckout()];
  const responses = await Promise.all(Array.from({ length: STREAMS_OF_ONE_CHECKOUT + 4 }, () => open(checkoutId)));
  expect(statusesOf(responses)).toEqual([...Array(STREAMS_OF_ONE_CHECKOUT).fill(200), ...Array(4).fill(503)]);
  for (const refused of responses.filter(({ status }) => status === 503))
    expect(refused.headers.get('retry-after')).toBe('5');
  const served = await open(other);
  expect(served.status).toBe(200);
  const { value } = (await served.body?.getReader().read()) ?? {};
  expect(new TextDecoder().decode(value)).toMatch(new RegExp(`^retry: 1000\ndata: .*"${other}".*\n\n$`));
});

test('a stream that ends, and one that never began, gives its place back', async () => {
  const checkoutId = await openCheckout();
  const all = () => Promise.all(Array.from({ length: STREAMS_OF_ONE_CHECKOUT }, () => open(checkoutId)));
  const first = await all();
  expect(statusesOf(first)).toEqual(Array(STREAMS_OF_ONE_CHECKOUT).fill(200));
  for (const reader of readers) reader.abort();
  await expect.poll(async () => (await open(checkoutId)).status).toBe(200);
  for (let round = 0; round < 2 * STREAMS_OF_ONE_CHECKOUT; round += 1)
    expect((await open('checkout_of_nobody')).status).toBe(204);
});

test('while the database is away a reader, signed in or not, is told to come again, and no place is lost', async () => {
  const checkoutId = await openCheckout();
  const cookie = await encode({ token: { sessionId: 'some session' }, secret: config().AUTH_SECRET });
  const source = {
    readCookie: (name: string) => (name === sessionCookie().name ? cookie : undefined),
    readHeader: () => null,
  };
  // Every connection is at work for longer than anybody waits for one.
  const hogging = Promise.all(
    Array.from({ length: config().DATABASE_POOL_SIZE }, () => pool().query('select pg_sleep(4)')),
  );
  const responses = await Promise.all([
    ...Array.from({ length: STREAMS_OF_ONE_CHECKOUT - 2 }, () => open(checkoutId, () => createContext(source))),
    open(checkoutId),
    open(checkoutId),
  ]);
  expect(statusesOf(responses)).toEqual(Array(STREAMS_OF_ONE_CHECKOUT).fill(503));
  for (const refused of responses) expect(refused.headers.get('retry-after')).toBe('2');
  await hogging;
  const again = await Promise.all(Array.from({ length: STREAMS_OF_ONE_CHECKOUT }, () => open(checkoutId)));
  expect(statusesOf(again)).toEqual(Array(STREAMS_OF_ONE_CHECKOUT).fill(200));
});
