import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { byMetadata, DAY, errorOf, type Money, startMoney } from '../payouts/testkit.ts';
import { TEST_BANK_ACCOUNTS } from './test-bank-accounts.ts';

let money: Money;
let stripe: Stripe;

async function start(env: Record<string, string> = {}): Promise<void> {
  money = await startMoney({ PSP_PAYOUT_SCHEDULE: 'manual', ...env });
  ({ stripe } = money);
}
afterEach(async () => expect(await money.problems()).toEqual({}));

const bank = (account_number: string, currency = 'usd') => ({
  object: 'bank_account' as const,
  country: 'US',
  currency,
  account_number,
  ...(/^\d/.test(account_number) && { routing_number: '110000000' }),
});

const seller = (external_account: Stripe.AccountCreateParams['external_account'], id = 'seller_1') =>
  stripe.accounts.create({
    type: 'custom',
    country: 'US',
    capabilities: { transfers: { requested: true } },
    external_account,
    metadata: { seller_id: id },
  });

/** Transfers and pays out, as a marketplace does. */
async function pay(account: string, amount: number, payout_id: string) {
  const own = { stripeAccount: account };
  const facts = { amount, currency: 'usd', metadata: { payout_id } };
  const transfer = await stripe.transfers.create(
    { ...facts, destination: account, transfer_group: payout_id },
    { idempotencyKey: `${payout_id}_transfer` },
  );
  const payout = await stripe.payouts.create(facts, { ...own, idempotencyKey: `${payout_id}_payout` });
  return { transfer, payout, own };
}

