import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool } from '#db';
import { ERROR_CODES } from '#kernel';
import { api } from './app.ts';
import { MAX_BODY_BYTES } from './guard-body.ts';
import { type ApiSystem, examplePayment, KEY, OTHER_KEY, type Reply, startApiSystem } from './testkit.ts';

let system: ApiSystem;

beforeAll(async () => {
  system = await startApiSystem();
});

afterAll(() => system.stop());

function expectProblem(reply: Reply, status: number, code: keyof typeof ERROR_CODES): void {
  expect(reply.headers.get('content-type')).toBe('application/problem+json');
  expect(reply.json).toMatchObject({ type: `/docs/errors#${code}`, title: ERROR_CODES[code].title, status, code });
  expect(reply.status).toBe(status);
  expect(reply.json.detail).toEqual(expect.any(String));
  expect(reply.json.instance).toMatch(/^\/api\/v1/);
  expect(reply.json.request_id).toBe(reply.headers.get('request-id'));
}

test('without a valid key nothing is answered, not even whether an address exists', async () => {
  for (const [method, path] of [
    ['POST', '/payments'],
    ['GET', '/payments/order_1'],
    ['GET', '/wallets/seller_456'],
    ['GET', '/ledger?account_id=seller_456'],
    ['GET', '/ledger/balance'],
    ['GET', '/nothing-here'],
  ] as const) {
    for (const key of [null, 'sk_test_nobody_has_this_key_at_all', 'nonsense']) {
      const reply = await system.call(method, path, { key });
      expectProblem(reply, 401, 'unauthenticated');
      expect(reply.headers.get('www-authenticate')).toBe('Bearer');
    }
  }
});

test('a revoked key is refused at its next call', async () => {
  expect((await system.call('GET', '/ledger/balance', { key: OTHER_KEY })).status).toBe(200);
  await pool().query(`update api_keys set revoked_at = now() where id = 'other'`);
  expectProblem(await system.call('GET', '/ledger/balance', { key: OTHER_KEY }), 401, 'unauthenticated');
  await pool().query(`update api_keys set revoked_at = null where id = 'other'`);
});

test('unknown addresses and methods are told apart', async () => {
  expectProblem(await system.call('GET', '/nothing-here'), 404, 'not_found');
  expectProblem(await system.call('GET', '/payments/order_unknown'), 404, 'not_found');
  const reply = await system.call('DELETE', '/payments');
  expectProblem(reply, 405, 'method_not_allowed');
  expect(reply.headers.get('allow')).toBe('POST');
});

test('only well-formed JSON of bounded size and depth is read', async () => {
  const post = (body: string, headers?: Record<string, string>) => system.call('POST', '/payments', { body, headers });
  expectProblem(await post('{"checkout_id":'), 400, 'json_malformed');
  expectProblem(
    await post('checkout_id=1', { 'content-type': 'application/x-www-form-urlencoded' }),
    415,
    'media_type_unsupported',
  );
  expectProblem(await post('{}', { 'content-type': 'text/plain' }), 415, 'media_type_unsupported');
  expectProblem(await post(`"${'x'.repeat(MAX_BODY_BYTES)}"`), 413, 'body_too_large');
  expectProblem(await post('['.repeat(20_000) + ']'.repeat(20_000)), 400, 'validation_failed');
  expectProblem(await post(''), 400, 'json_malformed');
  for (const body of ['null', '[]', '"text"', '7']) expectProblem(await post(body), 400, 'validation_failed');
});

test('a body that does not arrive, or has no end, is refused in time, and its connection ends', async () => {
  const post = async (body: ReadableStream<Uint8Array>) => {
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body, duplex: 'half' };
    const response = await api().fetch(new Request('http://api.test/api/v1/payments', init as RequestInit));
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
  };
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(16 * 1024)),
  });
  const [silent, flood] = await Promise.all([post(new ReadableStream()), post(endless)]);
  expectProblem(silent, 408, 'body_too_slow');
  expectProblem(flood, 413, 'body_too_large');
  for (const { headers } of [silent, flood]) expect(headers.get('connection')).toBe('close');
});

test('text that a database cannot hold is refused', async () => {
  for (const name of ['nul \u0000 byte', 'lone \ud800 surrogate']) {
    const body = examplePayment();
    const reply = await system.call('POST', '/payments', {
      body: { ...body, buyer_info: { ...body.buyer_info, name } },
    });
    expectProblem(reply, 400, 'validation_failed');
    expect(reply.json.errors).toMatchObject([{ pointer: '/buyer_info/name' }]);
  }
});

test('every fault of a body is named with its place', async () => {
  const body = examplePayment({ orders: 2 });
  const faulty = {
    ...body,
    surprise: true,
    buyer_info: { user_id: 'user_123', email: 'not an address' },
    payment_orders: [body.payment_orders[0], { ...body.payment_orders[1], payment_order_id: 'no spaces', 'a/b~c': 1 }],
  };
  const reply = await system.call('POST', '/payments', { body: faulty });
  expectProblem(reply, 400, 'validation_failed');
  expect(
    Object.fromEntries(
      reply.json.errors.map((error: { pointer: string; code: string }) => [error.pointer, error.code]),
    ),
  ).toEqual({
    '/surprise': 'field_unknown',
    '/buyer_info/email': 'field_invalid',
    '/buyer_info/name': 'field_required',
    '/payment_orders/1/payment_order_id': 'field_invalid',
    '/payment_orders/1/a~1b~0c': 'field_unknown',
  });
});

