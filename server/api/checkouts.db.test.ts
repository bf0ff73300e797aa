import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkout } from './schemas/answers.ts';
import { type ApiSystem, examplePayment, OTHER_KEY, startApiSystem } from './testkit.ts';

let system: ApiSystem;

beforeAll(async () => {
  system = await startApiSystem();
});

afterAll(() => system.stop());

/** The hosted form of the same request: no card. */
function hosted(change: Parameters<typeof examplePayment>[0] = {}) {
  const { credit_card_info: _, ...body } = examplePayment(change);
  return body;
}

const open = (body: unknown, headers?: Record<string, string>) => system.call('POST', '/checkouts', { body, headers });

test('a hosted checkout answers the page to send the shopper to', async () => {
  const body = hosted({ orders: 2 });
  const { status, headers, json } = await open(body);
  expect(status).toBe(201);
  expect(checkout.parse(json)).toMatchObject({
    checkout_id: body.checkout_id,
    total: '59.98',
    currency: 'USD',
    payment_event_status: 'PROCESSING',
  });
  expect(json.page_url).toMatch(/^http:\/\/localhost:3000\/pay\/cs_/);
  expect(headers.get('location')).toBe(`/api/v1/checkouts/${body.checkout_id}`);
  const read = await system.call('GET', `/checkouts/${body.checkout_id}`);
  expect(read).toMatchObject({ status: 200, json: { checkout_id: body.checkout_id, page_url: json.page_url } });
});

test('opening it again gives the same page; another request under its id is refused', async () => {
  const body = hosted();
  const [first, again] = [await open(body), await open(body)];
  expect(again.json.page_url).toBe(first.json.page_url);
  expect(await open({ ...body, buyer_info: { ...body.buyer_info, name: 'Jane Doe' } })).toMatchObject({
    status: 409,
    json: { code: 'idempotency_mismatch' },
  });
});

test('ids are made when they are missing, and a key then makes the repetition safe', async () => {
  const { buyer_info, payment_orders } = hosted();
  const body = { buyer_info, payment_orders: payment_orders.map(({ payment_order_id: _, ...order }) => order) };
  const [first, again] = [
    await open(body, { 'idempotency-key': 'open-once' }),
    await open(body, { 'idempotency-key': 'open-once' }),
  ];
  expect(first).toMatchObject({ status: 201, json: { checkout_id: expect.stringMatching(/^chk_/) } });
  expect(again.text).toBe(first.text);
  expect((await open(body)).json.checkout_id).not.toBe(first.json.checkout_id);
});

test('an order id that is made tells nothing of the checkout, and is the same when the request is repeated', async () => {
  const { buyer_info, checkout_id, payment_orders } = hosted({ orders: 2 });
  const orders = payment_orders.map(({ payment_order_id: _, ...order }) => order);
  const body = { buyer_info, checkout_id, payment_orders: orders };
  const [first, again] = [await open(body), await open(body)];
  const ids = first.json.payment_orders.map((order: { payment_order_id: string }) => order.payment_order_id);
  expect(new Set(ids).size).toBe(2);
  for (const id of ids) {
    expect(id).toMatch(/^ord_[0-9a-f]{32}$/);
    expect(await system.call('GET', `/payments/${id}`)).toMatchObject({ status: 200, json: { checkout_id } });
  }
  expect(again.json.payment_orders).toEqual(first.json.payment_orders);
});

test('one page takes one currency', async () => {
  const body = hosted({ orders: 2 });
  const [usd, other] = body.payment_orders;
  expect(await open({ ...body, payment_orders: [usd, { ...other, currency: 'EUR' }] })).toMatchObject({
    status: 400,
    json: { code: 'currency_mixed' },
  });
});

test('a cancelled checkout can no longer be paid, and cancelling again changes nothing', async () => {
  const body = hosted();
  await open(body);
  for (let times = 0; times < 2; times += 1) {
    const { status, json } = await system.call('POST', `/checkouts/${body.checkout_id}/cancel`);
    expect(status).toBe(200);
    expect(json).toMatchObject({ payment_event_status: 'EXPIRED', page_url: null });
  }
  expect((await open(body)).json).toMatchObject({ payment_event_status: 'EXPIRED', page_url: null });
});

test("another key's checkout is not found", async () => {
  const body = hosted();
  await open(body);
  const path = `/checkouts/${body.checkout_id}`;
  expect(await system.call('GET', path, { key: OTHER_KEY })).toMatchObject({
    status: 404,
    json: { code: 'not_found' },
  });
  expect(await system.call('POST', `${path}/cancel`, { key: OTHER_KEY })).toMatchObject({
    status: 404,
    json: { code: 'not_found' },
  });
  expect((await system.call('GET', path)).json.page_url).toMatch(/cs_/);
});

test('a payment by token that waits for 3-D Secure shows the page for it under its checkout', async () => {
  const body = { ...examplePayment(), credit_card_info: { token: 'tok_threeDSecure2Required' } };
  const { status } = await system.call('POST', '/payments', { body });
  expect(status).toBe(202);
  const read = await system.call('GET', `/checkouts/${body.checkout_id}`);
  expect(read.json).toMatchObject({
    page_url: expect.stringMatching(/\/three_d_secure\/pi_/),
    payment_orders: [{ status: 'REQUIRES_ACTION' }],
  });
});
