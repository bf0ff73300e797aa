import { callTRPCProcedure, TRPCError } from '@trpc/server';
import superjson from 'superjson';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Role } from '#auth';
import { pollDisputes } from '#disputes';
import { CURRENCIES, type ErrorCode, newId, observeCheckpoints } from '#kernel';
import { createCheckout, startHostedPayment, takePayment } from '#payments';
import { requestPayout } from '#payouts';
import { earn, openPayableSeller, type PaymentSystem, samplePayment, startPaymentSystem } from '#testing';
import { completeAbandonedMutations } from './complete-abandoned-mutations.ts';
import type { Context } from './context.ts';
import { publicErrorOf } from './error-map.ts';
import { handleTrpc } from './http.ts';
import { appRouter } from './root.ts';

/**
 * What an `idempotencyKey` promises, for every mutation there is: asked of the router itself, so that a mutation without it, or
 * without a case here, fails.
 */
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('idempotency_trpc');
  await system.owner.query(`
    insert into users (id, email, name, role, password_hash)
      select id, id || '@example.test', id, case when id like 'shopper%' then 'shopper' else 'finance' end, 'x'
      from unnest(array['shopper_1', 'shopper_2', 'clerk_1', 'clerk_2']) u (id);
    insert into sellers (id, display_name) values ('seller_456', 'Seller'), ('shop_of_seller_1', 'One'), ('shop_of_seller_2', 'Two');
    insert into users (id, email, name, role, seller_id, password_hash)
      select id, id || '@example.test', id, 'seller', 'shop_of_' || id, 'x' from unnest(array['seller_1', 'seller_2']) u (id);
    insert into products (id, seller_id, name, description, price_minor, currency, art, position)
      values ('bowl', 'seller_456', 'Bowl', '', 2999, 'USD', 'bowl', 1);
  `);
});

beforeAll(async () => {
  for (const userId of SELLERS) {
    await openPayableSeller(system.owner, `shop_of_${userId}`);
    // More than disputes take of them.
    await earn(`shop_of_${userId}`, 500_000n);
  }
});

afterEach(() => observeCheckpoints(undefined));

afterAll(() => system.stop());

interface Wanted {
  readonly input: Readonly<Record<string, unknown>>;
  /** What was made, counted: 0 before, 1 after. */
  readonly effects: () => Promise<number>;
}

interface Mutation {
  /** Two people who may call it. */
  readonly by: readonly [string, string];
  /** A call that was never made before, with whatever has to be there first. */
  readonly make: (userId: string) => Promise<Wanted>;
}

const SHOPPERS = ['shopper_1', 'shopper_2'] as const;
const CLERKS = ['clerk_1', 'clerk_2'] as const;
const SELLERS = ['seller_1', 'seller_2'] as const;

