import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { pollDisputes } from '#disputes';
import { observeCheckpoints } from '#kernel';
import { resolveAttempts, takePayment } from '#payments';
import { requestPayout } from '#payouts';
import {
  freePort,
  openPayableSeller,
  type PaymentSystem,
  releaseEarnings,
  samplePayment,
  startPaymentSystem,
  startProcess,
} from '#testing';
import { api } from './app.ts';
import { completeAbandonedRequests } from './complete-abandoned-requests.ts';
import { addApiKeys, call, examplePayment, KEY, OTHER_KEY, type Reply, toRequest } from './testkit.ts';

/**
 * What an Idempotency-Key promises, for every unsafe route there is: asked of the app itself, so that a route without it, or
 * without a case here, fails.
 */
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('idempotency_api');
  await addApiKeys(system.owner);
});

afterEach(() => observeCheckpoints(undefined));

afterAll(() => system.stop());

interface Wanted {
  readonly path: string;
  readonly body?: unknown;
  /** What was made, counted: 0 before, 1 after, whatever the request is made of. */
  readonly effects: () => Promise<number>;
}

interface UnsafeRoute {
  /** A request that was never made before, with whatever has to be there first. */
  readonly make: (apiKey?: string) => Promise<Wanted>;
  /** One that fails validation. */
  readonly invalid: Omit<Wanted, 'effects'>;
  readonly status: number;
}

