import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { lanePool } from '#db';
import { type CurrencyCode, observeCheckpoints, parseAmount } from '#kernel';
import { createCheckout, drainPayments, getCheckout, startHostedPayment, takePayment } from '#payments';
import { type PaymentSystem, samplePayment, startPaymentSystem, type WireCall, type WireRule } from '#testing';
import { getWallet } from '#wallet';
import { applyRefundOutcomes } from './apply-refund-outcomes.ts';
import { listRefunds, type RefundView } from './refunds.queries.ts';
import { type RefundRequested, requestRefund } from './request-refund.ts';
import { closeRefundLetter, retryRefund } from './retry-refund.ts';

const SHOP = 'key:shop';
const SOON = { timeout: 20_000, interval: 40 };
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('order_refunds', {
    webhooks: true,
    env: { PSP_TIMEOUT_MS: '1000' },
    simulatorEnv: { PSP_REFUND_DELAY_MS: '600', PSP_WEBHOOK_RETRY_BASE_MS: '100' },
  });
});

afterEach(async () => {
  observeCheckpoints(undefined);
  system.wire.rule();
  await drainPayments();
  await vi.waitFor(async () => {
    while ((await system.handleInbox()) > 0);
    expect(await system.problems()).toEqual([]);
  }, SOON);
});

afterAll(() => system.stop());

let sellers = 0;
/** A seller whom no other test touches, so that a wallet says what this test did. */
const newSeller = () => `seller_${++sellers}`;

async function paid(seller: string, amounts: readonly string[] = ['29.99'], token = 'tok_visa_4242') {
  const request = samplePayment({ token, orders: amounts.map((amount) => ({ amount, seller })) });
  await takePayment(request, SHOP, { waitMs: 10_000 });
  await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
  return { checkoutId: request.checkoutId, orderIds: request.orders.map((order) => order.paymentOrderId) };
}

/** One charge for two orders, as a hosted page makes it. */
async function paidOnOnePage(seller: string, amounts: readonly string[], card?: string) {
  const { payment: _, ...input } = samplePayment({ orders: amounts.map((amount) => ({ amount, seller })) });
  const { checkoutId } = await createCheckout(input, SHOP);
  const { redirectUrl } = await startHostedPayment(checkoutId);
  await system.payPage(redirectUrl, card);
  await vi.waitFor(async () => {
    await system.handleInbox();
    expect((await getCheckout(checkoutId)).status).toBe('COMPLETED');
  }, SOON);
  return { checkoutId, orderIds: input.orders.map((order) => order.paymentOrderId) };
}

const usd = (amount: string) => parseAmount(amount, 'USD' satisfies CurrencyCode);
const ask = (paymentId: string, amount?: string, change: Partial<RefundRequested> = {}) =>
  requestRefund(
    {
      paymentId,
      amount: amount === undefined ? undefined : usd(amount),
      reason: 'requested_by_customer',
      actor: SHOP,
      ...change,
    },
    { principal: SHOP },
  );
const refundsOf = async (of: string): Promise<readonly RefundView[]> => (await listRefunds({ of, limit: 100 })).rows;
const states = async (of: string) => (await refundsOf(of)).map((refund) => refund.state);
const reaches = (of: string, state: string) =>
  vi.waitFor(async () => {
    await system.refundNow();
    await system.handleInbox();
    expect(new Set(await states(of))).toEqual(new Set([state]));
  }, SOON);

async function wallet(seller: string) {
  const { balances } = await getWallet(seller);
  const [usdBalance] = balances;
  return { pending: usdBalance?.pending, available: usdBalance?.available };
}

async function counted(orderId: string) {
  const { rows } = await system.owner.query(
    'select refunded_minor::int as refunded, commission_returned_minor::int as commission from payment_orders where payment_order_id = $1',
    [orderId],
  );
  return rows[0];
}

async function lettersOf(refundId: string): Promise<string[]> {
  const { rows } = await system.owner.query<{ cause: string }>(
    `select cause from dead_letters where kind = 'refund' and subject_id = $1 and resolved_at is null`,
    [refundId],
  );
  return rows.map((row) => row.cause);
}

const isRefund = ({ method, path }: WireCall) => method === 'POST' && path === '/v1/refunds';
const refusing: WireRule = async (call, forward) => {
  if (!isRefund(call)) return forward();
  const error = { type: 'invalid_request_error', code: 'charge_disputed', message: 'no' };
  return { status: 400, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) };
};