const MUTATIONS: Record<string, Mutation> = {
  'checkouts.pay': {
    by: SHOPPERS,
    make: async (userId) => {
      const checkoutId = await openCheckout(`user:${userId}`);
      return {
        input: { checkoutId },
        effects: () => counted('select count(*) from payment_attempts where checkout_id = $1', checkoutId),
      };
    },
  },
  'checkouts.cancel': {
    by: SHOPPERS,
    make: async (userId) => {
      const checkoutId = await openCheckout(`user:${userId}`);
      await startHostedPayment(checkoutId);
      return {
        input: { checkoutId },
        effects: () =>
          counted(
            `select count(*) from order_transitions join payment_orders using (payment_order_id)
             where checkout_id = $1 and from_state = 'REQUIRES_ACTION'`,
            checkoutId,
          ),
      };
    },
  },
  'shop.openCheckout': {
    by: SHOPPERS,
    make: async () => {
      const email = `${freshKey()}@example.test`;
      return {
        input: { items: [{ productId: 'bowl', quantity: 1 }], buyer: { email, name: 'Ann' } },
        effects: () => counted('select count(*) from payment_events where buyer_email = $1', email),
      };
    },
  },
  'admin.refunds.request': {
    by: CLERKS,
    make: async () => {
      const paymentId = await paidOrder();
      const input = { paymentId, amount: '10.00', currency: 'USD', reason: 'duplicate' };
      return { input, effects: () => counted('select count(*) from refunds where payment_order_id = $1', paymentId) };
    },
  },
  'seller.refunds.request': {
    by: SELLERS,
    make: async (userId) => {
      const paymentId = await paidOrder(`shop_of_${userId}`);
      const input = { paymentId, reason: 'not_delivered', note: 'lost on its way' };
      return { input, effects: () => counted('select count(*) from refunds where payment_order_id = $1', paymentId) };
    },
  },
  ...Object.fromEntries(
    (['admin', 'seller'] as const).flatMap((door) =>
      (['submitEvidence', 'accept'] as const).map((verb): [string, Mutation] => [
        `${door}.disputes.${verb}`,
        {
          by: door === 'admin' ? CLERKS : SELLERS,
          make: async (userId) => {
            const id = await disputed(door === 'seller' ? `shop_of_${userId}` : undefined);
            const input = verb === 'accept' ? { id } : { id, evidence: 'it was delivered' };
            return {
              input,
              effects: () => counted('select count(*) from dispute_responses where dispute_id = $1', id),
            };
          },
        },
      ]),
    ),
  ),
  'admin.reconciliation.close': {
    by: CLERKS,
    make: async () => {
      const { rows } = await system.owner.query<{ id: string }>(
        `insert into reconciliation_exceptions (source, day, currency, type, class, subject)
         select 'settlement', '2026-06-18', 'USD', 'unknown_row', 'to_investigate', 'txn_' || count(*) from reconciliation_exceptions
         returning id::text`,
      );
      const id = rows[0]?.id ?? '';
      return {
        input: { id, reason: 'as agreed' },
        effects: () => counted('select count(closed_at) from reconciliation_exceptions where id = $1', id),
      };
    },
  },
  'admin.deadLetters.tryAgain': {
    by: CLERKS,
    make: async () => {
      const subjectId = await deadWebhook();
      return { input: { kind: 'webhook', subjectId, reason: 'mended' }, effects: () => resolutions(subjectId) };
    },
  },
  'admin.deadLetters.redriveCause': {
    by: CLERKS,
    make: async () => {
      const subjectId = await deadWebhook();
      const cause = `cause of ${subjectId}`;
      const { rows } = await system.owner.query(
        `update dead_letters set cause = $2 where kind = 'webhook' and subject_id = $1 returning id::text`,
        [subjectId, cause],
      );
      const input = { kind: 'webhook', cause, upTo: rows[0]?.id, perSecond: 5, reason: 'mended' };
      return { input, effects: () => resolutions(subjectId) };
    },
  },
  'admin.deadLetters.close': {
    by: CLERKS,
    make: async () => {
      const refused = samplePayment({ token: 'tok_nobody_knows' });
      await takePayment(refused, 'key:shop', { waitMs: 10_000 });
      const { rows } = await system.owner.query('select id from payment_attempts where checkout_id = $1', [
        refused.checkoutId,
      ]);
      const subjectId = rows[0]?.id as string;
      return { input: { subjectId, reason: 'told the shop' }, effects: () => resolutions(subjectId) };
    },
  },
  'seller.payouts.request': {
    by: SELLERS,
    make: async (userId) => {
      asked += 1;
      const amount = `${asked}.00`;
      await earn(`shop_of_${userId}`, BigInt(asked) * 100n);
      return {
        input: { currency: 'USD', amount },
        effects: () =>
          counted(
            'select count(*) from payouts where seller_id = $1 and amount_minor = $2',
            `shop_of_${userId}`,
            Number(amount) * 100,
          ),
      };
    },
  },
  'seller.payouts.cancel': {
    by: SELLERS,
    make: async (userId) => {
      const payoutId = await waitingPayout(userId);
      return { input: { payoutId }, effects: () => payoutSteps(payoutId, 'CANCELLED') };
    },
  },
  'seller.payouts.setSchedule': {
    by: SELLERS,
    make: async (userId) => {
      asked += 1;
      const onDay = (asked % 31) + 1;
      return {
        input: { schedule: { every: 'monthly', onDay } },
        effects: () =>
          counted(
            'select count(*) from payout_schedules where seller_id = $1 and on_day = $2',
            `shop_of_${userId}`,
            onDay,
          ),
      };
    },
  },
  'seller.payouts.addBankAccount': {
    by: SELLERS,
    make: async (userId) => {
      asked += 1;
      const currency = CURRENCIES[asked % CURRENCIES.length] ?? 'USD';
      const token = await bankToken(currency);
      const before = await banksOf(userId, currency);
      return { input: { currency, token }, effects: async () => (await banksOf(userId, currency)) - before };
    },
  },
  'admin.payouts.approve': {
    by: CLERKS,
    make: async () => {
      const payoutId = await waitingPayout('seller_1');
      return { input: { payoutId }, effects: () => payoutSteps(payoutId, 'APPROVED') };
    },
  },
  'admin.payouts.cancel': {
    by: CLERKS,
    make: async () => {
      const payoutId = await waitingPayout('seller_1');
      return { input: { payoutId, reason: 'asked for twice' }, effects: () => payoutSteps(payoutId, 'CANCELLED') };
    },
  },
  'admin.payouts.verifySeller': {
    by: CLERKS,
    make: async () => {
      const sellerId = newId('seller');
      await system.owner.query(`insert into sellers (id, display_name) values ($1, 'New')`, [sellerId]);
      return {
        input: { sellerId, reason: 'papers seen' },
        effects: () => counted('select count(*) from seller_verifications where seller_id = $1', sellerId),
      };
    },
  },
};