const ROUTES: Record<string, UnsafeRoute> = {
  'POST /api/v1/payments': {
    make: async () => {
      const body = examplePayment();
      return { path: '/payments', body, effects: () => chargedOnce(body) };
    },
    invalid: { path: '/payments', body: examplePayment({ amount: 29.99 }) },
    status: 202,
  },
  'POST /api/v1/payments/bulk': {
    make: async () => {
      const payments = [examplePayment(), examplePayment({ orders: 2 })];
      return {
        path: '/payments/bulk',
        body: { payments },
        effects: async () => Math.max(...(await Promise.all(payments.map(chargedOnce)))),
      };
    },
    invalid: { path: '/payments/bulk', body: { payments: [] } },
    status: 200,
  },
  'POST /api/v1/payments/{payment_order_id}/retry': {
    make: async (key) => {
      const declined = examplePayment({ token: 'tok_chargeDeclined' });
      await call('POST', '/payments', { body: declined, ...(key && { key }) });
      const id = declined.payment_orders[0]?.payment_order_id;
      return {
        path: `/payments/${id}/retry`,
        body: { credit_card_info: { token: 'tok_visa' } },
        effects: () =>
          counted(
            'select count(*) from attempt_orders join payment_attempts a on a.id = attempt_id where payment_order_id = $1 and attempt_no > 1',
            id,
          ),
      };
    },
    invalid: { path: '/payments/order_1/retry', body: {} },
    status: 202,
  },
  'POST /api/v1/payments/{payment_id}/refunds': {
    make: async (key) => {
      const paid = examplePayment();
      await call('POST', '/payments', {
        body: paid,
        headers: { prefer: 'wait=10' },
        ...(key && { key }),
      });
      const id = paid.payment_orders[0]?.payment_order_id;
      return {
        path: `/payments/${id}/refunds`,
        body: { amount: '10.00', currency: 'USD', reason: 'other' },
        effects: () => counted('select count(*) from refunds where payment_order_id = $1', id),
      };
    },
    invalid: { path: '/payments/order_1/refunds', body: { amount: '0.00', currency: 'USD', reason: 'other' } },
    status: 202,
  },
  'POST /api/v1/disputes/{dispute_id}/evidence': {
    make: async (key) => {
      const id = await disputed(key);
      return {
        path: `/disputes/${id}/evidence`,
        body: { evidence: 'it was delivered' },
        effects: () => counted('select count(*) from dispute_responses where dispute_id = $1', id),
      };
    },
    invalid: { path: '/disputes/dsp_1/evidence', body: { evidence: '' } },
    status: 202,
  },
  'POST /api/v1/disputes/{dispute_id}/accept': {
    make: async (key) => {
      const id = await disputed(key);
      return {
        path: `/disputes/${id}/accept`,
        effects: () => counted('select count(*) from dispute_responses where dispute_id = $1', id),
      };
    },
    invalid: { path: '/disputes/no%20id/accept' },
    status: 202,
  },
  'POST /api/v1/checkouts': {
    make: async () => {
      const { checkout_id: buyer, credit_card_info: _, payment_orders, ...rest } = examplePayment();
      const orders = payment_orders.map(({ payment_order_id: __, ...order }) => order);
      const body = { ...rest, buyer_info: { ...rest.buyer_info, user_id: buyer }, payment_orders: orders };
      return {
        path: '/checkouts',
        body,
        effects: () => counted('select count(*) from payment_events where buyer_user_id = $1', buyer),
      };
    },
    invalid: { path: '/checkouts', body: { payment_orders: [] } },
    status: 201,
  },
  'POST /api/v1/checkouts/{checkout_id}/cancel': {
    make: async (key) => {
      const { credit_card_info: _, ...body } = examplePayment();
      await call('POST', '/checkouts', { body, ...(key && { key }) });
      return {
        path: `/checkouts/${body.checkout_id}/cancel`,
        effects: () =>
          counted(
            `select count(*) from order_transitions where payment_order_id = $1 and from_state = 'REQUIRES_ACTION'`,
            body.payment_orders[0]?.payment_order_id,
          ),
      };
    },
    invalid: { path: '/checkouts/no%20id/cancel' },
    status: 200,
  },
  'POST /api/v1/payouts': {
    make: async () => {
      const sellerId = await payableSeller();
      // Its accounts are open: what follows the key is the payout alone.
      await requestPayout({ sellerId, currency: 'USD', amountMinor: 100n, requestedBy: 'user:bo' });
      return {
        path: '/payouts',
        body: { seller_id: sellerId, currency: 'USD', amount: '12.50' },
        effects: () => counted('select count(*) from payouts where seller_id = $1 and amount_minor = 1250', sellerId),
      };
    },
    invalid: { path: '/payouts', body: { seller_id: 'seller_1', currency: 'USD', amount: 12.5 } },
    status: 201,
  },
  'POST /api/v1/payouts/{payout_id}/approve': {
    make: async () => {
      const payoutId = await waitingPayout();
      return { path: `/payouts/${payoutId}/approve`, effects: () => payoutSteps(payoutId, 'APPROVED') };
    },
    invalid: { path: '/payouts/no%20id/approve' },
    status: 200,
  },
  'POST /api/v1/payouts/{payout_id}/cancel': {
    make: async () => {
      const payoutId = await waitingPayout();
      return {
        path: `/payouts/${payoutId}/cancel`,
        body: { reason: 'asked for twice' },
        effects: () => payoutSteps(payoutId, 'CANCELLED'),
      };
    },
    invalid: { path: '/payouts/po_1/cancel', body: {} },
    status: 200,
  },
  'POST /api/v1/sellers/{seller_id}/bank_accounts': {
    make: async () => {
      const sellerId = await payableSeller();
      return {
        path: `/sellers/${sellerId}/bank_accounts`,
        body: { currency: 'USD', token: await bankToken() },
        effects: () => counted('select count(*) - 1 as count from bank_accounts where seller_id = $1', sellerId),
      };
    },
    invalid: { path: '/sellers/seller_1/bank_accounts', body: { currency: 'USD', token: '000123456789' } },
    status: 201,
  },
};

/** A seller that has earned more than is paid out without a second person. */
async function payableSeller(): Promise<string> {
  sellers += 1;
  const sellerId = `seller_${sellers}`;
  await openPayableSeller(system.owner, sellerId);
  const sale = samplePayment({ orders: [{ seller: sellerId, amount: '10300.00' }] });
  await takePayment(sale, 'key:shop', { waitMs: 10_000 });
  for (const { paymentOrderId } of sale.orders) await releaseEarnings(system.owner, paymentOrderId);
  return sellerId;
}

let sellers = 0;

async function waitingPayout(): Promise<string> {
  const sellerId = await payableSeller();
  return requestPayout({ sellerId, currency: 'USD', amountMinor: null, requestedBy: 'user:bo' });
}

function payoutSteps(payoutId: string, to: string): Promise<number> {
  return counted('select count(*) from payout_transitions where payout_id = $1 and to_state = $2', payoutId, to);
}

