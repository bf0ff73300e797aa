import superjson from 'superjson';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '#auth';
import { pollDisputes } from '#disputes';
import { takePayment } from '#payments';
import { openPayableSeller, type PaymentSystem, samplePayment, startPaymentSystem } from '#testing';
import { appRouter, createCaller } from './root.ts';

/**
 * A guest pays two sellers on one page, gets something back and disputes the charge. Whoever knows the checkout's id may read the
 * buyer's address and cancel; so whatever a seller may ask, no answer tells it, and what others say to the bank stays theirs.
 */
let system: PaymentSystem;
let checkoutId: string;
/** Of the charge for both sellers. */
let sharedDispute: string;
let calls: Record<string, () => Promise<unknown>>;

/** A card whose money is available at once. */
const CARD = '4000000000000077';
const PEOPLE = { bo: 'bowls', tess: 'caps', fin: null, guest: null } as const;

const as = (who: keyof typeof PEOPLE) => {
  const sellerId = PEOPLE[who];
  const role: Role = sellerId ? 'seller' : 'finance';
  const actor = { userId: who, role, sellerId, sellerName: sellerId, name: who, email: `${who}@example.test` };
  return createCaller({ actor: who === 'guest' ? null : actor, requestId: 'req_test' });
};

beforeAll(async () => {
  system = await startPaymentSystem('seller_secrecy');
  for (const seller of ['bowls', 'caps']) await openPayableSeller(system.owner, seller);
  await system.owner.query(`
    insert into users (id, email, name, role, seller_id, password_hash) values
      ('bo', 'bo@example.test', 'Bo', 'seller', 'bowls', 'x'), ('tess', 'tess@example.test', 'Tess', 'seller', 'caps', 'x'),
      ('fin', 'fin@example.test', 'Fin', 'finance', null, 'x');
    insert into products (id, seller_id, name, description, price_minor, currency, art, position) values
      ('bowl', 'bowls', 'Bowl', '', 2999, 'USD', 'bowl', 1), ('cap', 'caps', 'Cap', '', 3580, 'USD', 'cap', 2);
  `);
  const orderId = await guestPays();
  const refundId = await givenBack(orderId);
  sharedDispute = await disputed(orderId);
  calls = await callsOf({ orderId, refundId, disputeId: sharedDispute });
});

afterAll(() => system.stop());

/** Answers the order of the bowl. */
async function guestPays(): Promise<string> {
  const { checkouts, shop } = as('guest');
  const items = ['bowl', 'cap'].map((productId) => ({ productId, quantity: 1 }));
  ({ checkoutId } = await shop.openCheckout({ items, buyer: { email: 'grace@example.test', name: 'Grace' } }));
  const { redirectUrl } = await checkouts.pay({ checkoutId });
  await system.payPage(redirectUrl, CARD);
  const { orders } = await system.reaches(checkoutId, 'SUCCESS', { resolving: true });
  await system.settleNow();
  return orders.find((order) => order.sellerId === 'bowls')?.paymentOrderId ?? '';
}

/** Part of the whole checkout goes back, to the seller's cost too; answers that refund. */
async function givenBack(orderId: string): Promise<string> {
  const wish = { paymentId: checkoutId, amount: '10.00', currency: 'USD', reason: 'requested_by_customer' } as const;
  await as('fin').admin.refunds.request(wish);
  await system.refundNow();
  const { rows } = await as('fin').admin.refunds.list({ of: orderId });
  expect(rows).toMatchObject([{ checkoutId, state: 'SUCCEEDED' }]);
  return rows[0]?.id ?? '';
}

async function disputed(orderId: string): Promise<string> {
  const [charge] = await system.charges(orderId);
  await system.helper('disputes', { charge: charge?.id ?? '', amount: '1000' });
  await pollDisputes();
  const { rows } = await as('fin').admin.disputes.list({ of: orderId });
  expect(rows).toMatchObject([{ state: 'OPEN', answerable: 'dispute' }]);
  return rows[0]?.id ?? '';
}

