import { afterAll, beforeAll, expect, test } from 'vitest';
import { pollDisputes } from '#disputes';
import { type PaymentSystem, startPaymentSystem } from '#testing';
import { addApiKeys, call, examplePayment, OTHER_KEY } from './testkit.ts';

let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('refunds_api');
  await addApiKeys(system.owner);
});

afterAll(() => system.stop());

async function paid(): Promise<{ checkoutId: string; orderId: string }> {
  const body = examplePayment();
  await call('POST', '/payments', { body, headers: { prefer: 'wait=10' } });
  return { checkoutId: body.checkout_id, orderId: body.payment_orders[0]?.payment_order_id ?? '' };
}

test('a refund is answered with who bears it, read with its history, listed, and shown on its payment', async () => {
  const { checkoutId, orderId } = await paid();
  const body = { amount: '10.00', currency: 'USD', reason: 'not_delivered', note: 'lost' };
  const asked = await call('POST', `/payments/${orderId}/refunds`, { body });
  expect(asked.status).toBe(202);
  const [refund] = asked.json.refunds;
  expect(refund).toMatchObject({
    payment_order_id: orderId,
    checkout_id: checkoutId,
    status: 'REQUESTED',
    amount: '10.00',
    seller_share: '9.76',
    commission_returned: '0.24',
    history: [],
  });
  await system.refundNow();
  const read = await call('GET', `/refunds/${refund.refund_id}`);
  expect(read.json).toMatchObject({ status: 'SUCCEEDED', history: [{ to: 'SUBMITTED' }, { to: 'SUCCEEDED' }] });
  const list = await call('GET', `/refunds?of=${orderId}&status=SUCCEEDED&limit=1`);
  expect(list.json).toMatchObject({ refunds: [read.json], has_more: false, next_cursor: null });
  expect((await call('GET', `/payments/${orderId}`)).json).toMatchObject({ status: 'SUCCESS', refunded: '10.00' });
  expect((await call('GET', `/refunds/${refund.refund_id}`, { key: OTHER_KEY })).status).toBe(404);
  expect((await call('GET', '/refunds', { key: OTHER_KEY })).json.refunds).toEqual([]);
});

test('T-R2: what is no amount, or more than is left, is refused by its own code and changes nothing', async () => {
  const { orderId } = await paid();
  const ask = (fields: object, key?: string) =>
    call('POST', `/payments/${orderId}/refunds`, { body: { reason: 'other', ...fields }, ...(key && { key }) });
  for (const [fields, code] of [
    [{ amount: '0.00', currency: 'USD' }, 'amount_zero'],
    [{ amount: '-1.00', currency: 'USD' }, 'amount_malformed'],
    [{ amount: '1.005', currency: 'USD' }, 'amount_too_precise'],
    [{ amount: 1, currency: 'USD' }, 'amount_not_string'],
    [{ amount: '1.00' }, 'currency_unknown'],
    [{ currency: 'USD' }, 'amount_not_string'],
  ] as const) {
    const { status, json } = await ask(fields);
    expect([status, json.errors?.[0]?.code ?? json.code], JSON.stringify(fields)).toEqual([400, code]);
  }
  expect(await ask({ amount: '30.00', currency: 'USD' })).toMatchObject({
    status: 409,
    json: { code: 'refund_exceeds_captured' },
  });
  expect((await ask({}, OTHER_KEY)).status).toBe(404);
  expect((await call('GET', `/refunds?of=${orderId}`)).json.refunds).toEqual([]);
});

test('pages of refunds follow each other without a gap', async () => {
  const { orderId } = await paid();
  for (const amount of ['1.00', '2.00', '3.00'])
    await call('POST', `/payments/${orderId}/refunds`, { body: { amount, currency: 'USD', reason: 'other' } });
  const seen: string[] = [];
  for (let query = `of=${orderId}&limit=2`; ; ) {
    const { json } = await call('GET', `/refunds?${query}`);
    seen.push(...json.refunds.map((refund: { amount: string }) => refund.amount));
    if (!json.has_more) break;
    query = `of=${orderId}&limit=2&cursor=${json.next_cursor}`;
  }
  expect(seen).toEqual(['3.00', '2.00', '1.00']);
});

test('a dispute is listed, read and answered by the key whose payment it is about', async () => {
  const { orderId } = await paid();
  const [charge] = await system.charges(orderId);
  await system.helper('disputes', { charge: charge?.id ?? '' });
  await pollDisputes();
  const { json } = await call('GET', `/disputes?of=${orderId}`);
  const [dispute] = json.disputes;
  expect(dispute).toMatchObject({
    status: 'OPEN',
    amount: '29.99',
    withdrawn: '29.99',
    fee: '15.00',
    answerable: 'dispute',
    payment_orders: [{ payment_order_id: orderId, disputed: '29.99', seller_share: '29.99' }],
  });
  const path = `/disputes/${dispute.dispute_id}`;
  expect((await call('GET', path, { key: OTHER_KEY })).status).toBe(404);
  expect((await call('POST', `${path}/accept`, { key: OTHER_KEY })).status).toBe(404);
  const said = await call('POST', `${path}/evidence`, { body: { evidence: 'delivered' } });
  expect(said).toMatchObject({ status: 202, json: { answerable: null, responses: [{ kind: 'evidence' }] } });
  expect(await call('POST', `${path}/accept`)).toMatchObject({
    status: 409,
    json: { code: 'dispute_not_answerable' },
  });
});
