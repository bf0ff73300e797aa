import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CurrencyCode } from '#kernel';
import { type PaymentSystem, samplePayment, startPaymentSystem } from '#testing';
import { listFeePlans } from './list-fee-plans.ts';
import { takePayment } from './take-payment.ts';

let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('fee_plans');
  await system.owner.query(`
    insert into sellers (id, display_name) values ('own_rate', 'Own rate'), ('own_yen', 'Own yen'), ('replaced', 'Replaced');
    insert into fee_plans (seller_id, currency, bps, fixed_minor, valid_from) values
      (null, 'JPY', 100, 30, now()), ('own_rate', null, 500, 0, now()), ('own_yen', 'JPY', 0, 50, now()),
      ('own_rate', null, 9000, 0, now() + interval '1 day')`);
});

afterAll(() => system.stop());

test('what holds and what is planned is listed, the platform’s first; what was replaced is not', async () => {
  await system.owner.query(`insert into fee_plans (seller_id, bps) values ('replaced', 700)`);
  await system.owner.query(`insert into fee_plans (seller_id, bps) values ('replaced', 800)`);
  type Plan = [
    sellerName: string | null,
    currency: string | null,
    bps: number,
    fixed: string | null,
    planned?: boolean,
  ];
  const plan = (...[sellerName, currency, bps, fixed, planned = false]: Plan) => ({
    sellerName,
    currency,
    bps,
    fixed,
    planned,
  });
  const { plans, more } = await listFeePlans();
  expect(more).toBe(false);
  expect(plans).toMatchObject([
    plan(null, null, 250, null),
    plan(null, 'JPY', 100, '30'),
    plan('Own rate', null, 500, null),
    plan('Own rate', null, 9_000, null, true),
    plan('Own yen', 'JPY', 0, '50'),
    plan('Replaced', null, 800, null),
  ]);
});

interface Line {
  readonly commission_minor: string;
  readonly commission_bps: number;
  readonly commission_fixed_minor: string;
}

async function lineOf(seller: string, amount: string, currency: CurrencyCode): Promise<readonly [string, Line]> {
  const request = samplePayment({ orders: [{ seller, amount, currency }] });
  await takePayment(request, 'key:shop', { waitMs: 10_000 });
  const orderId = request.orders[0]?.paymentOrderId ?? '';
  const { rows } = await system.owner.query<Line>(
    'select commission_minor, commission_bps, commission_fixed_minor from payment_orders where payment_order_id = $1',
    [orderId],
  );
  return [orderId, rows[0] as Line];
}

test.each([
  ['a seller without a plan pays what the platform asks of everyone', 'anyone', '29.99', 'USD', ['74', 250, '0']],
  ['in a currency with terms of its own he pays those', 'anyone', '5000', 'JPY', ['80', 100, '30']],
  ['a seller’s own plan holds before the platform’s for a currency', 'own_rate', '5000', 'JPY', ['250', 500, '0']],
  ['and only where it is meant to', 'own_yen', '29.99', 'USD', ['74', 250, '0']],
  ['never more than was paid', 'own_yen', '49', 'JPY', ['49', 0, '50']],
] as const)('%s', async (_, seller, amount, currency, [minor, bps, fixed]) => {
  const [, line] = await lineOf(seller, amount, currency);
  expect(line).toEqual({ commission_minor: minor, commission_bps: bps, commission_fixed_minor: fixed });
});

test('a new version holds for what is ordered from its date on, and changes no order from before', async () => {
  const [before] = await lineOf('changing', '100.00', 'USD');
  await system.owner.query(`insert into fee_plans (seller_id, bps) values ('changing', 1000)`);
  const [after] = await lineOf('changing', '100.00', 'USD');
  const { rows } = await system.owner.query(
    `select o.payment_order_id as id, o.commission_minor, f.earned_minor, f.pending_minor from payment_orders o
     join order_funds f using (payment_order_id) where o.seller_id = 'changing' order by o.commission_minor`,
  );
  expect(rows).toEqual([
    { id: before, commission_minor: '250', earned_minor: '9750', pending_minor: '9750' },
    { id: after, commission_minor: '1000', earned_minor: '9000', pending_minor: '9000' },
  ]);
  expect(await system.problems()).toEqual([]);
});