/** Tells wishes of one seller apart. */
let asked = 1_000;

/** Earns and asks for a payout above the limit, which waits for a second person. */
async function waitingPayout(userId: string): Promise<string> {
  const sellerId = `shop_of_${userId}`;
  await earn(sellerId, 1_000_001n);
  return requestPayout({ sellerId, currency: 'USD', amountMinor: 1_000_001n, requestedBy: `user:${userId}` });
}

/** What the seller's browser gets from the provider for the number of its account. */
async function bankToken(currency: string): Promise<string> {
  const account = {
    country: 'US',
    currency: currency.toLowerCase(),
    routing_number: '110000000',
    account_number: '000123456789',
  };
  const form = Object.fromEntries(Object.entries(account).map(([name, value]) => [`bank_account[${name}]`, value]));
  const { body } = await system.browser('POST', 'tokens', form);
  return String(body.id);
}

function banksOf(userId: string, currency: string): Promise<number> {
  return counted(
    'select count(*) from bank_accounts where seller_id = $1 and currency = $2',
    `shop_of_${userId}`,
    currency,
  );
}

function payoutSteps(payoutId: string, to: string): Promise<number> {
  return counted('select count(*) from payout_transitions where payout_id = $1 and to_state = $2', payoutId, to);
}

/** Mutations that take no key, each with the reason why repeating them can do no harm. */
const EXEMPT: Record<string, string> = {};

async function openCheckout(principal: string): Promise<string> {
  const { payment: _, ...request } = samplePayment();
  return (await createCheckout(request, principal)).checkoutId;
}

async function paidOrder(seller = 'seller_456'): Promise<string> {
  const request = samplePayment({ orders: [{ seller }] });
  await takePayment(request, 'key:shop', { waitMs: 10_000 });
  await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
  return request.orders[0]?.paymentOrderId ?? '';
}

/** A paid order that its bank disputes. */
async function disputed(seller?: string): Promise<string> {
  const orderId = await paidOrder(seller);
  const [charge] = await system.charges(orderId);
  await system.helper('disputes', { charge: charge?.id ?? '' });
  await pollDisputes();
  const { rows } = await system.owner.query<{ id: string }>(
    'select d.id from disputes d join attempt_orders ao on ao.attempt_id = d.attempt_id where ao.payment_order_id = $1',
    [orderId],
  );
  return rows[0]?.id ?? '';
}

