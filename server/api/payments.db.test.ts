import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { payment, singleOrder } from './schemas/answers.ts';
import { type ApiSystem, examplePayment, OTHER_KEY, startApiSystem, until } from './testkit.ts';

let system: ApiSystem;

beforeAll(async () => {
  system = await startApiSystem();
});

afterAll(() => system.stop());

const pay = (body: unknown, headers?: Record<string, string>) => system.call('POST', '/payments', { body, headers });

test('the documented request gets the documented answer, in content and order', async () => {
  const body = {
    checkout_id: 'checkout_abc123',
    buyer_info: { user_id: 'user_123', email: 'buyer@example.com', name: 'John Doe' },
    credit_card_info: { token: 'tok_visa_4242', last4: '4242' },
    payment_orders: [
      { payment_order_id: 'order_xyz789', seller_account: 'seller_456', amount: '29.99', currency: 'USD' },
    ],
  };
  const { status, headers, text, json } = await pay(body);
  expect(status).toBe(202);
  expect(text).toBe(
    JSON.stringify({
      checkout_id: 'checkout_abc123',
      payment_event_status: 'PROCESSING',
      payment_orders: [
        {
          payment_order_id: 'order_xyz789',
          status: 'SUCCESS',
          amount: '29.99',
          currency: 'USD',
          wallet_updated: true,
          ledger_updated: true,
        },
      ],
      created_at: json.created_at,
    }),
  );
  expect(json.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(headers.get('content-type')).toBe('application/json');
  expect(headers.get('location')).toBe('/api/v1/payments/checkout_abc123');
  expect(headers.get('request-id')).toMatch(/^req_/);
  expect(headers.get('retry-after')).toBeNull();
});

test('a payment is read by its order id and by its checkout id', async () => {
  const body = examplePayment({ orders: 2 });
  await pay(body);
  const [first] = body.payment_orders;
  const order = await system.call('GET', `/payments/${first?.payment_order_id}`);
  expect(order.status).toBe(200);
  expect(singleOrder.parse(order.json)).toMatchObject({
    checkout_id: body.checkout_id,
    payment_event_status: 'COMPLETED',
    status: 'SUCCESS',
    attempts: 1,
  });
  const checkout = await system.call('GET', `/payments/${body.checkout_id}`);
  expect(payment.parse(checkout.json)).toMatchObject({
    payment_event_status: 'COMPLETED',
    payment_orders: [{ status: 'SUCCESS' }, { status: 'SUCCESS' }],
  });
});

test('the same request again answers the same result and charges nothing again', async () => {
  const body = examplePayment();
  const first = await pay(body);
  const second = await pay(body);
  expect(second).toMatchObject({ status: 202, text: first.text });
  expect(second.headers.get('idempotent-replayed')).toBe('true');
  expect(await system.charges(body.payment_orders[0]?.payment_order_id ?? '')).toHaveLength(1);
});

test('an id used with another request is refused with 409, and the other way round', async () => {
  const body = examplePayment();
  await pay(body);
  const others = [
    { ...body, payment_orders: body.payment_orders.map((order) => ({ ...order, amount: '30.00' })) },
    { ...body, buyer_info: { ...body.buyer_info, user_id: 'user_9' } },
    { ...body, checkout_id: `${body.checkout_id}_b` },
  ];
  for (const other of others)
    expect(await pay(other)).toMatchObject({ status: 409, json: { code: 'idempotency_mismatch' } });
});

test('fifty of the same request at once are one payment and one charge', async () => {
  const body = examplePayment();
  const replies = await Promise.all(Array.from({ length: 50 }, () => pay(body)));
  expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect(replies[0]).toMatchObject({ status: 202, json: { payment_orders: [{ status: 'SUCCESS' }] } });
  expect(await system.charges(body.payment_orders[0]?.payment_order_id ?? '')).toEqual([
    expect.objectContaining({ amount: 2999, currency: 'usd' }),
  ]);
});

test.each([
  ['19.99', 'USD', 1999],
  ['4.35', 'USD', 435],
  ['0.07', 'USD', 7],
  ['500', 'JPY', 500],
  ['1.234', 'KWD', 1234],
])('%s %s is charged exactly and comes back as sent', async (amount, currency, minor) => {
  const body = examplePayment({ amount, currency });
  const { status, json } = await pay(body);
  expect(status).toBe(202);
  expect(json.payment_orders).toMatchObject([{ status: 'SUCCESS', amount, currency }]);
  expect(await system.charges(body.payment_orders[0]?.payment_order_id ?? '')).toMatchObject([
    { amount: minor, currency: currency.toLowerCase() },
  ]);
});

test.each([
  ['1.005', 'USD', 'amount_too_precise'],
  ['10.5', 'JPY', 'amount_too_precise'],
  ['1e3', 'USD', 'amount_malformed'],
  ['-1', 'USD', 'amount_malformed'],
  ['+1', 'USD', 'amount_malformed'],
  [' 1', 'USD', 'amount_malformed'],
  ['', 'USD', 'amount_malformed'],
  ['0', 'USD', 'amount_zero'],
  ['0.00', 'USD', 'amount_zero'],
  [29.99, 'USD', 'amount_not_string'],
  [null, 'USD', 'amount_not_string'],
  [{ not: '' }, 'USD', 'amount_not_string'],
  ['1000000.00', 'USD', 'amount_too_large'],
  ['29.99', 'XXX', 'currency_unknown'],
  ['29.99', 'usd', 'currency_unknown'],
  ['29.99', 840, 'currency_unknown'],
])('the amount %j %j is refused as %s and leaves no row', async (amount, currency, code) => {
  const before = await system.countRows();
  const { status, headers, json } = await pay(examplePayment({ amount, currency }), {
    'idempotency-key': 'a-refused-request',
  });
  expect(status).toBe(400);
  expect(headers.get('content-type')).toBe('application/problem+json');
  const field = code === 'currency_unknown' ? 'currency' : 'amount';
  expect(json).toMatchObject({
    code,
    param: `payment_orders[0].${field}`,
    errors: [{ pointer: `/payment_orders/0/${field}`, code }],
  });
  expect(await system.countRows()).toBe(before);
});

test('a declined order says why, and a retry with a good card succeeds', async () => {
  const body = examplePayment({ token: 'tok_visa_chargeDeclinedInsufficientFunds' });
  const declined = await pay(body);
  expect(declined.json.payment_orders).toMatchObject([
    { status: 'FAILED', decline_code: 'insufficient_funds', wallet_updated: false },
  ]);
  const id = body.payment_orders[0]?.payment_order_id;
  const again = await system.call('POST', `/payments/${id}/retry`, {
    body: { credit_card_info: { token: 'tok_visa' } },
    headers: { prefer: 'wait=5' },
  });
  expect(again).toMatchObject({
    status: 200,
    json: { payment_event_status: 'COMPLETED', payment_orders: [{ status: 'SUCCESS' }] },
  });
  const order = await system.call('GET', `/payments/${id}`);
  expect(order.json).toMatchObject({ status: 'SUCCESS', attempts: 2 });
  const once_more = await system.call('POST', `/payments/${id}/retry`, {
    body: { credit_card_info: { token: 'tok_visa' } },
  });
  expect(once_more).toMatchObject({ status: 409, json: { code: 'checkout_not_payable' } });
});

test('Prefer decides between a receipt at once and the outcome', async () => {
  const waiting = await pay(examplePayment(), { prefer: 'wait=10' });
  expect(waiting).toMatchObject({ status: 200, json: { payment_event_status: 'COMPLETED' } });
  expect(waiting.headers.get('preference-applied')).toBe('wait=10');

  const body = examplePayment();
  const early = await pay(body, { prefer: 'respond-async' });
  expect(early).toMatchObject({
    status: 202,
    json: { payment_event_status: 'PROCESSING', payment_orders: [{ status: 'EXECUTING', wallet_updated: false }] },
  });
  expect(early.headers.get('preference-applied')).toBe('respond-async');
  expect(early.headers.get('retry-after')).toBe('1');
  const settled = await until(
    () => system.call('GET', early.headers.get('location')?.replace('/api/v1', '') ?? ''),
    ({ json }) => json.payment_event_status === 'COMPLETED',
  );
  expect(settled.json.payment_orders).toMatchObject([
    { status: 'SUCCESS', wallet_updated: true, ledger_updated: true },
  ]);
});

test("another key's payment is not found, as if it did not exist", async () => {
  const body = examplePayment({ token: 'tok_chargeDeclined' });
  await pay(body);
  const id = body.payment_orders[0]?.payment_order_id;
  const asOther = (method: string, path: string, sent?: unknown) =>
    system.call(method, path, { body: sent, key: OTHER_KEY });
  const answers = [
    await asOther('GET', `/payments/${id}`),
    await asOther('GET', `/payments/${body.checkout_id}`),
    await asOther('GET', `/checkouts/${body.checkout_id}`),
    await asOther('POST', `/checkouts/${body.checkout_id}/cancel`),
    await asOther('POST', `/payments/${id}/retry`, { credit_card_info: { token: 'tok_visa' } }),
  ];
  for (const answer of answers) expect(answer).toMatchObject({ status: 404, json: { code: 'not_found' } });
  expect(await asOther('POST', '/payments', body)).toMatchObject({
    status: 409,
    json: { code: 'idempotency_mismatch' },
  });
});

test('in bulk each payment gets its own verdict', async () => {
  const [good, declined, repeated] = [
    examplePayment(),
    examplePayment({ token: 'tok_chargeDeclined' }),
    examplePayment(),
  ];
  await pay(repeated);
  const contradicting = { ...repeated, credit_card_info: { token: 'tok_mastercard' } };
  const payments = [
    good,
    examplePayment({ amount: '1.005' }),
    declined,
    repeated,
    contradicting,
    { nonsense: true },
    null,
  ];
  const { status, json } = await system.call('POST', '/payments/bulk', { body: { payments } });
  expect(status).toBe(200);
  expect(json.results).toMatchObject([
    { status: 202, payment: { checkout_id: good.checkout_id, payment_orders: [{ status: 'SUCCESS' }] } },
    { status: 400, problem: { code: 'amount_too_precise', param: 'payment_orders[0].amount' } },
    { status: 202, payment: { payment_orders: [{ status: 'FAILED' }] } },
    { status: 202, payment: { checkout_id: repeated.checkout_id } },
    { status: 409, problem: { code: 'idempotency_mismatch' } },
    { status: 400, problem: { code: 'validation_failed' } },
    { status: 400, problem: { code: 'validation_failed' } },
  ]);
});

test('one checkout pays several sellers in several currencies', async () => {
  const body = examplePayment({ orders: 3 });
  const orders = body.payment_orders.map((order, index) => ({
    ...order,
    seller_account: `seller_${index}`,
    currency: ['USD', 'JPY', 'KWD'][index],
    amount: '12',
  }));
  const { json } = await pay({ ...body, payment_orders: orders });
  expect(json.payment_orders).toMatchObject([
    { status: 'SUCCESS', amount: '12.00', currency: 'USD' },
    { status: 'SUCCESS', amount: '12', currency: 'JPY' },
    { status: 'SUCCESS', amount: '12.000', currency: 'KWD' },
  ]);
});

test('whatever is sent, the answer is typed, says nothing of the inside, and never a 5xx', async () => {
  const hostile = fc.anything({
    maxDepth: 4,
    withNullPrototype: false,
    values: [
      fc.string({ unit: 'binary' }),
      fc.double(),
      fc.constantFrom('\0', '\ud800', '__proto__', "'; drop table users--"),
    ],
  });
  const mutated = fc.record({
    field: fc.constantFrom('checkout_id', 'buyer_info', 'credit_card_info', 'payment_orders', 'extra', '__proto__'),
    value: hostile,
  });
  await fc.assert(
    fc.asyncProperty(mutated, async ({ field, value }) => {
      const body = Object.defineProperty({ ...examplePayment() }, field, { value, enumerable: true });
      const reply = await pay(body);
      expect(reply.status).toBeLessThan(500);
      if (reply.status >= 400)
        expect(reply.json).toMatchObject({
          status: reply.status,
          code: expect.any(String),
          request_id: expect.any(String),
        });
      expect(reply.text).not.toMatch(/at .*\.ts|select |node_modules|insert into/);
    }),
    { numRuns: 150 },
  );
});
