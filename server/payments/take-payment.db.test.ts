import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pool } from '#db';
import { type PaymentSystem, samplePayment, startPaymentSystem } from '#testing';
import { findPayment, getCheckout } from './get-checkout.ts';
import type { OrderState } from './order-state.ts';
import type { PaymentRequest } from './request.ts';
import { retryPayment } from './retry-payment.ts';
import { takePayment } from './take-payment.ts';
import type { CheckoutView } from './views.ts';

const SHOP = 'key:shop';
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('take_payment', { env: { PSP_TIMEOUT_MS: '15000' } });
});

afterAll(() => system.stop());

const pay = (request: PaymentRequest, waitMs = 5_000) => takePayment(request, SHOP, { waitMs });
const orderIdOf = (request: PaymentRequest, index = 0) => request.orders[index]?.paymentOrderId ?? '';
const becomes = (request: PaymentRequest, state: OrderState) =>
  system.reaches(request.checkoutId, state, { resolving: true });
const statesOf = (checkout: CheckoutView) => checkout.orders.map((order) => order.status);

/** Starts a payment and waits until its order is in a state. */
async function payUntil(request: PaymentRequest, state: OrderState): Promise<CheckoutView> {
  await pay(request, 0);
  return system.reaches(request.checkoutId, state);
}

async function history(orderId: string): Promise<string[]> {
  const { rows } = await system.owner.query<{ to_state: string }>(
    'select to_state from order_transitions where payment_order_id = $1 order by seq',
    [orderId],
  );
  return rows.map((row) => row.to_state);
}

async function attemptsOf(
  orderId: string,
): Promise<{ id: string; state: string; tries: number; error: string | null }[]> {
  const { rows } = await system.owner.query(
    `select a.id, a.state, a.tries, a.error from payment_attempts a join attempt_orders o on o.attempt_id = a.id
     where o.payment_order_id = $1 order by a.attempt_no`,
    [orderId],
  );
  return rows;
}

async function balances(): Promise<Record<string, bigint>> {
  const { rows } = await pool().query<{ code: string; balance: bigint }>('select code, balance from ledger_accounts');
  return Object.fromEntries(rows.map((row) => [row.code, row.balance]));
}

test('a payment is charged once, credited to the seller less the commission, and the books balance', async () => {
  const request = samplePayment({ orders: [{ seller: 'seller_books', amount: '29.99' }] });
  const { checkout, replayed, settled } = await pay(request);
  expect({ replayed, settled, status: checkout.status }).toEqual({
    replayed: false,
    settled: true,
    status: 'COMPLETED',
  });
  expect(checkout.orders).toMatchObject([
    { status: 'SUCCESS', amount: '29.99', currency: 'USD', walletUpdated: true, ledgerUpdated: true, attempts: 1 },
  ]);
  const [attempt] = await attemptsOf(orderIdOf(request));
  expect(await system.charges(orderIdOf(request))).toMatchObject([
    { amount: 2_999, currency: 'usd', attempt_id: attempt?.id },
  ]);
  expect((await balances())['seller_pending:seller_books:USD']).toBe(-2_925n);
  expect(await history(orderIdOf(request))).toEqual(['EXECUTING', 'SUCCESS']);
});

test.each(['tok_visa', 'tok_chargeDeclined', 'pm_card_visa'])(
  'with %s the answer made from what was committed is the one that the database gives',
  async (token) => {
    const request = samplePayment({ token, orders: [{ seller: 'seller_a' }, { seller: 'seller_b', amount: '0.01' }] });
    const { checkout } = await pay(request);
    expect(checkout).toEqual(await getCheckout(request.checkoutId));
  },
);

test('the same request again answers the stored result and reaches the provider no more', async () => {
  const request = samplePayment();
  const first = await pay(request);
  const calls = system.wire.calls.length;
  expect(await pay(request)).toEqual({ ...first, replayed: true });
  expect(await pay(request, 0)).toEqual({ ...first, replayed: true });
  expect(system.wire.calls).toHaveLength(calls);
});

