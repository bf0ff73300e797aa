import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { answerDispute, listDisputes, sendResponses } from '#disputes';
import { newId, parseAmount } from '#kernel';
import { takePayment } from '#payments';
import { addBankAccount, getPayout, payoutStatement, requestPayout, submitPayouts } from '#payouts';
import { listRefunds, requestRefund } from '#refunds';
import { type PaymentSystem, samplePayment, startPaymentSystem } from '#testing';
import { getWallet } from '#wallet';

const DAY = 86_400;
/** Longer than the provider holds a charge, whatever the day of the week. */
const SETTLED_AFTER = 5 * DAY;
const SOON = { timeout: 20_000, interval: 40 };
const SECRET_KEY = 'sk_test_simulator_platform_secret_key';

let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('life_of_money', {
    webhooks: true,
    simulatorEnv: {
      PSP_REFUND_DELAY_MS: '100',
      PSP_DISPUTE_DELAY_MS: '50',
      PSP_PAYOUT_DELAY_MS: '200',
      PSP_WEBHOOK_RETRY_BASE_MS: '100',
    },
  });
});

afterAll(() => system.stop());

/** A paid order of 100.00, of which the seller earns 97.50. */
async function sale(seller: string, token = 'tok_visa_4242'): Promise<string> {
  const request = samplePayment({ token, orders: [{ amount: '100.00', seller }] });
  await takePayment(request, 'key:shop', { waitMs: 10_000 });
  await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
  return request.orders[0]?.paymentOrderId ?? '';
}

const giveBack = (paymentId: string, amount: string) =>
  requestRefund({ paymentId, amount: parseAmount(amount, 'USD'), reason: 'not_as_described', actor: 'user:1' }, {});

const refundStates = async (of: string) => (await listRefunds({ of })).rows.map((refund) => refund.state);

async function wallet(seller: string) {
  const [{ pending, available, reserved } = {}] = (await getWallet(seller)).balances;
  return { pending, available, reserved };
}

/** The bank disputes the charge of the order now, and our side hears of it. */
async function dispute(paymentOrderId: string): Promise<string> {
  const [charge] = await system.charges(paymentOrderId);
  const { id } = await system.helper('disputes', { charge: charge?.id ?? '' });
  await hears(paymentOrderId, 'OPEN');
  return String(id);
}

async function decide(paymentOrderId: string, pspDisputeId: string, outcome: 'win' | 'lose'): Promise<void> {
  const [{ id } = { id: '' }] = (await listDisputes({ of: paymentOrderId })).rows;
  await answerDispute(id, { evidence: 'It was delivered.', actor: 'user:1' }, {});
  await sendResponses(10);
  await system.helper(`disputes/${pspDisputeId}/decide`, { outcome });
  await hears(paymentOrderId, outcome === 'win' ? 'WON' : 'LOST');
}

const hears = (of: string, state: string) =>
  vi.waitFor(async () => {
    await system.handleInbox();
    expect((await listDisputes({ of })).rows[0]?.state).toBe(state);
  }, SOON);

async function settleLater(): Promise<void> {
  await system.travel(SETTLED_AFTER);
  await system.settleNow();
}

/** What the books say stands at the provider, and what it says itself, in cents. */
async function atProvider(): Promise<{ books: number; provider: number; unbooked: number }> {
  const response = await fetch(`${system.simulator.url}/v1/balance`, {
    headers: { authorization: `Bearer ${SECRET_KEY}` },
  });
  const { available, pending } = (await response.json()) as Record<'available' | 'pending', { amount: number }[]>;
  const { rows } = await system.owner.query<{ books: number; unbooked: number }>(
    `select (select balance::int from ledger_accounts where code = 'psp_clearing:platform:USD') as books,
            (select count(*)::int from psp_balance_transactions where state <> 'booked') as unbooked`,
  );
  const { books = 0, unbooked = 0 } = rows[0] ?? {};
  return { books, unbooked, provider: [...available, ...pending].reduce((sum, one) => sum + one.amount, 0) };
}

async function holds(): Promise<void> {
  await vi.waitFor(async () => {
    while ((await system.handleInbox()) > 0);
    expect(await system.problems()).toEqual([]);
  }, SOON);
}

/** A verified seller with a bank account that takes what is sent. */
async function openSeller(): Promise<string> {
  const id = newId('seller');
  await system.owner.query(`insert into sellers (id, display_name, verification) values ($1, 'Seller', 'verified')`, [
    id,
  ]);
  await addBankAccount({ sellerId: id, currency: 'USD', token: 'btok_us_verified', actor: 'user:bo' });
  return id;
}

async function payOut(sellerId: string): Promise<string> {
  const payoutId = await requestPayout({ sellerId, currency: 'USD', amountMinor: null, requestedBy: 'user:bo' });
  await vi.waitFor(async () => {
    await submitPayouts(10);
    await system.handleInbox();
    expect((await getPayout(payoutId)).state).toBe('PAID');
  }, SOON);
  return payoutId;
}

test('refunds before and after the money is available, one that comes back late, two disputes, a payout: every cent has one place', async () => {
  const seller = await openSeller();
  const order = await sale(seller);
  const wobbly = await sale(seller, 'tok_refundFail');
  const [defended, lost] = [await sale(seller), await sale(seller)];
  expect(await wallet(seller)).toEqual({ pending: '390.00', available: '0.00', reserved: '0.00' });

  // A part goes back while the order is pending: it is taken of that order's money.
  await giveBack(order, '40.00');
  await system.refundNow();
  expect(await wallet(seller)).toEqual({ pending: '351.00', available: '0.00', reserved: '0.00' });
  // A dispute takes of what is available, which later earnings make up for.
  const won = await dispute(defended);
  expect(await wallet(seller)).toEqual({ pending: '351.00', available: '-100.00', reserved: '100.00' });
  await holds();

  await giveBack(wobbly, '100.00');
  await system.refundNow();
  expect(await wallet(seller)).toEqual({ pending: '253.50', available: '-100.00', reserved: '100.00' });
  // What is left of each order becomes available, and nothing of the one that went back.
  await settleLater();
  // That comes back after all, by whichever news is first, and does not wait any more.
  await vi.waitFor(async () => {
    await system.handleInbox();
    expect(await refundStates(wobbly)).toEqual(['FAILED_LATE']);
  }, SOON);
  expect(await wallet(seller)).toEqual({ pending: '0.00', available: '251.00', reserved: '100.00' });
  await holds();

  await giveBack(order, '30.00');
  await system.refundNow();
  expect(await wallet(seller)).toEqual({ pending: '0.00', available: '221.75', reserved: '100.00' });
  await decide(defended, won, 'win');
  expect(await wallet(seller)).toEqual({ pending: '0.00', available: '321.75', reserved: '0.00' });
  await decide(lost, await dispute(lost), 'lose');
  expect(await wallet(seller)).toEqual({ pending: '0.00', available: '221.75', reserved: '0.00' });
  await holds();

  const payoutId = await payOut(seller);
  const { amount, lines } = await payoutStatement(payoutId);
  expect(amount).toBe('221.75');
  expect(lines.map((line) => line.amount).toSorted()).toEqual(
    ['-100.00', '58.50', '97.50', '97.50', '97.50', '-29.25', '100.00', '-100.00'].toSorted(),
  );
  await settleLater();
  await holds();
  // All that the provider did is booked, and what it has of ours is what the books say.
  const { books, provider, unbooked } = await atProvider();
  expect({ provider, unbooked }).toEqual({ provider: books, unbooked: 0 });
});
