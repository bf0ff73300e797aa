import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { lanePool } from '#db';
import { assert, newId, parseAmount } from '#kernel';
import { type AccountKind, createPosting, PLATFORM, postBatch } from '#ledger';
import { takePayment } from '#payments';
import { addBankAccount, getPayout, requestPayout, submitPayouts } from '#payouts';
import { requestRefund } from '#refunds';
import { earn, type PaymentSystem, samplePayment, startPaymentSystem } from '#testing';
import { explainClearing, type OpenItem } from './open-items.ts';
import { reconcileDay } from './reconcile-day.ts';

const DAY = 86_400;
/** Longer than the provider holds a charge, and then until its payout is in our bank, whatever the day of the week. */
const AVAILABLE_AFTER = 5 * DAY;
const IN_THE_BANK_AFTER = 10 * DAY;
const SOON = { timeout: 20_000, interval: 40 };

let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('open_items', { webhooks: true });
});
afterAll(() => system.stop());

/** The items of an account in this currency, without the ids that nobody can foretell. */
async function itemsOf(code: string): Promise<string[]> {
  const found = (await explainClearing()).find((account) => account.code === code);
  return (found?.items ?? []).map(
    ({ amountMinor, why }: OpenItem) => `${amountMinor} ${why.replace(/ \w+_\w{20,}/g, '')}`,
  );
}

const unexplained = async () =>
  (await explainClearing()).filter((one) => one.unexplainedMinor !== 0n).map((one) => [one.code, one.unexplainedMinor]);

async function sale(seller: string, token?: string): Promise<string> {
  const request = samplePayment({ ...(token && { token }), orders: [{ amount: '100.00', seller }] });
  await takePayment(request, 'key:shop', { waitMs: 10_000 });
  return request.orders[0]?.paymentOrderId ?? '';
}

const noDate = (lines: readonly string[]) => lines.map((line) => line.replace(/\d{4}-\d\d-\d\d/, 'a day'));

let sound: [string, bigint][] = [];
afterEach(async () => {
  expect(await unexplained()).toEqual(sound);
});

test('a charge is open at its buyer until it is settled, at the provider until it is paid out, and then in our bank', async () => {
  const seller = newId('seller');
  await sale(seller);
  expect(await itemsOf('buyer:user_123:USD')).toEqual(['10000 charged, not settled: the provider has not listed it']);
  expect(await itemsOf(`seller_pending:${seller}:USD`)).toEqual(['-9750 earned, its day is not known']);

  await system.settleNow();
  expect(noDate(await itemsOf('buyer:user_123:USD'))).toEqual(['10000 charged, not settled: is available on a day']);
  await system.travel(AVAILABLE_AFTER);
  await system.settleNow();
  expect(await itemsOf('buyer:user_123:USD')).toEqual([]);
  expect(await itemsOf('psp_clearing:platform:USD')).toContain('9680 charge, not paid out');

  await system.travel(IN_THE_BANK_AFTER);
  await system.settleNow();
  expect(await itemsOf('bank_cash:platform:USD')).toEqual(['9680 not on a bank statement']);
  expect(await itemsOf('psp_clearing:platform:USD')).toContain('-9680 payout, its day is not reconciled');
  const { rows } = await system.owner.query(
    `select to_char(created_at, 'YYYY-MM-DD') as made from psp_balance_transactions where type = 'payout'`,
  );
  for (let day = 0; day < 5; day += 1)
    await reconcileDay(new Date(Date.parse(rows[0].made) + day * DAY * 1_000).toISOString().slice(0, 10));
  expect(await itemsOf('psp_clearing:platform:USD')).toEqual([]);
  expect(noDate(await itemsOf('bank_cash:platform:USD'))).toEqual(['9680 what the bank shows at the end of a day']);
});

test('a refund, a dispute, a payout and money that nobody knows are open where they stand', async () => {
  const seller = newId('seller');
  const paymentId = await sale(seller);
  await requestRefund(
    { paymentId, amount: parseAmount('30.00', 'USD'), reason: 'other', actor: 'user:bo' },
    { principal: 'key:shop' },
  );
  await system.refundNow();
  expect(await itemsOf('buyer:user_123:USD')).toContain(
    '-3000 given back, not settled: the provider has not listed it',
  );

  const disputed = await sale(seller);
  const [charge] = await system.charges(disputed);
  await system.helper('disputes', { charge: charge?.id ?? '' });
  await vi.waitFor(async () => {
    await system.handleInbox();
    expect(await itemsOf('dispute_receivable:platform:USD')).toEqual(['10000 a dispute that is OPEN']);
  }, SOON);
  expect(await itemsOf('psp_clearing:platform:USD')).toContain('-11500 taken by a dispute, not settled');
  expect(await itemsOf(`seller_reserved:${seller}:USD`)).toHaveLength(1);

  await chargeOfNobody();
  await system.settleNow();
  expect(await itemsOf('suspense:platform:USD')).toEqual(['-700 charge that nobody knows: not_ours']);

  await system.travel(AVAILABLE_AFTER);
  await system.settleNow();
  expect(await itemsOf('psp_clearing:platform:USD')).toContain('-11500 adjustment, not paid out');
});

test('a payout is reserved, then in transit while our bank has it no more', async () => {
  const seller = newId('seller');
  await system.owner.query(`insert into sellers (id, display_name, verification) values ($1, 'Seller', 'verified')`, [
    seller,
  ]);
  await addBankAccount({ sellerId: seller, currency: 'USD', token: 'btok_us_verified', actor: 'user:bo' });
  await earn(seller, 1_200_000n);
  const wish = { sellerId: seller, currency: 'USD', requestedBy: 'user:bo' } as const;
  await requestPayout({ ...wish, amountMinor: 1_100_000n });
  expect(await itemsOf(`seller_reserved:${seller}:USD`)).toEqual(['-1100000 a payout that is REQUESTED']);
  const payoutId = await requestPayout({ ...wish, amountMinor: 5_000n });
  await submitPayouts(10);
  expect((await getPayout(payoutId)).state).toBe('SUBMITTED');
  expect(await itemsOf(`payout_in_transit:${seller}:USD`)).toEqual(['-5000 sent, SUBMITTED']);
  // The sale that these earnings came from was never made.
  sound = [['buyer:buyer:USD', 1_200_000n]];
});

test('what nothing that is under way explains is named, to the cent, though the ledger balances', async () => {
  const account = (kind: AccountKind) => ({ kind, ownerId: PLATFORM, currency: 'USD' as const });
  const stray = createPosting({
    ...{ kind: 'psp_settled', sourceId: 'nothing_that_happened', effectiveAt: new Date() },
    legs: [
      { account: account('psp_clearing'), amountMinor: 1n },
      { account: account('bank_cash'), amountMinor: -1n },
    ],
  });
  const [verdict] = await postBatch(lanePool(), [stray]);
  assert(verdict?.kind === 'posted', 'a posting that balances is taken');
  sound = [...sound, ['psp_clearing:platform:USD', 1n], ['bank_cash:platform:USD', -1n]];
});

/** Somebody uses our account at the provider past our system. */
async function chargeOfNobody(): Promise<void> {
  const form = { amount: '700', currency: 'usd', payment_method: 'pm_card_bypassPending', confirm: 'true' };
  await fetch(`${system.simulator.url}/v1/payment_intents`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_simulator_platform_secret_key' },
    body: new URLSearchParams(form),
  });
}
