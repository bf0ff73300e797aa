import { callTRPCProcedure, TRPCError } from '@trpc/server';
import superjson from 'superjson';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Role } from '#auth';
import { type ErrorCode, observeCheckpoints } from '#kernel';
import { createCheckout, startHostedPayment, takePayment } from '#payments';
import { type PaymentSystem, samplePayment, startPaymentSystem } from '#testing';
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
    insert into sellers (id, display_name) values ('seller_456', 'Seller');
    insert into products (id, seller_id, name, description, price_minor, currency, art, position)
      values ('bowl', 'seller_456', 'Bowl', '', 2999, 'USD', 'bowl', 1);
  `);
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
};

/** Mutations that take no key, each with the reason why repeating them can do no harm. */
const EXEMPT: Record<string, string> = {};

async function openCheckout(principal: string): Promise<string> {
  const { payment: _, ...request } = samplePayment();
  return (await createCheckout(request, principal)).checkoutId;
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
  const role: Role = userId?.startsWith('shopper') ? 'shopper' : 'finance';
  const actor = userId && {
    userId,
    role,
    sellerId: null,
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
