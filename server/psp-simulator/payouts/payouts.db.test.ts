import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DAY, errorOf, MONDAY, type Money, startMoney } from './testkit.ts';

let money: Money;
let stripe: Stripe;

async function start(env: Record<string, string> = {}): Promise<void> {
  money = await startMoney(env);
  ({ stripe } = money);
}
afterEach(async () => {
  expect(await money.problems()).toEqual({});
  await money.simulator.stop();
});

const midnight = (days: number) => MONDAY - 9 * 3_600 + days * DAY;
const itemsOf = (payout: string) => stripe.balanceTransactions.list({ payout, limit: 100 });

describe('paid every business day', () => {
  beforeEach(() => start());

  test('a charge of Monday is available on Wednesday, paid out, in transit an hour later, and there on Thursday', async () => {
    const [one, two] = [await money.charge(10_000), await money.charge(2_999)];
    expect(one.available_on).toBe(midnight(2));
    await money.clock({ to: midnight(2) - 1 });
    expect(await stripe.balance.retrieve()).toMatchObject({
      available: [{ amount: 0 }],
      pending: [{ amount: one.net + two.net }],
    });
    expect((await stripe.payouts.list()).data).toEqual([]);

    await money.clock({ to: midnight(2) });
    const [payout] = (await stripe.payouts.list()).data;
    expect(payout).toMatchObject({
      amount: one.net + two.net,
      currency: 'usd',
      automatic: true,
      status: 'pending',
      created: midnight(2),
      arrival_date: midnight(3),
      failure_code: null,
    });
    const id = payout?.id ?? '';
    expect(await money.available()).toBe(0);
    const { data: items } = await itemsOf(id);
    expect(items.map(({ type, net }) => [type, net])).toEqual([
      ['payout', -(one.net + two.net)],
      ['charge', two.net],
      ['charge', one.net],
    ]);

    await money.clock({ advance: 3_600 });
    expect((await stripe.payouts.retrieve(id)).status).toBe('in_transit');
    await money.clock({ to: midnight(3) });
    expect(await stripe.payouts.retrieve(id)).toMatchObject({ status: 'paid' });
    expect(await money.eventsOf(id)).toEqual(['payout.created', 'payout.updated', 'payout.paid']);
    const [told] = (await stripe.events.list({ type: 'balance.available' })).data;
    expect(told).toMatchObject({
      created: midnight(2),
      data: { object: { available: [{ amount: one.net + two.net }] } },
    });
  });

  test('nothing is paid out at the weekend; refunds and what is available at once go along', async () => {
    await money.clock({ advance: 3 * DAY });
    const paid = await money.charge(10_000);
    expect(paid.available_on).toBe(midnight(7));
    const atOnce = await money.charge(5_000, 'pm_card_bypassPending');
    const refund = await stripe.refunds.create({ charge: String(paid.source), amount: 1_000 });
    await money.clock({ to: midnight(5) });
    const fresh = (await stripe.payouts.list({ created: { gte: midnight(4) } })).data;
    expect(fresh.map(({ amount, created }) => [amount, created])).toEqual([[atOnce.net, midnight(4)]]);
    await money.clock({ to: midnight(7) - 1 });
    expect((await stripe.payouts.list()).data).toHaveLength(1);
    await money.clock({ to: midnight(7) });
    const [second] = (await stripe.payouts.list()).data;
    expect(second?.amount).toBe(paid.net - 1_000);
    const items = (await itemsOf(second?.id ?? '')).data;
    expect(items.map(({ source }) => source)).toEqual([second?.id, refund.id, paid.source]);
  });

  test('a balance below zero is not paid out; it is made up for by what comes later', async () => {
    const early = await money.charge(1_000, 'pm_card_bypassPending');
    await money.clock({ to: midnight(1) });
    expect((await stripe.payouts.list()).data.map(({ amount }) => amount)).toEqual([early.net]);
    await stripe.refunds.create({ charge: String(early.source) });
    expect(await money.available()).toBe(-1_000);
    await money.clock({ to: midnight(2) });
    expect((await stripe.payouts.list()).data).toHaveLength(1);
    const late = await money.charge(5_000, 'pm_card_bypassPending');
    await money.clock({ to: midnight(3) });
    expect((await stripe.payouts.list()).data[0]?.amount).toBe(late.net - 1_000);
  });

  test('a payout that fails brings its money back, which goes out with the next one', async () => {
    await money.fault({ kind: 'payout_failed', count: '1' });
    const paid = await money.charge(10_000, 'pm_card_bypassPending');
    await money.clock({ to: midnight(2) });
    const [again, failed] = (await stripe.payouts.list({ expand: ['data.failure_balance_transaction'] })).data;
    expect(failed).toMatchObject({
      status: 'failed',
      failure_code: 'could_not_process',
      failure_balance_transaction: { type: 'payout_failure', amount: paid.net, reporting_category: 'payout_reversal' },
    });
    expect(again).toMatchObject({ amount: paid.net, status: 'pending', created: midnight(2) });
    expect(await money.eventsOf(failed?.id ?? '')).toEqual(['payout.created', 'payout.updated', 'payout.failed']);
    const { data: items } = await itemsOf(again?.id ?? '');
    expect(items.map(({ type }) => type)).toEqual(['payout', 'payout_failure']);
  });

  test('a payout that was paid may be sent back a business day later', async () => {
    await money.fault({ kind: 'payout_returned', match: 'platform usd', count: '1' });
    const { net } = await money.charge(10_000, 'pm_card_bypassPending');
    await money.clock({ to: midnight(2) });
    const [payout] = (await stripe.payouts.list()).data;
    expect(payout).toMatchObject({ amount: net, status: 'paid' });
    await money.clock({ to: midnight(3) });
    expect(await stripe.payouts.retrieve(payout?.id ?? '')).toMatchObject({ status: 'failed' });
    expect(await money.eventsOf(payout?.id ?? '')).toEqual([
      'payout.created',
      'payout.updated',
      'payout.paid',
      'payout.failed',
    ]);
  });

  test('an automatic payout cannot be canceled', async () => {
    await money.charge(10_000, 'pm_card_bypassPending');
    await money.clock({ to: midnight(1) });
    const [payout] = (await stripe.payouts.list()).data;
    expect(await errorOf(stripe.payouts.cancel(payout?.id ?? ''))).toMatchObject({ statusCode: 400 });
  });
});