describe('a seller is paid', () => {
  beforeAll(() => start());
  afterAll(() => money.simulator.stop());

  test('by a transfer and a payout of his account, both found by our own id, and the platform is told', async () => {
    const account = await seller(bank('000123456789'));
    expect(account).toMatchObject({
      type: 'custom',
      payouts_enabled: true,
      metadata: { seller_id: 'seller_1' },
      external_accounts: { data: [{ last4: '6789', routing_number: '110000000', default_for_currency: true }] },
    });
    expect((await stripe.accounts.list(byMetadata({ seller_id: 'seller_1' }))).data.map(({ id }) => id)).toEqual([
      account.id,
    ]);
    const { transfer, payout, own } = await pay(account.id, 5_000, 'pay_1');
    expect(transfer).toMatchObject({
      amount: 5_000,
      destination: account.id,
      reversed: false,
      transfer_group: 'pay_1',
    });
    expect((await stripe.transfers.list({ transfer_group: 'pay_1' })).data.map(({ id }) => id)).toEqual([transfer.id]);
    expect((await stripe.payouts.list(byMetadata({ payout_id: 'pay_1' }), own)).data.map(({ id }) => id)).toEqual([
      payout.id,
    ]);
    expect((await stripe.payouts.list()).data).toEqual([]);
    expect(await errorOf(stripe.payouts.retrieve(payout.id))).toMatchObject({ statusCode: 404 });
    await money.clock({ to: payout.arrival_date });
    expect(await stripe.payouts.retrieve(payout.id, {}, own)).toMatchObject({
      status: 'paid',
      metadata: { payout_id: 'pay_1' },
    });
    const [paid] = (await stripe.events.list({ type: 'payout.paid' })).data;
    expect(paid).toMatchObject({ account: account.id, data: { object: { id: payout.id } } });
    expect(await money.available(account.id)).toBe(0);
    const { data } = await stripe.balanceTransactions.list({}, own);
    expect(data.map(({ type, net }) => [type, net])).toEqual([
      ['payout', -5_000],
      ['payment', 5_000],
    ]);
  });

  test.each(TEST_BANK_ACCOUNTS.filter(({ fate }) => !['paid', 'returned'].includes(fate)))(
    '$number: the payout fails as $fate, the money is back in the account, and the bank account is used no more',
    async ({ number, fate }) => {
      const account = await seller(bank(number));
      const { transfer, payout, own } = await pay(account.id, 5_000, `pay_${number}`);
      await money.clock({ to: payout.arrival_date });
      expect(await stripe.payouts.retrieve(payout.id, {}, own)).toMatchObject({ status: 'failed', failure_code: fate });
      expect(await money.available(account.id)).toBe(5_000);
      const again = stripe.payouts.create({ amount: 5_000, currency: 'usd' }, own);
      expect(await errorOf(again)).toMatchObject({ statusCode: 400, code: 'bank_account_unusable' });
      const [told] = (await stripe.events.list({ type: 'account.external_account.updated' })).data;
      expect(told).toMatchObject({ account: account.id, data: { object: { status: 'errored' } } });
      expect(await stripe.accounts.retrieve(account.id)).toMatchObject({ payouts_enabled: false });

      const back = await stripe.transfers.createReversal(transfer.id, { metadata: { payout_id: `pay_${number}` } });
      expect(back).toMatchObject({ object: 'transfer_reversal', amount: 5_000, transfer: transfer.id });
      expect(await money.available(account.id)).toBe(0);
      expect(await stripe.transfers.retrieve(transfer.id)).toMatchObject({ reversed: true, amount_reversed: 5_000 });
      expect(await money.eventsOf(transfer.id)).toEqual(['transfer.created', 'transfer.reversed']);
    },
  );

  test('a payout that was paid comes back a business day later', async () => {
    const account = await seller('btok_returned');
    const { payout, own } = await pay(account.id, 5_000, 'pay_31');
    await money.clock({ to: payout.arrival_date });
    expect((await stripe.payouts.retrieve(payout.id, {}, own)).status).toBe('paid');
    await money.clock({ advance: DAY });
    expect(await stripe.payouts.retrieve(payout.id, {}, own)).toMatchObject({
      status: 'failed',
      failure_code: 'could_not_process',
    });
    expect(await money.available(account.id)).toBe(5_000);
    expect(await money.eventsOf(payout.id)).toEqual([
      'payout.created',
      'payout.updated',
      'payout.paid',
      'payout.failed',
    ]);
  });

  test('a fault makes the payouts of one account fail and spares the others, whose bank accounts stay good', async () => {
    const [bad, good] = [await seller(bank('000123456789')), await seller(bank('000123456789'), 'seller_2')];
    await money.fault({ kind: 'payout_failed', match: `${bad.id} usd` });
    const payouts = [await pay(bad.id, 100, 'pay_41'), await pay(good.id, 100, 'pay_42')];
    await money.clock({ advance: 3 * DAY });
    const states = payouts.map(async ({ payout, own }) => (await stripe.payouts.retrieve(payout.id, {}, own)).status);
    expect(await Promise.all(states)).toEqual(['failed', 'paid']);
    expect(await stripe.accounts.retrieve(bad.id)).toMatchObject({ payouts_enabled: true });
  });

  test('never more than he has, whatever comes at once', async () => {
    const account = await seller(bank('000123456789'));
    const own = { stripeAccount: account.id };
    const transfer = await stripe.transfers.create({ amount: 1_000, currency: 'usd', destination: account.id });
    const calls = Array.from({ length: 20 }, (_, index) =>
      index % 2 === 0
        ? stripe.payouts.create({ amount: 300, currency: 'usd' }, own)
        : stripe.transfers.createReversal(transfer.id, { amount: 300 }),
    );
    const settled = await Promise.allSettled<unknown>(calls);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(await money.available(account.id)).toBe(100);
  });

  test('keys of both calls pay once', async () => {
    const account = await seller(bank('000123456789'));
    const [first, again] = [await pay(account.id, 700, 'pay_61'), await pay(account.id, 700, 'pay_61')];
    expect([again.transfer.id, again.payout.id]).toEqual([first.transfer.id, first.payout.id]);
    expect((await stripe.transfers.list({ destination: account.id })).data).toHaveLength(1);
    const other = stripe.payouts.create(
      { amount: 700, currency: 'usd', metadata: { payout_id: 'pay_61' } },
      { idempotencyKey: 'pay_61_payout' },
    );
    expect(await errorOf(other)).toMatchObject({ statusCode: 400, type: 'StripeIdempotencyError' });
  });

  test('a reversal of a part, then of too much, then of the rest', async () => {
    const account = await seller(bank('000123456789'));
    const transfer = await stripe.transfers.create({ amount: 1_000, currency: 'usd', destination: account.id });
    await stripe.transfers.createReversal(transfer.id, { amount: 400 });
    const tooMuch = await errorOf(stripe.transfers.createReversal(transfer.id, { amount: 601 }));
    expect(tooMuch).toMatchObject({ statusCode: 400, param: 'amount' });
    expect(await stripe.transfers.createReversal(transfer.id)).toMatchObject({ amount: 600 });
    expect(await errorOf(stripe.transfers.createReversal(transfer.id))).toMatchObject({ statusCode: 400 });
    expect((await stripe.transfers.listReversals(transfer.id)).data.map(({ amount }) => amount)).toEqual([600, 400]);
    expect(await stripe.transfers.update(transfer.id, { metadata: { note: 'x' } })).toMatchObject({
      metadata: { note: 'x' },
      reversals: { data: [{ amount: 600 }, { amount: 400 }] },
    });
  });
});