async function deadWebhook(): Promise<string> {
  const eventId = freshKey();
  const { rows } = await system.owner.query<{ id: string }>(
    `with dead as (
       insert into webhook_inbox (source, account, event_id, type, payload, state, verdict, handled_at)
       values ('psp', 'platform', $1, 'charge.succeeded', '{}', 'dead', 'broken', now()) returning id
     ), letter as (insert into dead_letters (kind, subject_id, cause, tries) select 'webhook', id::text, 'broken', 5 from dead)
     select id::text from dead`,
    [eventId],
  );
  return rows[0]?.id ?? '';
}

function resolutions(subjectId: string): Promise<number> {
  return counted('select count(*) from dead_letters where subject_id = $1 and resolved_at is not null', subjectId);
}

async function counted(text: string, ...values: unknown[]): Promise<number> {
  const { rows } = await system.owner.query<{ count: string }>(text, values);
  return Number(rows[0]?.count);
}

let keys = 0;
const freshKey = () => `key-${++keys}`;

function contextOf(userId: string | null): Context {
  const [kind] = userId?.split('_') ?? [];
  const role: Role = kind === 'shopper' || kind === 'seller' ? kind : 'finance';
  const actor = userId && {
    userId,
    role,
    sellerId: role === 'seller' ? `shop_of_${userId}` : null,
    sellerName: null,
    name: userId,
    email: `${userId}@example.test`,
  };
  return { actor: actor || null, requestId: 'req_test' };
}

/** Calls a procedure in this process; a refusal is answered by its code. */
async function call(
  path: string,
  userId: string | null,
  input: object,
): Promise<{ result?: unknown; code?: ErrorCode }> {
  try {
    const ctx = contextOf(userId);
    const getRawInput = async () => input;
    const signal = undefined;
    return {
      result: await callTRPCProcedure({
        router: appRouter,
        path,
        type: 'mutation',
        ctx,
        getRawInput,
        signal,
        batchIndex: 0,
      }),
    };
  } catch (error) {
    if (!(error instanceof TRPCError)) throw error;
    return { code: publicErrorOf(error).code };
  }
}

/** The input once for each text in it, with another text in its place. */
function withEach(input: unknown, text: string): unknown[] {
  if (typeof input === 'string') return [text];
  if (Array.isArray(input))
    return input.flatMap((item, index) => withEach(item, text).map((altered) => input.with(index, altered)));
  return Object.entries(Object(input)).flatMap(([key, value]) =>
    withEach(value, text).map((altered) => ({ ...Object(input), [key]: altered })),
  );
}

async function stored(key: string): Promise<{ recovery_point: string; status_code: number | null; call: unknown }[]> {
  const { rows } = await system.owner.query(
    'select recovery_point, status_code, call from idempotency_keys where key = $1',
    [key],
  );
  return rows;
}

async function leaseIsOver(key: string): Promise<void> {
  await system.owner.query(
    `update idempotency_keys set locked_until = now() - interval '1 day' where key = $1 and recovery_point <> 'finished'`,
    [key],
  );
}

/** Stops the next call at a checkpoint, as if its process died there, until the answer is called. */
function stopAt(point: string): { readonly reached: Promise<void>; wake(): void } {
  const [stopped, woken] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  observeCheckpoints((reached) => {
    if (reached !== point) return;
    observeCheckpoints(undefined);
    stopped.resolve();
    return woken.promise;
  });
  return { reached: stopped.promise, wake: woken.resolve };
}

test('every mutation of the router has a case here, or a reason why it needs no key', () => {
  const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>);
  const mutations = procedures.filter(([, { _def }]) => _def.type === 'mutation').map(([path]) => path);
  expect(mutations.sort()).toEqual([...Object.keys(MUTATIONS), ...Object.keys(EXEMPT)].sort());
});

