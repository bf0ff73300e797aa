import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor, Role } from '#auth';
import { lanePool, pool } from '#db';
import { accountCode, orderCaptured, postBatch } from '#ledger';
import { createCheckout } from '#payments';
import { createTestDatabase, type MigratedDatabase } from '#testing';
import { createCaller } from './root.ts';

let database: MigratedDatabase;

beforeAll(async () => {
  database = await createTestDatabase('tenancy');
  process.env.DATABASE_URL = database.url;
  await createCheckout(
    {
      checkoutId: 'checkout_1',
      buyer: { userId: 'user_ann', email: 'ann@example.test', name: 'Ann' },
      orders: [
        { paymentOrderId: 'order_a', sellerAccount: 'seller_a', amount: { amountMinor: 2_999n, currency: 'USD' } },
        { paymentOrderId: 'order_b', sellerAccount: 'seller_b', amount: { amountMinor: 1_000n, currency: 'USD' } },
      ],
    },
    'user:user_ann',
  );
  const sale = { buyerId: 'user_ann', capturedAt: new Date(), commissionMinor: 75n };
  await postBatch(lanePool(), [
    orderCaptured({
      ...sale,
      paymentOrderId: 'order_a',
      sellerId: 'seller_a',
      gross: { amountMinor: 2_999n, currency: 'USD' },
    }),
    orderCaptured({
      ...sale,
      paymentOrderId: 'order_b',
      sellerId: 'seller_b',
      gross: { amountMinor: 1_000n, currency: 'USD' },
    }),
  ]);
});

afterAll(async () => {
  await Promise.all([pool().end(), lanePool().end()]);
  await database.drop();
});

const as = (
  role: Role | null,
  { sellerId = null, userId = 'user_1' }: { sellerId?: string | null; userId?: string } = {},
) => {
  const actor: Actor | null = role && {
    userId,
    role,
    sellerId,
    sellerName: sellerId,
    name: 'One',
    email: 'one@example.test',
  };
  return createCaller({ actor, requestId: 'req_test' });
};
const asSellerA = () => as('seller', { sellerId: 'seller_a' }).seller;

test('a seller sees the own wallet, statement and payments, and nothing of the other seller in the same checkout', async () => {
  const seller = asSellerA();
  expect(await seller.wallet()).toMatchObject({
    accountId: 'seller_a',
    balances: [{ pending: '29.24', total: '29.24' }],
  });
  expect((await seller.payments({})).rows.map((row) => row.paymentOrderId)).toEqual(['order_a']);
  expect((await seller.payments({ search: 'order_b' })).rows).toEqual([]);
  const { lines } = await seller.statement({});
  expect(lines.map((line) => [line.accountCode, line.credit, line.owed])).toEqual([
    [accountCode({ kind: 'seller_pending', ownerId: 'seller_a', currency: 'USD' }), '29.24', '29.24'],
  ]);
  const shown = JSON.stringify(await seller.payment({ paymentOrderId: 'order_a' }));
  expect(shown).not.toMatch(/order_b|seller_b|ann@example/);
});

test("another seller's payment answers exactly as one that does not exist", async () => {
  const answer = (paymentOrderId: string) =>
    asSellerA()
      .payment({ paymentOrderId })
      .catch(({ code, message }: { code: string; message: string }) => ({ code, message }));
  expect(await answer('order_b')).toEqual(await answer('order_of_nobody'));
  expect(await answer('order_b')).toMatchObject({ code: 'NOT_FOUND' });
});

test("a cursor that names another seller's account shows none of its lines", async () => {
  const { rows } = await pool().query<{ id: bigint }>(`select id from ledger_accounts where owner_id = 'seller_b'`);
  const cursor = Buffer.from(rows.map(({ id }) => `${id}:99`).join(',')).toString('base64url');
  expect((await asSellerA().statement({ cursor })).lines).toEqual([]);
});

test('each door opens for its roles and tells everybody else which role it needs', async () => {
  const doors = {
    seller: (caller: ReturnType<typeof as>) => caller.seller.wallet(),
    overview: (caller: ReturnType<typeof as>) => caller.admin.overview(),
    payments: (caller: ReturnType<typeof as>) => caller.admin.payments.list({}),
    payment: (caller: ReturnType<typeof as>) => caller.admin.payments.get({ id: 'checkout_1' }),
    trialBalance: (caller: ReturnType<typeof as>) => caller.admin.ledger.trialBalance(),
    statement: (caller: ReturnType<typeof as>) => caller.admin.ledger.statement({ accountId: 'seller_a' }),
    deadLetters: (caller: ReturnType<typeof as>) => caller.admin.deadLetters.list(),
    health: (caller: ReturnType<typeof as>) => caller.admin.books.health(),
  };
  for (const [name, open] of Object.entries(doors)) {
    await expect(open(as(null)), `${name} as a guest`).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    await expect(open(as('shopper')), `${name} as a shopper`).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const [right, wrong] =
      name === 'seller' ? [['seller'], ['admin']] : [['support', 'finance', 'approver', 'admin'], ['seller']];
    for (const role of right as Role[])
      await expect(open(as(role, { sellerId: 'seller_a' })), `${name} as ${role}`).resolves.toBeDefined();
    for (const role of wrong as Role[]) {
      await expect(open(as(role, { sellerId: 'seller_a' })), `${name} as ${role}`).rejects.toThrow(
        /This needs the role/,
      );
    }
  }
});

test("a signed-in shopper's checkout is not found by anybody else, and the staff sees it", async () => {
  const get = (caller: ReturnType<typeof as>) => caller.checkouts.get({ checkoutId: 'checkout_1' });
  expect(await get(as('shopper', { userId: 'user_ann' }))).toMatchObject({ total: '39.99', principal: 'user' });
  for (const stranger of [as(null), as('shopper'), asSellerOfB()])
    await expect(get(stranger)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await get(as('support'))).toMatchObject({ checkoutId: 'checkout_1' });
});

const asSellerOfB = () => as('seller', { sellerId: 'seller_b' });

test('filters never take an object, and unknown fields are refused', async () => {
  const list = as('admin').admin.payments.list as (input: unknown) => Promise<unknown>;
  for (const input of [
    { search: { not: '' } },
    { states: { not: 'SUCCESS' } },
    { sellerId: 'seller_a' },
    { search: 'a\0b' },
  ]) {
    await expect(list(input)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  }
});

test('the list finds a payment by any of its ids and by e-mail in any case, and every ledger transaction adds up to zero', async () => {
  const { admin } = as('admin');
  for (const search of ['checkout_1', 'order_b', 'ANN@example.test', 'user_ann']) {
    expect((await admin.payments.list({ search })).rows.map((row) => row.checkoutId)).toEqual(['checkout_1']);
  }
  expect((await admin.payments.list({ search: 'nothing' })).rows).toEqual([]);
  const { transactions } = await admin.payments.get({ id: 'order_a' });
  expect(transactions.map((one) => one.totals)).toEqual([
    [{ currency: 'USD', debits: '29.99', credits: '29.99', difference: '0.00' }],
    [{ currency: 'USD', debits: '10.00', credits: '10.00', difference: '0.00' }],
  ]);
});