/** What the seller's browser gets from the provider for the number of its account. */
async function bankToken(): Promise<string> {
  const account = { country: 'US', currency: 'usd', routing_number: '110000000', account_number: '000123456789' };
  const form = Object.fromEntries(Object.entries(account).map(([name, value]) => [`bank_account[${name}]`, value]));
  const { body } = await system.browser('POST', 'tokens', form);
  return String(body.id);
}

/** A paid order that its bank disputes. */
async function disputed(apiKey?: string): Promise<string> {
  const paid = examplePayment();
  await call('POST', '/payments', { body: paid, headers: { prefer: 'wait=10' }, ...(apiKey && { key: apiKey }) });
  const [charge] = await system.charges(paid.payment_orders[0]?.payment_order_id);
  await system.helper('disputes', { charge: charge?.id ?? '' });
  await pollDisputes();
  const { rows } = await system.owner.query<{ id: string }>(
    'select d.id from disputes d join payment_attempts a on a.id = d.attempt_id where a.checkout_id = $1',
    [paid.checkout_id],
  );
  return rows[0]?.id ?? '';
}

/** 0 when nothing was charged, 1 when every order was exactly once, more when one was more often. */
async function chargedOnce({ payment_orders: orders }: ReturnType<typeof examplePayment>): Promise<number> {
  const charges = await Promise.all(orders.map((order) => system.charges(order.payment_order_id)));
  const counts = charges.map(({ length }) => length);
  expect(new Set(counts).size).toBe(1);
  return counts[0] ?? 0;
}

async function counted(text: string, ...values: unknown[]): Promise<number> {
  const { rows } = await system.owner.query<{ count: string }>(text, values);
  return Number(rows[0]?.count);
}

/** The key is claimed; the effect is committed; the answer is kept, but not sent. */
const DEATHS = ['statement:after 1', 'commit:after 1', 'statement:after 2'];

let keys = 0;
const freshKey = () => `key-${++keys}`;

function send({ path, body }: Omit<Wanted, 'effects'>, key: string, apiKey = KEY): Promise<Reply> {
  return call('POST', path, { body, key: apiKey, headers: { 'idempotency-key': key } });
}

function expectReplay(reply: Reply, first: Reply): void {
  expect(reply).toMatchObject({ status: first.status, text: first.text });
  for (const name of ['content-type', 'location', 'retry-after'])
    expect(reply.headers.get(name)).toBe(first.headers.get(name));
  expect(reply.headers.get('idempotent-replayed')).toBe('true');
}

async function stored(key: string): Promise<{ recovery_point: string; status_code: number | null; call: unknown }[]> {
  const { rows } = await system.owner.query(
    'select recovery_point, status_code, call from idempotency_keys where key = $1',
    [key],
  );
  return rows;
}

/** As if the lease of a key, and every pause before the worker tries, had passed. */
async function leaseIsOver(key: string): Promise<void> {
  await system.owner.query(
    `update idempotency_keys set locked_until = now() - interval '1 day' where key = $1 and recovery_point <> 'finished'`,
    [key],
  );
}

/** What the worker does, but for the abandoned requests and for pages that wait for their shopper. */
async function resolve(): Promise<void> {
  await system.owner.query(
    `update payment_attempts set resolve_at = now() where finished_at is null and state <> 'REQUIRES_ACTION'`,
  );
  await resolveAttempts(100);
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'ALL']);

test('every unsafe route of the app has a case here, and says in its description that it takes a key', () => {
  const routes = api().routes.filter(({ method }) => !SAFE.has(method));
  const described = Object.entries(
    api().getOpenAPI31Document({ openapi: '3.1.0', info: { title: '', version: '' } }).paths ?? {},
  );
  const operations = described.flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, { parameters?: { name: string }[]; responses: object }>)
      .filter(([method]) => !SAFE.has(method.toUpperCase()))
      .map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
  );
  expect(operations.map(({ name }) => name).sort()).toEqual(Object.keys(ROUTES).sort());
  const inHono = routes.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  expect([...new Set(inHono)].sort()).toEqual(Object.keys(ROUTES).sort());
  for (const { name, operation } of operations) {
    expect(
      operation.parameters?.map((parameter) => parameter.name),
      name,
    ).toContain('idempotency-key');
    expect(Object.keys(operation.responses), name).toEqual(expect.arrayContaining(['400', '409', '422']));
  }
});