describe('paid by hand', () => {
  beforeEach(() => start({ PSP_PAYOUT_SCHEDULE: 'manual' }));

  test('nothing leaves by itself; a payout is made, listed by its metadata, changed and canceled', async () => {
    const { net } = await money.charge(10_000, 'pm_card_bypassPending');
    await money.clock({ advance: 5 * DAY });
    expect((await stripe.payouts.list()).data).toEqual([]);
    const made = await stripe.payouts.create({
      amount: 4_000,
      currency: 'usd',
      statement_descriptor: 'COUNTINGHOUSE',
      metadata: { run: '7' },
      expand: ['balance_transaction', 'destination'],
    });
    expect(made).toMatchObject({
      status: 'pending',
      automatic: false,
      balance_transaction: { type: 'payout', amount: -4_000, fee: 0, net: -4_000, source: made.id },
      destination: { object: 'bank_account', last4: '6789' },
    });
    expect(await money.available()).toBe(net - 4_000);
    expect((await stripe.payouts.list({ metadata: { run: '7' } } as object)).data).toHaveLength(1);
    expect((await stripe.payouts.list({ metadata: { run: '8' } } as object)).data).toEqual([]);
    expect(await stripe.payouts.update(made.id, { metadata: { seen: 'yes' } })).toMatchObject({
      metadata: { run: '7', seen: 'yes' },
    });
    expect(await stripe.payouts.cancel(made.id, { expand: ['failure_balance_transaction'] })).toMatchObject({
      status: 'canceled',
      failure_code: null,
      failure_balance_transaction: { type: 'payout_cancel', amount: 4_000 },
    });
    expect(await money.available()).toBe(net);
    expect(await errorOf(stripe.payouts.cancel(made.id))).toMatchObject({ statusCode: 400 });
    expect(await money.eventsOf(made.id)).toEqual(['payout.created', 'payout.updated', 'payout.canceled']);
    await money.clock({ advance: 5 * DAY });
    expect((await stripe.payouts.retrieve(made.id)).status).toBe('canceled');
  });

  test('with the bank it cannot be canceled any more, and is paid', async () => {
    await money.charge(10_000, 'pm_card_bypassPending');
    const made = await stripe.payouts.create({ amount: 4_000, currency: 'usd' });
    await money.clock({ advance: 3_600 });
    expect(await errorOf(stripe.payouts.cancel(made.id))).toMatchObject({ statusCode: 400 });
    await money.clock({ to: made.arrival_date });
    expect((await stripe.payouts.list({ status: 'paid' })).data.map(({ id }) => id)).toEqual([made.id]);
    expect((await stripe.payouts.list({ arrival_date: { gt: made.arrival_date } })).data).toEqual([]);
  });

  test('fifty payouts at once never come to more than what is available', async () => {
    const { net } = await money.charge(10_000, 'pm_card_bypassPending');
    await money.charge(50_000);
    const settled = await Promise.allSettled(
      Array.from({ length: 50 }, () => stripe.payouts.create({ amount: 700, currency: 'usd' })),
    );
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(Math.floor(net / 700));
    const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    for (const reason of refused) expect(reason).toMatchObject({ statusCode: 400, code: 'balance_insufficient' });
    expect(await money.available()).toBe(net % 700);
  });

  test('a payout key pays once, and a lost answer is replayed', async () => {
    await money.charge(10_000, 'pm_card_bypassPending');
    await money.fault({ kind: 'answer_lost', match: '/v1/payouts', count: '1' });
    const pay = () => stripe.payouts.create({ amount: 1_000, currency: 'usd' }, { idempotencyKey: 'payout_1' });
    expect((await errorOf(pay())).type).toBe('StripeConnectionError');
    const { id } = await pay();
    expect((await stripe.payouts.list()).data.map((one) => one.id)).toEqual([id]);
  });

  test.each([
    ['nothing', { amount: 0 }],
    ['another currency than there is', { currency: 'eur' }],
    ['an unknown bank account', { destination: 'ba_nobody' }],
    ['an unknown parameter', { colour: 'red' }],
  ])('a payout of %s is refused', async (_, change) => {
    await money.charge(10_000, 'pm_card_bypassPending');
    const before = await money.available();
    const refused = await errorOf(stripe.payouts.create({ amount: 100, currency: 'usd', ...change }));
    expect([400, 404]).toContain(refused.statusCode);
    expect(await money.available()).toBe(before);
  });

  test('balance transactions are listed by what they are, when they were and when they are available, page by page', async () => {
    const later = await money.charge(10_000);
    await money.clock({ advance: 60 });
    const now = await money.charge(5_000, 'pm_card_bypassPending');
    const payout = await stripe.payouts.create({ amount: 100, currency: 'usd' });
    const ids = async (params: Stripe.BalanceTransactionListParams) =>
      (await stripe.balanceTransactions.list(params)).data.map(({ id }) => id);
    const own = String(payout.balance_transaction);
    expect(await ids({ type: 'charge' })).toEqual([now.id, later.id]);
    expect(await ids({ type: 'payout' })).toEqual([own]);
    expect(await ids({ source: payout.id })).toEqual([own]);
    expect(await ids({ currency: 'eur' })).toEqual([]);
    expect(await ids({ created: { lt: now.created } })).toEqual([later.id]);
    expect(await ids({ available_on: { lte: now.created } } as object)).toEqual([own, now.id]);
    expect(await ids({ payout: payout.id })).toEqual([]);
    const pages = await stripe.balanceTransactions.list({ limit: 1 }).autoPagingToArray({ limit: 10 });
    expect(pages.map(({ id }) => id)).toEqual([own, now.id, later.id]);
    const [expanded] = (await stripe.balanceTransactions.list({ limit: 1, expand: ['data.source'] })).data;
    expect(expanded).toMatchObject({ source: { id: payout.id, object: 'payout' }, reporting_category: 'payout' });
    expect(now).toMatchObject({
      status: 'available',
      fee: 175,
      fee_details: [{ amount: 175, currency: 'usd', type: 'stripe_fee' }],
    });
  });
});