describe.each(Object.entries(MUTATIONS))('%s', (path, { by: [first, second], make }) => {
  test('twenty at once have one effect and one result; the others are told to wait', async () => {
    const [wanted, key] = [await make(first), freshKey()];
    const input = { ...wanted.input, idempotencyKey: key };
    const answers = await Promise.all(Array.from({ length: 20 }, () => call(path, first, input)));
    const results = answers.filter(({ code }) => code !== 'idempotency_in_flight');
    expect(results.length).toBeGreaterThan(0);
    for (const result of results) expect(result).toEqual(results[0]);
    expect(results[0]?.code).toBeUndefined();
    expect(await call(path, first, input)).toEqual(results[0]);
    expect(await wanted.effects()).toBe(1);
    expect(await stored(key)).toEqual([{ recovery_point: 'finished', status_code: 200, call: null }]);
  });

  test('another input under the same key is refused and changes nothing', async () => {
    const [wanted, other, idempotencyKey] = [await make(first), await make(first), freshKey()];
    await call(path, first, { ...wanted.input, idempotencyKey });
    expect(await call(path, first, { ...other.input, idempotencyKey })).toEqual({ code: 'idempotency_key_reused' });
    expect([await wanted.effects(), await other.effects()]).toEqual([1, 0]);
  });

  test('the same key of another person is another key', async () => {
    const [mine, theirs, idempotencyKey] = [await make(first), await make(second), freshKey()];
    await call(path, first, { ...mine.input, idempotencyKey });
    expect((await call(path, second, { ...theirs.input, idempotencyKey })).code).toBeUndefined();
    expect([await mine.effects(), await theirs.effects()]).toEqual([1, 1]);
  });

  test('an error is kept as the result is; what is not valid, or not allowed, stores nothing', async () => {
    const [wanted, key] = [await make(first), freshKey()];
    const input = { ...wanted.input, idempotencyKey: key };
    expect(await call(path, first, { ...input, surprise: 1 })).toEqual({ code: 'validation_failed' });
    expect(await call(path, first, { ...input, idempotencyKey: 'k'.repeat(256) })).toEqual({
      code: 'validation_failed',
    });
    if (path.startsWith('admin.')) expect(await call(path, 'shopper_1', input)).toEqual({ code: 'forbidden' });
    expect(await stored(key)).toEqual([]);
    await call(path, first, wanted.input);
    const refusedOrNot = await call(path, first, input);
    expect(await call(path, first, input)).toEqual(refusedOrNot);
    expect(await stored(key)).toHaveLength(1);
  });

  test('text that no database holds, and card numbers, are refused wherever they stand, and store nothing', async () => {
    const [{ input, effects }, idempotencyKey] = [await make(first), freshKey()];
    for (const [text, code] of [
      ['a \0 b', 'validation_failed'],
      ['half a pair \ud83e', 'validation_failed'],
      ['4242424242424242', 'card_data_refused'],
    ] as const) {
      for (const altered of withEach({ ...input, idempotencyKey }, text)) {
        expect(await call(path, first, altered as object), JSON.stringify(altered)).toEqual({ code });
      }
    }
    expect([await stored(idempotencyKey), await effects()]).toEqual([[], 0]);
  });

  test.each(['statement:after', 'commit:after'])(
    'a process that stops for good at %s: the worker brings it to its end, and asking again answers it',
    async (point) => {
      const [wanted, key] = [await make(first), freshKey()];
      const input = { ...wanted.input, idempotencyKey: key };
      const stop = stopAt(point);
      const late = call(path, first, input);
      await stop.reached;
      await leaseIsOver(key);
      expect(await completeAbandonedMutations(10)).toBe(1);
      const kept = await call(path, first, input);
      expect(kept.code).toBeUndefined();
      expect(await stored(key)).toEqual([{ recovery_point: 'finished', status_code: 200, call: null }]);
      stop.wake();
      expect(await late).toEqual(kept);
      expect(await wanted.effects()).toBe(1);
    },
  );
});