describe.each(Object.entries(ROUTES))('%s', (_, route) => {
  test('fifty at once have one effect and one answer; the others are told to wait or get it, byte for byte', async () => {
    const [wanted, key] = [await route.make(), freshKey()];
    const replies = await Promise.all(Array.from({ length: 50 }, () => send(wanted, key)));
    const answers = replies.filter(({ status }) => status !== 409);
    expect(answers.length).toBeGreaterThan(0);
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers.filter(({ headers }) => !headers.has('idempotent-replayed'))).toHaveLength(1);
    for (const reply of replies.filter(({ status }) => status === 409)) {
      expect(reply.json).toMatchObject({ code: 'idempotency_in_flight' });
      expect(reply.headers.get('retry-after')).toBe('1');
    }
    expect(answers[0]?.status).toBe(route.status);
    expectReplay(await send(wanted, key), answers[0] as Reply);
    expect(await wanted.effects()).toBe(1);
    expect(await stored(key)).toEqual([{ recovery_point: 'finished', status_code: route.status, call: null }]);
  });

  test('another request under the same key is refused and changes nothing', async () => {
    const [wanted, other, key] = [await route.make(), await route.make(), freshKey()];
    const first = await send(wanted, key);
    expect(await send(other, key)).toMatchObject({ status: 422, json: { code: 'idempotency_key_reused' } });
    expect([await wanted.effects(), await other.effects()]).toEqual([1, 0]);
    expectReplay(await send(wanted, key), first);
  });

  test('the same key of another principal is another key', async () => {
    const key = freshKey();
    const [mine, theirs] = [await route.make(), await route.make(OTHER_KEY)];
    const first = await send(mine, key);
    const other = await send(theirs, key, OTHER_KEY);
    expect(other.status).toBe(route.status);
    expect(other.headers.get('idempotent-replayed')).toBeNull();
    expect(other.text).not.toBe(first.text);
    expect([await mine.effects(), await theirs.effects()]).toEqual([1, 1]);
  });

  test('a key whose day is over is a fresh one', async () => {
    const [old, young, key] = [await route.make(), await route.make(), freshKey()];
    await send(old, key);
    await system.owner.query(`update idempotency_keys set expires_at = now() - interval '1 second' where key = $1`, [
      key,
    ]);
    const reply = await send(young, key);
    expect(reply.status).toBe(route.status);
    expect(reply.headers.get('idempotent-replayed')).toBeNull();
    expect(await young.effects()).toBe(1);
  });

  test('a request that fails validation stores nothing, and its key stays free', async () => {
    const [wanted, key] = [await route.make(), freshKey()];
    expect((await send(route.invalid, key)).status).toBe(400);
    expect(await stored(key)).toEqual([]);
    expect((await send(wanted, key)).status).toBe(route.status);
  });

  test('a key of a wrong form is refused before anything is done', async () => {
    const wanted = await route.make();
    for (const [key, code] of [
      ['k'.repeat(256), 'idempotency_key_invalid'],
      ['two keys', 'idempotency_key_invalid'],
      ['""', 'idempotency_key_invalid'],
      ['4242424242424242', 'card_data_refused'],
    ] as const) {
      expect(await send(wanted, key)).toMatchObject({ status: 400, json: { code } });
      expect(await stored(key)).toEqual([]);
    }
    expect(await wanted.effects()).toBe(0);
    expect((await send(wanted, 'k'.repeat(255))).status).toBe(route.status);
    await system.owner.query(
      `update idempotency_keys set expires_at = now() - interval '1 second' where length(key) = 255`,
    );
  });

  test('kill -9 at any recovery point: the worker alone brings it to its end, and asking again answers it', async () => {
    const died = await Promise.all(
      DEATHS.map(async (point) => {
        const [wanted, key] = [await route.make(), freshKey()];
        await sendToOneThatDies(wanted, key, point);
        return { wanted, key };
      }),
    );
    for (const { key } of died) await leaseIsOver(key);
    await resolve();
    // The one whose answer was kept, but not sent, needs nobody.
    expect(await completeAbandonedRequests(100)).toBe(DEATHS.length - 1);
    await resolve();
    for (const { wanted, key } of died) {
      expect(await stored(key)).toEqual([{ recovery_point: 'finished', status_code: route.status, call: null }]);
      expect(await wanted.effects()).toBe(1);
      const again = await send(wanted, key);
      expect(again.status).toBe(route.status);
      expectReplay(await send(wanted, key), again);
      expect(await wanted.effects()).toBe(1);
    }
  }, 60_000);
});