test('an id used with anything else different is refused, and nothing of the refused request is kept', async () => {
  const request = samplePayment();
  await pay(request);
  const [order] = request.orders;
  if (!order) throw new Error('the sample has an order');
  const others: [string, PaymentRequest, string][] = [
    ['amount', { ...request, orders: [{ ...order, amount: { amountMinor: 2_998n, currency: 'USD' } }] }, SHOP],
    ['currency', { ...request, orders: [{ ...order, amount: { amountMinor: 2_999n, currency: 'EUR' } }] }, SHOP],
    ['seller', { ...request, orders: [{ ...order, sellerAccount: 'seller_thief' }] }, SHOP],
    ['buyer', { ...request, buyer: { ...request.buyer, userId: 'user_thief' } }, SHOP],
    ['token', { ...request, payment: { token: 'tok_mastercard' } }, SHOP],
    ['more orders', { ...request, orders: [order, { ...order, paymentOrderId: `${order.paymentOrderId}x` }] }, SHOP],
    ['principal', request, 'key:other'],
    ['order id of another checkout', { ...request, checkoutId: `${request.checkoutId}_2` }, SHOP],
  ];
  for (const [what, other, principal] of others) {
    await expect(takePayment(other, principal, { waitMs: 0 }), what).rejects.toMatchObject({
      code: 'idempotency_mismatch',
    });
  }
  const { rows } = await system.owner.query(`select 1 from sellers where id = 'seller_thief'`);
  expect(rows).toEqual([]);
  expect(await system.charges(orderIdOf(request))).toHaveLength(1);
});

test('fifty of the same request at once are one payment and one charge, in every one of ten rounds', async () => {
  for (let round = 0; round < 10; round += 1) {
    const request = samplePayment();
    const answers = await Promise.all(Array.from({ length: 50 }, () => pay(request)));
    expect(answers.filter((answer) => !answer.replayed)).toHaveLength(1);
    expect(new Set(answers.map((answer) => JSON.stringify(answer.checkout))).size).toBe(1);
    expect(answers[0]?.checkout.status).toBe('COMPLETED');
    expect(await system.charges(orderIdOf(request))).toHaveLength(1);
  }
});