test('a guest is told apart by the checkout, over HTTP as in the browser', async () => {
  const checkoutIds = [await openCheckout('shop'), await openCheckout('shop')];
  const idempotencyKey = freshKey();
  const post = async (checkoutId: string | undefined) => {
    const body = JSON.stringify(superjson.serialize({ checkoutId, idempotencyKey }));
    const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };
    const request = new Request('http://shop.test/api/trpc/checkouts.pay', { method: 'POST', headers, body });
    const response = await handleTrpc(request, { readCookie: () => undefined, readHeader: () => null });
    return { status: response.status, body: await response.json() };
  };
  const [first, again, other] = [await post(checkoutIds[0]), await post(checkoutIds[0]), await post(checkoutIds[1])];
  expect(first.status).toBe(200);
  expect(again).toEqual(first);
  expect(other.status).toBe(200);
  expect(other).not.toEqual(first);
  const { rows } = await system.owner.query(
    'select principal from idempotency_keys where key = $1 order by created_at',
    [idempotencyKey],
  );
  expect(rows).toEqual(checkoutIds.map((id) => ({ principal: `guest:${id}` })));
});

test.each([
  ['a card number', '"buyer":{"name":"Ann 4242424242424242"', 'card_data_refused'],
  ['a card number that is escaped', '"buyer":{"name":"\\u0034242424242424242"', 'card_data_refused'],
  ['a card number as the name of a field', '"\\u0034242424242424242":1,"buyer":{"name":"Ann"', 'card_data_refused'],
  ['a NUL', '"buyer":{"name":"A\\u0000B"', 'validation_failed'],
  ['half a surrogate pair', '"buyer":{"name":"\\ud83e"', 'validation_failed'],
  ['an id with a NUL', '"items":[{"productId":"\\u0000","quantity":1}],"buyer":{"name":"Ann"', 'validation_failed'],
])('%s in one call of a batch refuses that call, and no other', async (_, fields, code) => {
  const [refused, good] = [freshKey(), freshKey()];
  const basket = (key: string, rest: string) =>
    `{"json":{"items":[{"productId":"bowl","quantity":1}],"idempotencyKey":"${key}",${rest},"email":"${key}@example.test"}}}`;
  const body = `{"0":${basket(refused, fields)},"1":${basket(good, '"buyer":{"name":"Zoë 🦉"')}}`;
  const url = 'http://shop.test/api/trpc/shop.openCheckout,shop.openCheckout?batch=1';
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  const request = new Request(url, { method: 'POST', headers, body });
  const response = await handleTrpc(request, { readCookie: () => undefined, readHeader: () => null });
  expect(await response.json()).toMatchObject([
    { error: { json: { data: { appCode: code, httpStatus: 400 } } } },
    { result: { data: { json: { checkoutId: expect.any(String) } } } },
  ]);
  expect([await stored(refused), await stored(good)]).toEqual([[], [expect.objectContaining({ status_code: 200 })]]);
});

test('a person who was suspended meanwhile gets nothing done, and the call is given up in the end', async () => {
  const { make } = MUTATIONS['admin.deadLetters.tryAgain'] as Mutation;
  const [wanted, key] = [await make('clerk_2'), freshKey()];
  const input = { ...wanted.input, idempotencyKey: key };
  const stop = stopAt('statement:after');
  const late = call('admin.deadLetters.tryAgain', 'clerk_2', input);
  await stop.reached;
  await system.owner.query(`update users set suspended_at = now() where id = 'clerk_2'`);
  await leaseIsOver(key);
  expect(await completeAbandonedMutations(10)).toBe(1);
  expect(await stored(key)).toMatchObject([{ recovery_point: 'started' }]);
  await system.owner.query('update idempotency_keys set worker_tries = 12 where key = $1', [key]);
  await leaseIsOver(key);
  expect(await completeAbandonedMutations(10)).toBe(1);
  stop.wake();
  expect(await late).toEqual({ code: 'internal_error' });
  expect(await wanted.effects()).toBe(0);
});