/** Sends a request to the API as a process of its own, which dies at the checkpoint: no answer comes. */
async function sendToOneThatDies(wanted: Wanted, key: string, point: string): Promise<void> {
  const port = await freePort();
  const killer = new URL('../testing/die-at-checkpoint.ts', import.meta.url);
  const server = await startProcess({
    name: 'api',
    script: 'server/api/main.ts',
    env: { API_PORT: String(port), DIE_AT: point, NODE_OPTIONS: `--import=${killer.href}` },
    ready: { url: `http://127.0.0.1:${port}/api/health/live` },
  });
  const request = toRequest(`http://127.0.0.1:${port}`, 'POST', wanted.path, {
    body: wanted.body,
    headers: { 'idempotency-key': key },
  });
  await expect(fetch(request)).rejects.toThrow();
  expect(await server.ended).toMatchObject({ signal: 'SIGKILL' });
}

/** Holds the first `count` requests of this process at a checkpoint, as if it slept, until the answer is called. */
function holdAt(point: string, count: number): { readonly reached: Promise<void>; wake(): void } {
  const [held, slept] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let seen = 0;
  observeCheckpoints((reached) => {
    if (reached !== point || seen === count) return;
    seen += 1;
    if (seen === count) held.resolve();
    return slept.promise;
  });
  return { reached: held.promise, wake: slept.resolve };
}

describe.each(Object.entries(ROUTES))('%s', (_, route) => {
  test('a process that sleeps past its lease and wakes up does nothing more, and gives the answer of who took over', async () => {
    const sleepers = await Promise.all(
      Array.from({ length: 4 }, async () => ({ wanted: await route.make(), key: freshKey() })),
    );
    const hold = holdAt('statement:after', sleepers.length);
    const late = sleepers.map(({ wanted, key }) => send(wanted, key));
    await hold.reached;
    for (const { wanted, key } of sleepers) {
      expect(await send(wanted, key)).toMatchObject({ status: 409, json: { code: 'idempotency_in_flight' } });
      await leaseIsOver(key);
    }
    const taken = await Promise.all(Array.from({ length: 4 }, () => completeAbandonedRequests(2)));
    expect(taken.reduce((sum, one) => sum + one, 0)).toBe(sleepers.length);
    const kept = await Promise.all(sleepers.map(({ wanted, key }) => send(wanted, key)));
    hold.wake();
    const answers = await Promise.all(late);
    for (const [index, { wanted }] of sleepers.entries()) {
      expect(kept[index]?.status).toBe(route.status);
      expectReplay(answers[index] as Reply, kept[index] as Reply);
      expect(await wanted.effects()).toBe(1);
    }
  });
});

test('what had an effect and could not be answered goes on from there, and is one checkout', async () => {
  const [wanted, key] = [await (ROUTES['POST /api/v1/checkouts'] as UnsafeRoute).make(), freshKey()];
  await system.wire.unplug();
  for (let times = 0; times < 3; times += 1) expect((await send(wanted, key)).json.code).toBe('psp_unavailable');
  expect(await stored(key)).toMatchObject([{ recovery_point: 'accepted', call: { door: 'rest', method: 'POST' } }]);
  await leaseIsOver(key);
  expect(await completeAbandonedRequests(10)).toBe(1);
  expect(await completeAbandonedRequests(10), 'it waits before it is tried again').toBe(0);
  await system.wire.plugIn();
  await resolve();
  await expect
    .poll(
      async () => {
        await leaseIsOver(key);
        await completeAbandonedRequests(10);
        return (await stored(key))[0]?.status_code;
      },
      { timeout: 20_000 },
    )
    .toBe(201);
  const reply = await send(wanted, key);
  expect(reply.headers.get('idempotent-replayed')).toBe('true');
  expect(reply.json.page_url).toMatch(/\/pay\/cs_/);
  expect(await wanted.effects()).toBe(1);
});