test('of two requests for the same order at once one is paid and the other refused, fifty times', async () => {
  for (let round = 0; round < 50; round += 1) {
    const request = samplePayment();
    const rival = { ...request, checkoutId: `${request.checkoutId}_rival` };
    const settled = await Promise.allSettled([pay(request), pay(rival)]);
    expect(settled.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(settled.find((one) => one.status === 'rejected')).toMatchObject({
      reason: { code: 'idempotency_mismatch' },
    });
    expect(await system.charges(orderIdOf(request))).toHaveLength(1);
  }
});

test('two hundred payments at once to the same few sellers all succeed, and each unit is accounted for', async () => {
  const before = await balances();
  const requests = Array.from({ length: 200 }, (_, index) =>
    samplePayment({ orders: [{ seller: `seller_hot_${index % 2}`, amount: '10.00' }] }),
  );
  const answers = await Promise.all(requests.map((request) => pay(request, 20_000)));
  expect(answers.filter((answer) => answer.checkout.status === 'COMPLETED')).toHaveLength(200);
  const after = await balances();
  for (const seller of [0, 1]) expect(after[`seller_pending:seller_hot_${seller}:USD`]).toBe(-97_500n);
  expect((after['platform_fees:platform:USD'] ?? 0n) - (before['platform_fees:platform:USD'] ?? 0n)).toBe(-5_000n);
});

test('in one checkout a declined order takes no other order down', async () => {
  const request = samplePayment({
    orders: [{ seller: 'seller_a' }, { seller: 'seller_b', currency: 'JPY', amount: '500' }],
  });
  let first = true;
  system.wire.rule(async (call, forward) => {
    if (call.method !== 'POST' || !first) return forward();
    first = false;
    const error = { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds', message: 'no' };
    return { status: 402, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) };
  });
  const { checkout } = await pay(request);
  system.wire.rule();
  expect(statesOf(checkout).toSorted()).toEqual(['FAILED', 'SUCCESS']);
  expect(checkout).toMatchObject({ status: 'PARTIALLY_COMPLETED', currency: null, total: null });
});

test('an unknown seller is opened unverified, once, however many meet it first', async () => {
  const requests = Array.from({ length: 20 }, () => samplePayment({ orders: [{ seller: 'seller_never_seen' }] }));
  const answers = await Promise.all(requests.map((request) => pay(request)));
  expect(answers.every((answer) => answer.checkout.status === 'COMPLETED')).toBe(true);
  const { rows } = await system.owner.query(
    `select distinct s.verification, o.commission_bps, p.seller_id as plan_of from sellers s
     join payment_orders o on o.seller_id = s.id join fee_plans p on p.id = o.fee_plan_id where s.id = 'seller_never_seen'`,
  );
  expect(rows).toEqual([{ verification: 'unverified', commission_bps: 250, plan_of: null }]);
});

describe('a declined payment', () => {
  test.each([
    ['tok_chargeDeclined', 'card_declined'],
    ['tok_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
    ['tok_chargeDeclinedExpiredCard', 'expired_card'],
    ['tok_chargeDeclinedIncorrectCvc', 'incorrect_cvc'],
    ['tok_radarBlock', 'fraudulent'],
  ])('with %s fails as %s, with no charge and no entry in the books', async (token, code) => {
    const request = samplePayment({ token, orders: [{ seller: 'seller_declined' }] });
    const { checkout } = await pay(request);
    expect(checkout.orders).toMatchObject([
      { status: 'FAILED', declineCode: code, walletUpdated: false, ledgerUpdated: false },
    ]);
    expect(await system.charges(orderIdOf(request))).toEqual([]);
    expect((await balances())['seller_pending:seller_declined:USD']).toBeUndefined();
  });

  test('succeeds when tried again with another card, under a key of its own', async () => {
    const request = samplePayment({ token: 'tok_chargeDeclined' });
    await pay(request);
    const checkout = await retryPayment(orderIdOf(request), { token: 'tok_visa' }, SHOP, { waitMs: 5_000 });
    expect(checkout.orders).toMatchObject([{ status: 'SUCCESS', attempts: 2, declineCode: null }]);
    const attempts = await attemptsOf(orderIdOf(request));
    expect(attempts.map((one) => one.state)).toEqual(['DECLINED', 'SUCCEEDED']);
    const keys = system.wire.calls.filter((call) => attempts.some((one) => one.id === call.idempotencyKey));
    expect(new Set(keys.map((call) => call.idempotencyKey)).size).toBe(2);
    expect(await history(orderIdOf(request))).toEqual(['EXECUTING', 'FAILED', 'EXECUTING', 'SUCCESS']);
  });

  test('of twenty retries at once one is made and the others are refused', async () => {
    const request = samplePayment({ token: 'tok_chargeDeclined' });
    await pay(request);
    const settled = await Promise.allSettled(
      Array.from({ length: 20 }, () =>
        retryPayment(orderIdOf(request), { token: 'tok_visa' }, SHOP, { waitMs: 5_000 }),
      ),
    );
    expect(settled.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    for (const one of settled)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'checkout_not_payable' });
    expect(await system.charges(orderIdOf(request))).toHaveLength(1);
    expect(await attemptsOf(orderIdOf(request))).toHaveLength(2);
  });

  test('may be tried again by nobody but its principal, and only while it is failed', async () => {
    const declined = samplePayment({ token: 'tok_chargeDeclined' });
    const paid = samplePayment();
    await Promise.all([pay(declined), pay(paid)]);
    const retry = (id: string, principal: string) => retryPayment(id, { token: 'tok_visa' }, principal, { waitMs: 0 });
    await expect(retry(orderIdOf(declined), 'key:other')).rejects.toMatchObject({ code: 'not_found' });
    await expect(retry('order_nobody_knows', SHOP)).rejects.toMatchObject({ code: 'not_found' });
    await expect(retry(orderIdOf(paid), SHOP)).rejects.toMatchObject({ code: 'checkout_not_payable' });
    await expect(retry(paid.checkoutId, SHOP)).rejects.toMatchObject({ code: 'checkout_not_payable' });
  });
});

test("another principal's payment answers as if it did not exist", async () => {
  const request = samplePayment();
  await pay(request);
  for (const id of [request.checkoutId, orderIdOf(request)]) {
    expect((await findPayment(id, SHOP)).checkoutId).toBe(request.checkoutId);
    await expect(findPayment(id, 'key:other')).rejects.toMatchObject({ code: 'not_found' });
  }
});

describe('an answer that does not come', () => {
  test('leaves the order UNKNOWN, never failed; asking the provider finds the charge, and it is credited once', async () => {
    const request = samplePayment({ token: 'tok_answer_lost', orders: [{ seller: 'seller_lost' }] });
    const checkout = await payUntil(request, 'UNKNOWN');
    expect(checkout.orders).toMatchObject([{ status: 'UNKNOWN', unknown: true, walletUpdated: false }]);
    expect(await becomes(request, 'SUCCESS')).toMatchObject({ status: 'COMPLETED' });
    expect(await history(orderIdOf(request))).toEqual(['EXECUTING', 'UNKNOWN', 'SUCCESS']);
    expect(await system.charges(orderIdOf(request))).toHaveLength(1);
    expect((await balances())['seller_pending:seller_lost:USD']).toBe(-2_925n);
  });

  test('of a declined charge ends as FAILED once the provider says so', async () => {
    const request = samplePayment({ token: 'tok_answer_lost_declined' });
    await payUntil(request, 'UNKNOWN');
    expect((await becomes(request, 'FAILED')).orders).toMatchObject([
      { status: 'FAILED', declineCode: 'card_declined' },
    ]);
    expect(await system.charges(orderIdOf(request))).toEqual([]);
  });

  test.each([
    ['tok_charged_then_server_error', 1],
    ['tok_server_error_once', 1],
    ['tok_reset_once', 1],
  ])('with %s is found out, and the order is charged once', async (token) => {
    const request = samplePayment({ token });
    await payUntil(request, 'UNKNOWN');
    expect(await becomes(request, 'SUCCESS')).toMatchObject({ status: 'COMPLETED' });
    expect(await system.charges(orderIdOf(request))).toHaveLength(1);
    expect(await attemptsOf(orderIdOf(request))).toHaveLength(1);
  });

  test.each([
    ['half of a document', (body: string) => body.slice(0, body.length / 2)],
    ['a page of HTML', () => '<html><body>502 Bad Gateway</body></html>'],
    ['nothing', () => ''],
    ['a list', () => '[]'],
    ['null', () => 'null'],
    ['an object without a status', () => '{"id":"pi_1","object":"payment_intent"}'],
    ['an unheard-of status', (body: string) => body.replace('"succeeded"', '"levitating"')],
  ])('but %s instead of it is no answer either', async (_, falsify) => {
    const request = samplePayment();
    system.wire.rule(async (call, forward) => {
      const answer = await forward();
      return call.method === 'POST' ? { ...answer, body: falsify(answer.body) } : answer;
    });
    await payUntil(request, 'UNKNOWN');
    system.wire.rule();
    expect(await becomes(request, 'SUCCESS')).toMatchObject({ status: 'COMPLETED' });
    expect(await system.charges(orderIdOf(request))).toHaveLength(1);
  });
});

test('after all of it the books add up, and agree with the journal of the provider charge by charge', async () => {
  expect(await system.problems()).toEqual([]);
});