describe('with settings', () => {
  test('PSP_PAYOUT_DELAY_MS takes the place of the banks, so that no clock need be moved', async () => {
    await start({ PSP_PAYOUT_SCHEDULE: 'manual', PSP_PAYOUT_DELAY_MS: '1000' });
    await money.charge(10_000, 'pm_card_bypassPending');
    const made = await stripe.payouts.create({ amount: 1_000, currency: 'usd' });
    expect(made.arrival_date - made.created).toBe(2);
    await money.clock({ advance: 2 });
    expect((await stripe.payouts.retrieve(made.id)).status).toBe('paid');
  });

  test('PSP_BANK_ACCOUNT decides what becomes of payouts to it', async () => {
    await start({ PSP_PAYOUT_SCHEDULE: 'manual', PSP_BANK_ACCOUNT: '000111111113' });
    await money.charge(10_000, 'pm_card_bypassPending');
    const made = await stripe.payouts.create({ amount: 1_000, currency: 'usd' });
    await money.clock({ to: made.arrival_date });
    expect(await stripe.payouts.retrieve(made.id)).toMatchObject({
      status: 'failed',
      failure_code: 'account_closed',
      failure_message: expect.stringContaining('closed'),
    });
  });

  test('a kill in the middle of it all loses nothing and pays nothing twice', async () => {
    await start();
    const { net } = await money.charge(10_000, 'pm_card_bypassPending');
    await Promise.all([money.clock({ to: midnight(3) }).catch(() => undefined), money.simulator.kill()]);
    await money.simulator.start();
    await money.clock({ to: midnight(4) });
    expect((await stripe.payouts.list()).data.map(({ amount, status }) => [amount, status])).toEqual([[net, 'paid']]);
  });
});