test('what never comes to its end is given up with an answer that says so, and leaves nothing half done', async () => {
  const [wanted, key] = [await (ROUTES['POST /api/v1/payments'] as UnsafeRoute).make(), freshKey()];
  const hold = holdAt('statement:after', 1);
  const sleeping = send(wanted, key);
  await hold.reached;
  await leaseIsOver(key);
  await system.owner.query('update idempotency_keys set worker_tries = 12 where key = $1', [key]);
  expect(await completeAbandonedRequests(10)).toBe(1);
  const reply = await send(wanted, key);
  expect(reply).toMatchObject({ status: 500, json: { code: 'internal_error', instance: '/api/v1/payments' } });
  expect(reply.headers.get('content-type')).toBe('application/problem+json');
  expect(reply.json.detail).toContain('could not be brought to its end');
  hold.wake();
  expectReplay(await sleeping, reply);
  expect(await wanted.effects()).toBe(0);
});

test('an abandoned request stays its principal’s although the API key was revoked since', async () => {
  const [wanted, key] = [await (ROUTES['POST /api/v1/payments'] as UnsafeRoute).make(), freshKey()];
  const hold = holdAt('statement:after', 1);
  const sleeping = send(wanted, key, OTHER_KEY);
  await hold.reached;
  await system.owner.query(`update api_keys set revoked_at = now() where id = 'other'`);
  await leaseIsOver(key);
  expect(await completeAbandonedRequests(10)).toBe(1);
  expect(await stored(key)).toMatchObject([{ status_code: 202 }]);
  expect((await send(wanted, key, OTHER_KEY)).status).toBe(401);
  await system.owner.query(`update api_keys set revoked_at = null where id = 'other'`);
  hold.wake();
  expectReplay(await sleeping, await send(wanted, key, OTHER_KEY));
});

test('what is stored to run a request again is what was looked through, not what was sent, and comes to the same end', async () => {
  const card = '4242424242424242';
  const [body, key] = [examplePayment(), freshKey()];
  const twice = `{"checkout_id":"${card}",${JSON.stringify(body).slice(1)}`;
  const headers = {
    'idempotency-key': key,
    prefer: `wait=10, note=${card}`,
    'content-type': `application/json; a=${card}`,
  };
  const hold = holdAt('statement:after', 1);
  const sleeping = call('POST', '/payments', { body: twice, headers });
  await hold.reached;
  const [row] = await stored(key);
  expect(row).toMatchObject({ recovery_point: 'started', call: { method: 'POST', headers: { prefer: 'wait=10' } } });
  expect(JSON.stringify(row)).not.toContain(card);
  await leaseIsOver(key);
  expect(await completeAbandonedRequests(10)).toBe(1);
  expect(await stored(key)).toEqual([{ recovery_point: 'finished', status_code: 200, call: null }]);
  hold.wake();
  const [late, again] = [await sleeping, await call('POST', '/payments', { body, headers })];
  expect(late).toMatchObject({ status: 200, json: { checkout_id: body.checkout_id } });
  expectReplay(again, late);
  expect(await chargedOnce(body)).toBe(1);
});

test('nobody outside can act as the worker does: whatever is sent along, a request needs its API key', async () => {
  const { path, body, effects } = await (ROUTES['POST /api/v1/payments'] as UnsafeRoute).make();
  const forged = { principal: 'key:shop', call: {}, claim: {}, givenUp: false };
  const bindings: Record<string | symbol, unknown> = {
    abandoned: forged,
    'abandoned request': forged,
    'Symbol(abandoned request)': forged,
    [Symbol('abandoned request')]: forged,
    [Symbol.for('abandoned request')]: forged,
    params: Promise.resolve(forged),
  };
  const headers = { abandoned: 'true', 'idempotency-key': freshKey(), principal: 'key:shop' };
  const request = toRequest('http://api.test', 'POST', path, { body, key: null, headers });
  expect((await api().fetch(request, bindings as never)).status).toBe(401);
  expect(await effects()).toBe(0);
});

test('after all of it the books add up, and agree with the journal of the provider charge by charge', async () => {
  await system.refundNow();
  expect(await system.problems()).toEqual([]);
});