/** Every procedure a seller has, each called so that it has something to tell. */
async function callsOf(known: { readonly orderId: string; readonly refundId: string; readonly disputeId: string }) {
  const { seller } = as('bo');
  const id = known.disputeId;
  const usd = { currency: 'USD' } as const;
  const refund = { paymentId: known.orderId, amount: '1.00', ...usd };
  const { payoutId } = await seller.payouts.request({ ...usd, amount: '5.00' });
  return {
    wallet: () => seller.wallet(),
    why: () => seller.why({ part: 'available', ...usd }),
    statement: () => seller.statement({}),
    payments: () => seller.payments({}),
    payment: () => seller.payment({ paymentOrderId: known.orderId }),
    'payouts.settings': () => seller.payouts.settings(),
    'payouts.list': () => seller.payouts.list({}),
    'payouts.get': () => seller.payouts.get({ payoutId }),
    'payouts.statementCsv': () => seller.payouts.statementCsv({ payoutId }),
    'payouts.request': () => seller.payouts.request({ ...usd, amount: '1.00' }),
    'payouts.cancel': () => seller.payouts.cancel({ payoutId }),
    'payouts.addBankAccount': () => seller.payouts.addBankAccount({ ...usd, token: 'btok_of_nobody' }),
    'payouts.setSchedule': () => seller.payouts.setSchedule({ schedule: { every: 'daily', onDay: null } }),
    'disputes.list': () => seller.disputes.list({ of: known.orderId }),
    'disputes.get': () => seller.disputes.get({ id }),
    'disputes.submitEvidence': () => seller.disputes.submitEvidence({ id, evidence: 'it was delivered' }),
    'disputes.accept': () => seller.disputes.accept({ id }),
    'refunds.list': () => seller.refunds.list({}),
    'refunds.get': () => seller.refunds.get({ id: known.refundId }),
    'refunds.preview': () => seller.refunds.preview(refund),
    'refunds.request': () => seller.refunds.request({ ...refund, reason: 'not_delivered' }),
  };
}

/** What comes back as it goes to the browser; a refusal is an answer too. */
const answerOf = (call: () => Promise<unknown>) =>
  call().then(superjson.stringify, ({ code, message }: { code: string; message: string }) => `${code} ${message}`);

test('every procedure of a seller is called here', () => {
  const paths = Object.keys(appRouter._def.procedures).filter((path) => path.startsWith('seller.'));
  expect(Object.keys(calls).sort()).toEqual(paths.map((path) => path.slice('seller.'.length)).sort());
});

test("no answer to a seller tells the id of a guest's checkout, nor anything that opens it", async () => {
  const words = new Set<string>();
  for (const [path, call] of Object.entries(calls)) {
    const answer = await answerOf(call);
    expect(answer, path).not.toContain(checkoutId);
    for (const [word] of answer.matchAll(/[A-Za-z0-9_:-][A-Za-z0-9_.:-]{7,254}/g))
      words.add(word).add(word.split('.')[0] ?? word);
  }
  expect(words.size, 'the answers tell something').toBeGreaterThan(30);
  const { checkouts } = as('bo');
  for (const guess of words) {
    for (const door of [checkouts.get, checkouts.cancel])
      await expect(door({ checkoutId: guess }), guess).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
  expect(await as('guest').checkouts.get({ checkoutId })).toMatchObject({ buyer: { email: 'grace@example.test' } });
});

test('a dispute over several sellers is answered by the platform, and none of them reads with which words', async () => {
  const words = 'what the platform knows of both';
  for (const who of ['bo', 'tess'] as const) {
    const { disputes } = as(who).seller;
    expect(await disputes.get({ id: sharedDispute })).toMatchObject({ answerable: null, shared: true });
    expect((await disputes.list({})).rows).toMatchObject([{ answerable: null, shared: true }]);
    await expect(disputes.submitEvidence({ id: sharedDispute, evidence: 'mine' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  }
  await as('fin').admin.disputes.submitEvidence({ id: sharedDispute, evidence: words });
  for (const who of ['bo', 'tess'] as const) {
    const { disputes } = as(who).seller;
    const said = { kind: 'evidence', stage: 'dispute', evidence: null, actor: null };
    expect(await disputes.get({ id: sharedDispute })).toMatchObject({ responses: [said] });
    const shown = superjson.stringify([await disputes.get({ id: sharedDispute }), await disputes.list({})]);
    expect(shown).not.toMatch(new RegExp(`${words}|user:fin`));
  }
  expect(await as('fin').admin.disputes.get({ id: sharedDispute })).toMatchObject({
    responses: [{ evidence: words, actor: 'user:fin' }],
  });
});

test('a dispute over one seller alone is answered by the seller, who reads the own words', async () => {
  const request = samplePayment({ orders: [{ seller: 'bowls' }] });
  await takePayment(request, 'key:shop', { waitMs: 10_000 });
  await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
  const id = await disputed(request.orders[0]?.paymentOrderId ?? '');
  const { disputes } = as('bo').seller;
  expect(await disputes.get({ id })).toMatchObject({ answerable: 'dispute', shared: false });
  await disputes.submitEvidence({ id, evidence: 'it was delivered' });
  expect(await disputes.get({ id })).toMatchObject({
    answerable: null,
    responses: [{ evidence: 'it was delivered', actor: 'user:bo' }],
  });
  await expect(as('tess').seller.disputes.get({ id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
