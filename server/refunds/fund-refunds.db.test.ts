import { afterAll, beforeAll, expect, test } from 'vitest';
import { lanePool } from '#db';
import { createPosting, PLATFORM, postBatch } from '#ledger';
import { takePayment } from '#payments';
import { type PaymentSystem, releaseEarnings, samplePayment, startPaymentSystem } from '#testing';
import { fundRefunds, fundsOf, refundsInReach } from './fund-refunds.ts';
import { listRefunds } from './refunds.queries.ts';
import { requestRefund } from './request-refund.ts';

let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('fund_refunds', { env: { SELLER_SHORTFALL: 'wait' } });
});

afterAll(() => system.stop());

async function sale(seller: string): Promise<string> {
  const request = samplePayment({ orders: [{ amount: '100.00', seller }] });
  await takePayment(request, 'key:shop', { waitMs: 10_000 });
  await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
  return request.orders[0]?.paymentOrderId ?? '';
}

/** The money of these sales became available and is gone, as a payout would take it. */
async function spend(seller: string, amountMinor: bigint, ...sales: string[]): Promise<void> {
  for (const paymentOrderId of sales) await releaseEarnings(system.owner, paymentOrderId);
  const posting = createPosting({
    kind: 'late_capture_held',
    sourceId: `spent_by_${seller}`,
    effectiveAt: new Date(),
    legs: [
      { account: { kind: 'seller_available', ownerId: seller, currency: 'USD' }, amountMinor },
      { account: { kind: 'bank_cash', ownerId: PLATFORM, currency: 'USD' }, amountMinor: -amountMinor },
    ],
  });
  expect(await postBatch(lanePool(), [posting])).toMatchObject([{ kind: 'posted' }]);
}

const ask = (paymentId: string) =>
  requestRefund({ paymentId, reason: 'not_delivered', actor: 'user:1' }, { principal: 'key:shop' });
const waiting = async (of: string) => (await listRefunds({ of })).rows.map((refund) => refund.waitsForFunds);

test('a refund waits until its seller has the money, however many workers look, and the older one goes first', async () => {
  const first = await sale('poor');
  const second = await sale('poor');
  await spend('poor', 10_000n, first, second);
  await ask(first);
  await ask(second);
  expect(await system.refundNow()).toBe(0);
  const looks = await Promise.all(Array.from({ length: 10 }, () => fundRefunds(10)));
  // 195.00 were earned and 100.00 are spent: there is money for no refund of 97.50.
  expect(looks).toEqual(looks.map(() => 0));
  const third = await sale('poor');
  // What is pending of another order pays for none of these.
  expect(await fundRefunds(10)).toBe(0);
  await releaseEarnings(system.owner, third);
  const funded = await Promise.all(Array.from({ length: 10 }, () => fundRefunds(10)));
  expect(funded.reduce((sum, one) => sum + one, 0)).toBe(1);
  expect([await waiting(first), await waiting(second)]).toEqual([[false], [true]]);
  expect(await fundRefunds(10)).toBe(0);
  await system.refundNow();
  expect((await listRefunds({ of: first })).rows).toMatchObject([{ state: 'SUCCEEDED' }]);
  expect((await listRefunds({ of: second })).rows).toMatchObject([{ state: 'REQUESTED', waitsForFunds: true }]);
  expect(third).not.toBe(second);
});

test('what is pending of its own order pays for a refund, and the seller waits for nothing', async () => {
  const order = await sale('rich');
  await ask(order);
  expect(await fundRefunds(10)).toBe(1);
  await system.refundNow();
  expect((await listRefunds({ of: order })).rows).toMatchObject([{ state: 'SUCCEEDED', waitsForFunds: false }]);
});

test('sellers without the money hold up nobody else, however many they are', async () => {
  for (const seller of ['broke_1', 'broke_2', 'broke_3']) {
    const order = await sale(seller);
    await spend(seller, 9_750n, order);
    await ask(order);
  }
  const order = await sale('solvent');
  await releaseEarnings(system.owner, order);
  await ask(order);
  expect(await fundRefunds(2)).toBe(1);
  expect(await waiting(order)).toEqual([false]);
  // What is on its way takes all that the seller has: the next one is not in reach, and in nobody's way.
  const [second, other] = [await sale('solvent'), await sale('other')];
  await spend('solvent', 9_750n, second);
  await releaseEarnings(system.owner, other);
  await ask(second);
  await ask(other);
  expect(await fundRefunds(1)).toBe(1);
  expect([await waiting(second), await waiting(other)]).toEqual([[true], [false]]);
});

test('what sellers have is found by its keys, however much was ever earned', async () => {
  await system.owner.query(
    `insert into order_funds (payment_order_id, seller_id, currency, earned_minor, pending_minor, available_on, released_at)
     select 'past_' || n, 'poor', 'USD', 9750, 0, now(), now() from generate_series(1, 20000) n`,
  );
  await system.owner.query('analyze order_funds, refunds');
  for (const { text, values } of [fundsOf(['poor']), refundsInReach(20)]) {
    const { rows } = await system.owner.query(`explain ${text}`, [...(values ?? [])]);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('order_funds_one_per_order on order_funds');
    expect(plan).not.toContain('Seq Scan on order_funds');
  }
});