describe('a paid order goes back', () => {
  test('whole: seller and platform give up exactly what they had earned', async () => {
    const seller = newSeller();
    const { orderIds } = await paid(seller);
    const [orderId = ''] = orderIds;
    await ask(orderId);
    await reaches(orderId, 'SUCCEEDED');
    expect(await wallet(seller)).toEqual({ pending: '0.00', available: '0.00' });
    const { rows } = await system.owner.query(
      'select commission_minor::int as commission from payment_orders where payment_order_id = $1',
      [orderId],
    );
    expect(await counted(orderId)).toEqual({ refunded: 2_999, commission: rows[0].commission });
    expect(await refundsOf(orderId)).toMatchObject([
      { amount: '29.99', requestedBy: SHOP, reason: 'requested_by_customer' },
    ]);
    await expect(ask(orderId, '0.01')).rejects.toMatchObject({ code: 'refund_exceeds_captured' });
  });

  test('in parts, to the last cent, and not a cent more', async () => {
    const seller = newSeller();
    const { orderIds } = await paid(seller);
    const [orderId = ''] = orderIds;
    for (const part of ['10.00', '0.01', '9.99']) await ask(orderId, part);
    await expect(ask(orderId, '10.00')).rejects.toMatchObject({ code: 'refund_exceeds_captured' });
    await ask(orderId, '9.99');
    await reaches(orderId, 'SUCCEEDED');
    expect(await wallet(seller)).toEqual({ pending: '0.00', available: '0.00' });
    expect((await system.refunds()).filter((one) => one.amount === 999)).not.toEqual([]);
  });

  test('a checkout is spread over its orders, the odd cent goes to the order that is named', async () => {
    const seller = newSeller();
    const { checkoutId, orderIds } = await paidOnOnePage(seller, ['10.00', '10.00', '10.00']);
    await ask(checkoutId, '10.00', { remainderTo: orderIds[2] });
    await reaches(checkoutId, 'SUCCEEDED');
    const refunded = await Promise.all(orderIds.map(counted));
    expect(refunded.map((one) => one.refunded)).toEqual([333, 333, 334]);
    await expect(ask(checkoutId, '1.00', { remainderTo: 'order_of_nobody' })).rejects.toMatchObject({
      code: 'validation_failed',
    });
    await ask(checkoutId);
    await reaches(checkoutId, 'SUCCEEDED');
    expect(await wallet(seller)).toEqual({ pending: '0.00', available: '0.00' });
  });

  test('only when it is paid, and only for whom it belongs to', async () => {
    const request = samplePayment({ token: 'tok_chargeDeclined' });
    await takePayment(request, SHOP, { waitMs: 10_000 });
    const paymentOrderId = request.orders[0]?.paymentOrderId ?? '';
    await expect(ask(paymentOrderId)).rejects.toMatchObject({ code: 'refund_not_allowed' });
    const { orderIds } = await paid(newSeller());
    const stranger = { paymentId: orderIds[0] ?? '', reason: 'other', actor: 'key:other' } as const;
    await expect(requestRefund(stranger, { principal: 'key:other' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(requestRefund(stranger, { sellerId: 'seller_of_nobody' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('however many ask at once, never more goes back than was taken', () => {
  test('fifty refunds of one order', async () => {
    const seller = newSeller();
    const [orderId = ''] = (await paid(seller)).orderIds;
    const asked = await Promise.allSettled(Array.from({ length: 50 }, () => ask(orderId, '1.00')));
    const made = asked.filter((one) => one.status === 'fulfilled');
    expect(made).toHaveLength(29);
    for (const one of asked)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'refund_exceeds_captured' });
    await reaches(orderId, 'SUCCEEDED');
    expect(await counted(orderId)).toMatchObject({ refunded: 2_900 });
    const [{ attemptId } = { attemptId: '' }] = await refundsOf(orderId);
    expect(await system.refunds(attemptId)).toHaveLength(29);
  });

  test('whole checkouts and single orders of it together', async () => {
    const seller = newSeller();
    const { checkoutId, orderIds } = await paidOnOnePage(seller, ['20.00', '9.99']);
    await Promise.allSettled([
      ...Array.from({ length: 10 }, () => ask(checkoutId, '5.00')),
      ...Array.from({ length: 10 }, () => ask(orderIds[0] ?? '', '3.00')),
      ...Array.from({ length: 10 }, () => ask(orderIds[1] ?? '')),
    ]);
    await reaches(checkoutId, 'SUCCEEDED');
    const total = (await refundsOf(checkoutId)).reduce((sum, one) => sum + usd(one.amount).amountMinor, 0n);
    expect(total <= 2_999n).toBe(true);
  });
});

describe('the refund meets trouble', () => {
  test('it is refused: what it had taken is there again, and a person may have it made again while there is room', async () => {
    const seller = newSeller();
    const [orderId = ''] = (await paid(seller)).orderIds;
    system.wire.rule(refusing);
    await ask(orderId, '20.00');
    await system.refundNow();
    system.wire.rule();
    expect(await states(orderId)).toEqual(['FAILED']);
    expect(await counted(orderId)).toEqual({ refunded: 0, commission: 0 });
    const before = await wallet(seller);
    const [failed] = await refundsOf(orderId);
    await ask(orderId, '15.00');
    await expect(retryRefund(failed?.id ?? '', 'user:1', 'again')).rejects.toMatchObject({
      code: 'refund_exceeds_captured',
    });
    await reaches(orderId, 'SUCCEEDED').catch(() => undefined);
    expect((await states(orderId)).toSorted()).toEqual(['FAILED', 'SUCCEEDED']);
    expect(await wallet(seller)).not.toEqual(before);
  });

  test('it is made again on a word, once', async () => {
    const [orderId = ''] = (await paid(newSeller())).orderIds;
    system.wire.rule(refusing);
    await ask(orderId, '20.00');
    await system.refundNow();
    system.wire.rule();
    const [failed] = await refundsOf(orderId);
    await retryRefund(failed?.id ?? '', 'user:1', 'again');
    await expect(retryRefund(failed?.id ?? '', 'user:1', 'twice')).rejects.toMatchObject({ code: 'not_found' });
    await system.refundNow();
    expect((await states(orderId)).toSorted()).toEqual(['FAILED', 'SUCCEEDED']);
    expect(await counted(orderId)).toMatchObject({ refunded: 2_000 });
  });

  test('the provider made it after all: that is told, and that it failed stays told; each is closed with a reason', async () => {
    const [orderId = ''] = (await paid(newSeller())).orderIds;
    system.wire.rule(refusing);
    await ask(orderId, '20.00');
    await system.refundNow();
    system.wire.rule();
    const [{ id } = { id: '' }] = await refundsOf(orderId);
    const outcome = { kind: 'succeeded', pspRefundId: 're_after_all', amountMinor: 2_000n, currency: 'USD' } as const;
    await applyRefundOutcomes(lanePool(), [{ refundId: id, outcome, actor: 'webhook' }]);
    expect(await lettersOf(id)).toEqual(['second_refund_at_provider']);
    await expect(retryRefund(id, 'user:1', 'again')).rejects.toMatchObject({ code: 'not_found' });
    await closeRefundLetter(id, 'user:1', 'the buyer has it');
    expect(await lettersOf(id)).toEqual(['refused:charge_disputed']);
    await closeRefundLetter(id, 'user:1', 'nothing more goes back');
    expect(await lettersOf(id)).toEqual([]);
  });

  test('the bank sends it back later: booked back once, counted back once, told to a person', async () => {
    const seller = newSeller();
    const { checkoutId, orderIds } = await paidOnOnePage(seller, ['20.00', '9.99'], '4000000000005126');
    const before = await wallet(seller);
    await system.fault({ kind: 'webhook_double', match: 'refund.', copies: 3, count: 6 });
    await ask(orderIds[0] ?? '', '12.34');
    await reaches(checkoutId, 'FAILED_LATE');
    expect(await wallet(seller)).toEqual(before);
    expect(await counted(orderIds[0] ?? '')).toEqual({ refunded: 0, commission: 0 });
    const [{ id } = { id: '' }] = await refundsOf(checkoutId);
    const { rows } = await system.owner.query(
      `select kind, reversal_of is not null as reversal from ledger_transactions where source_id = $1 order by recorded_at`,
      [id],
    );
    expect(rows).toEqual([
      { kind: 'refund_accepted', reversal: false },
      { kind: 'refund_failed', reversal: true },
    ]);
  });

  test.each(['commit:before', 'commit:after', 'provider:before', 'provider:after', 'statement:after'])(
    'whoever works on it dies at %s, wherever that is: it is asked for once and given back once',
    async (point) => {
      const seller = newSeller();
      const [orderId = ''] = (await paid(seller)).orderIds;
      let deaths = 0;
      for (let nth = 1; ; nth += 1) {
        let seen = 0;
        let died = false;
        observeCheckpoints((at) => {
          if (died || (at === point && ++seen === nth)) {
            died = true;
            throw new Error(`died at ${point} ${nth}`);
          }
        });
        if ((await refundsOf(orderId)).length === 0) await ask(orderId, '10.00').catch(() => undefined);
        await system.refundNow().catch(() => undefined);
        observeCheckpoints(undefined);
        if (!died) break;
        deaths += 1;
      }
      expect(deaths).toBeGreaterThan(0);
      await reaches(orderId, 'SUCCEEDED');
      expect(await counted(orderId)).toMatchObject({ refunded: 1_000 });
    },
  );

  test('news of one refund in any order and number is booked once', async () => {
    const [orderId = ''] = (await paid(newSeller())).orderIds;
    await ask(orderId, '10.00');
    await reaches(orderId, 'SUCCEEDED');
    const [{ id, pspRefundId } = { id: '', pspRefundId: '' }] = await refundsOf(orderId);
    const known = { pspRefundId: pspRefundId ?? '', amountMinor: 1_000n, currency: 'USD' as const };
    const news = [
      { kind: 'succeeded' as const, ...known },
      { kind: 'pending' as const, ...known },
      { kind: 'unknown' as const, reason: 'x' },
    ];
    const applied = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        applyRefundOutcomes(lanePool(), [{ refundId: id, outcome: news[index % 3] as never, actor: 'webhook' }]),
      ),
    );
    expect(new Set(applied.flat().map((one) => (one instanceof Error ? one : one.verdict)))).toEqual(
      new Set(['unchanged']),
    );
  });
});