describe('a bank account', () => {
  beforeAll(() => start());
  afterAll(() => money.simulator.stop());

  test('is replaced by another one of its currency; one of another currency stands beside it', async () => {
    const account = await seller(bank('000111111116'));
    const updated = await stripe.accounts.update(account.id, { external_account: bank('000123456789') as never });
    expect(updated.external_accounts?.data).toMatchObject([{ last4: '6789', default_for_currency: true }]);
    await stripe.accounts.createExternalAccount(account.id, {
      external_account: bank('DE89370400440532013000', 'eur') as never,
    });
    await stripe.accounts.createExternalAccount(account.id, { external_account: 'btok_us_verified_accountClosed' });
    const { data } = await stripe.accounts.listExternalAccounts(account.id);
    expect(data.map((one) => [one.last4, (one as Stripe.BankAccount).default_for_currency])).toEqual([
      ['1113', false],
      ['3000', true],
      ['6789', true],
    ]);
    const told = (await stripe.events.list({ type: 'account.updated' })).data;
    expect(told.map((event) => event.account)).toEqual([account.id, account.id, account.id]);
  });

  test('goes from the browser to the PSP as a token, which is used once, and its number is kept nowhere', async () => {
    const { bank_account } = { bank_account: bank('000123456789') };
    const token = await stripe.tokens.create({ bank_account: { ...bank_account, object: undefined } as never });
    expect(token).toMatchObject({ type: 'bank_account', used: false, bank_account: { last4: '6789' } });
    const account = await seller(token.id);
    expect(account.external_accounts?.data).toMatchObject([{ last4: '6789' }]);
    expect((await stripe.tokens.retrieve(token.id)).used).toBe(true);
    expect(await errorOf(seller(token.id))).toMatchObject({ statusCode: 400, code: 'token_already_used' });
    const same = await seller(bank('000123456789'), 'seller_2');
    const prints = [account, same].map(({ external_accounts }) => external_accounts?.data[0]?.fingerprint);
    expect(prints[0]).toMatch(/./);
    expect(prints[0]).toBe(prints[1]);
  });

  test.each([
    ['a number that is no test number', { ...bank('000123456788') }, 'account_number_invalid'],
    ['no routing number', { ...bank('000123456789'), routing_number: undefined }, 'routing_number_invalid'],
    ['a token that is not there', 'btok_nobody', 'resource_missing'],
  ])('with %s is refused', async (_, external_account, code) => {
    expect(await errorOf(seller(external_account as never))).toMatchObject({ code });
  });

  test('of none there is, a payout is refused; so is an account that is not ours', async () => {
    const account = await seller(undefined);
    expect(account).toMatchObject({ payouts_enabled: false, requirements: { currently_due: ['external_account'] } });
    await stripe.transfers.create({ amount: 100, currency: 'usd', destination: account.id });
    const payout = { amount: 100, currency: 'usd' };
    expect(await errorOf(stripe.payouts.create(payout, { stripeAccount: account.id }))).toMatchObject({
      statusCode: 400,
    });
    const foreign = { stripeAccount: 'acct_nobody' };
    expect(await errorOf(stripe.payouts.create(payout, foreign))).toMatchObject({
      statusCode: 403,
      code: 'account_invalid',
    });
    expect(await errorOf(stripe.refunds.list({}, { stripeAccount: account.id }))).toMatchObject({ statusCode: 400 });
    const nobody = stripe.transfers.create({ ...payout, destination: 'acct_nobody' });
    expect(await errorOf(nobody)).toMatchObject({ statusCode: 404, param: 'destination' });
  });
});

describe('with PSP_TRANSFER_FUNDING=balance', () => {
  beforeAll(() => start({ PSP_TRANSFER_FUNDING: 'balance' }));
  afterAll(() => money.simulator.stop());

  test("a transfer comes from the platform's balance, as at Stripe, and needs what it takes", async () => {
    const account = await seller(bank('000123456789'));
    const { net } = await money.charge(10_000, 'pm_card_bypassPending');
    const transfer = (amount: number) =>
      stripe.transfers.create({ amount, currency: 'usd', destination: account.id, expand: ['balance_transaction'] });
    expect(await errorOf(transfer(net + 1))).toMatchObject({ statusCode: 400, code: 'balance_insufficient' });
    const made = await transfer(net);
    expect(made.balance_transaction).toMatchObject({ type: 'transfer', net: -net, source: made.id });
    expect([await money.available(), await money.available(account.id)]).toEqual([0, net]);
    const back = await stripe.transfers.createReversal(made.id, { amount: 1_000, expand: ['balance_transaction'] });
    expect(back.balance_transaction).toMatchObject({
      type: 'transfer_refund',
      net: 1_000,
      reporting_category: 'transfer_reversal',
    });
    expect([await money.available(), await money.available(account.id)]).toEqual([1_000, net - 1_000]);
  });
});
