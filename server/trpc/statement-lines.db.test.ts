import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Actor, Role } from '#auth';
import { pollDisputes } from '#disputes';
import { PLATFORM } from '#ledger';
import { takePayment } from '#payments';
import { requestPayout } from '#payouts';
import { requestRefund } from '#refunds';
import { openPayableSeller, type PaymentSystem, samplePayment, startPaymentSystem } from '#testing';
import { createCaller } from './root.ts';
import type { StatementLine } from './statement-lines.ts';

const SOON = { timeout: 20_000, interval: 40 };
const SELLER = 'seller_1';
const BUYER = samplePayment().buyer.userId;
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('statement_lines', { simulatorEnv: { PSP_DISPUTE_DELAY_MS: '50' } });
  await openPayableSeller(system.owner, SELLER);
  const [refunded, disputed] = [await paid('30.00'), await paid('20.00')];
  await vi.waitFor(async () => {
    await system.settleNow();
    expect(await kinds()).toContain('funds_available');
  }, SOON);
  await requestRefund({ paymentId: refunded, reason: 'other', actor: 'user:one' }, {});
  const [charge] = await system.charges(disputed);
  await system.helper('disputes', { charge: charge?.id ?? '' });
  await requestPayout({ sellerId: SELLER, currency: 'USD', amountMinor: 500n, requestedBy: 'user:one' });
  await vi.waitFor(async () => {
    await system.refundNow();
    await pollDisputes();
    await system.settleNow();
    expect(await kinds()).toEqual(expect.arrayContaining(['refund_accepted', 'dispute_opened', 'payout_requested']));
  }, SOON);
});

afterAll(() => system.stop());

/** An order whose money is available as soon as it is settled. */
async function paid(amount: string): Promise<string> {
  const request = samplePayment({ token: 'tok_bypassPending', orders: [{ amount, seller: SELLER }] });
  await takePayment(request, 'key:shop', { waitMs: 10_000 });
  await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
  return request.orders[0]?.paymentOrderId ?? '';
}

const as = (role: Role, sellerId: string | null = null) => {
  const actor: Actor = { userId: 'one', role, sellerId, sellerName: sellerId, name: 'One', email: 'one@example.test' };
  return createCaller({ actor, requestId: 'req_test' });
};
const asSeller = () => as('seller', SELLER).seller;
const asStaff = () => as('finance').admin;

async function kinds(): Promise<string[]> {
  return (await asSeller().statement({})).lines.map((line) => line.transactionKind);
}

/** Loads what stands behind a line as its page does; throws `not_found` where there is nothing. */
async function open(door: 'seller' | 'admin', { page }: StatementLine): Promise<unknown> {
  const id = page?.id ?? '';
  if (page?.of === 'payouts') {
    const { payouts } = door === 'seller' ? asSeller() : asStaff();
    return payouts.get({ payoutId: id });
  }
  if (page?.of === 'disputes') return (door === 'seller' ? asSeller() : asStaff()).disputes.get({ id });
  return door === 'seller' ? asSeller().payment({ paymentOrderId: id }) : asStaff().payments.get({ id });
}

test('every line of a seller’s statement leads to what the seller may open', async () => {
  const { lines } = await asSeller().statement({});
  for (const line of lines)
    await expect(open('seller', line), `${line.transactionKind} of ${line.sourceId}`).resolves.toBeDefined();
});

test('every line of any account leads the operator to what is behind it, and a search for its id finds the payment', async () => {
  const statements = [SELLER, BUYER, PLATFORM].map((accountId) => asStaff().ledger.statement({ accountId }));
  const lines = (await Promise.all(statements)).flatMap((statement) => statement.lines);
  expect(lines.map((line) => line.transactionKind)).toContain('psp_settled');
  for (const line of lines) {
    const what = `${line.transactionKind} of ${line.sourceId}`;
    await expect(open('admin', line), what).resolves.toBeDefined();
    expect((await asStaff().payments.list({ search: line.sourceId })).rows, what).not.toEqual([]);
  }
});

test('the provider’s own ids of a refund and a dispute find their payment too', async () => {
  const { rows } = await system.owner.query<{ id: string; checkout_id: string }>(
    `select r.psp_refund_id as id, a.checkout_id from refunds r join payment_attempts a on a.id = r.attempt_id
     union all select d.psp_dispute_id, a.checkout_id from disputes d join payment_attempts a on a.id = d.attempt_id`,
  );
  expect(rows).toHaveLength(2);
  for (const { id, checkout_id: checkoutId } of rows) {
    const found = await asStaff().payments.list({ search: id });
    expect(found.rows.map((row) => row.checkoutId)).toEqual([checkoutId]);
  }
});