test('an order id stands once in a request, and a checkout has 1 to 100 orders', async () => {
  const body = examplePayment({ orders: 2 });
  const twice = body.payment_orders.map((order) => ({ ...order, payment_order_id: 'the_same' }));
  expectProblem(
    await system.call('POST', '/payments', { body: { ...body, payment_orders: twice } }),
    400,
    'validation_failed',
  );
  for (const orders of [0, 101]) {
    expectProblem(
      await system.call('POST', '/payments', { body: examplePayment({ orders }) }),
      400,
      'validation_failed',
    );
  }
});

test.each([
  ['as the token', { credit_card_info: { token: '4242424242424242' } }],
  ['as a number', { credit_card_info: { token: 'tok_visa', number: 4242424242424242 } }],
  ['inside a text', { note: 'please charge 4000 0566 5566 5556 today' }],
  ['escaped', JSON.parse('{"note":"\\u0034242424242424242"}') as object],
  ['as the name of a field', { '5555555555554444': 1 }],
  ['deep inside', { a: [{ b: [{ c: '378282246310005' }] }] }],
])('a card number %s is refused, never echoed, and leaves no row', async (_, change) => {
  const before = await system.countRows();
  const reply = await system.call('POST', '/payments', { body: { ...examplePayment(), ...change } });
  expectProblem(reply, 400, 'card_data_refused');
  expect(reply.text.replaceAll(/\D/g, '')).not.toMatch(
    /4242424242424242|4000056655665556|5555555555554444|378282246310005/,
  );
  expect(await system.countRows()).toBe(before);
});

test.each([
  ['GET', '/payments/4242424242424242'],
  ['GET', '/payments/%34242424242424242'],
  ['POST', '/payments/%34242424242424242/retry'],
  ['POST', '/payments?note=4242+4242+4242+4242'],
  ['POST', '/payments?note=4242%204242%204242%204242'],
])('a card number in an address is refused however it is written: %s %s', async (method, path) => {
  const body = method === 'POST' ? examplePayment() : undefined;
  expectProblem(await system.call(method, path, { body }), 400, 'card_data_refused');
});

test("a caller's own request id comes back, in the header and in problems", async () => {
  const reply = await system.call('GET', '/payments/order_unknown', { headers: { 'request-id': 'my-request-0001' } });
  expect(reply.headers.get('request-id')).toBe('my-request-0001');
  expect(reply.json.request_id).toBe('my-request-0001');
  const odd = await system.call('GET', '/payments/order_unknown', { headers: { 'request-id': 'not "plain"' } });
  expect(odd.headers.get('request-id')).toMatch(/^req_/);
});

test('no answer may be cached or guessed about', async () => {
  for (const path of ['/ledger/balance', '/nothing-here']) {
    const { headers } = await system.call('GET', path);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});

const keyed = (key: string, body: unknown = examplePayment(), path = '/payments', apiKey?: string) =>
  system.call('POST', path, { body, headers: { 'idempotency-key': key }, ...(apiKey && { key: apiKey }) });

test('a keyed request is replayed byte for byte and marked, headers included', async () => {
  const body = examplePayment();
  const first = await keyed('key-replay', body);
  expect(first.status).toBe(202);
  expect(first.headers.get('idempotent-replayed')).toBeNull();
  for (const key of ['key-replay', '"key-replay"']) {
    const again = await keyed(key, body);
    expect(again).toMatchObject({ status: 202, text: first.text });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(again.headers.get('content-type')).toBe('application/json');
  }
});

test('a keyed error is replayed too', async () => {
  const body = examplePayment();
  await system.call('POST', '/payments', { body });
  const contradicting = { ...body, credit_card_info: { token: 'tok_mastercard' } };
  const first = await keyed('key-error', contradicting);
  expectProblem(first, 409, 'idempotency_mismatch');
  const again = await keyed('key-error', contradicting);
  expect(again).toMatchObject({ status: 409, text: first.text });
  expect(again.headers.get('content-type')).toBe('application/problem+json');
});

test('a key is refused for another body, and is nobody else’s', async () => {
  await keyed('key-mine');
  expectProblem(await keyed('key-mine'), 422, 'idempotency_key_reused');
  expect((await keyed('key-mine', examplePayment(), '/payments', OTHER_KEY)).status).toBe(202);
  expect((await keyed('key-mine', { payments: [examplePayment()] }, '/payments/bulk')).status).toBe(200);
});

test('a request that failed validation stores nothing under its key', async () => {
  expectProblem(await keyed('key-valid', { ...examplePayment(), extra: 1 }), 400, 'validation_failed');
  expect((await keyed('key-valid')).status).toBe(202);
});

test('keys of a wrong form are refused before anything is done', async () => {
  const before = await system.countRows();
  for (const key of ['k'.repeat(256), 'two keys', '""'])
    expectProblem(await keyed(key), 400, 'idempotency_key_invalid');
  expect(await system.countRows()).toBe(before);
});

test('of many with one key at once, one runs; the others wait their turn or get its answer', async () => {
  const body = examplePayment();
  const replies = await Promise.all(Array.from({ length: 20 }, () => keyed('key-at-once', body)));
  const done = replies.filter(({ status }) => status === 202);
  expect(done.length).toBeGreaterThan(0);
  expect(new Set(done.map(({ text }) => text)).size).toBe(1);
  for (const reply of replies.filter(({ status }) => status !== 202)) {
    expectProblem(reply, 409, 'idempotency_in_flight');
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  expect(await system.charges(body.payment_orders[0]?.payment_order_id ?? '')).toHaveLength(1);
});
