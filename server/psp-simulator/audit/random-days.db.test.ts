import fc from 'fast-check';
import Stripe from 'stripe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Money, startMoney } from '../payouts/testkit.ts';

const RUNS = 12;
const LIMIT_MS = 240_000;

let money: Money;
let stripe: Stripe;
let account: string;

beforeAll(async () => {
  money = await startMoney({ PSP_REFUND_DELAY_MS: '60000' });
  ({ stripe } = money);
  account = (await stripe.accounts.create({ type: 'custom', external_account: 'btok_us_verified' })).id;
});
afterAll(() => money.simulator.stop());

const amounts = fc.integer({ min: 1, max: 20_000 });
const steps = fc.oneof(
  fc.record({
    do: fc.constant('charge' as const),
    amount: amounts,
    method: fc.constantFrom('pm_card_visa', 'pm_card_bypassPending', 'pm_card_refundFail', 'pm_card_pendingRefund'),
  }),
  fc.record({
    do: fc.constantFrom('refund' as const, 'payout', 'sellerPayout', 'transfer', 'reverse', 'cancel'),
    amount: amounts,
  }),
  fc.record({ do: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ do: fc.constant('fault' as const), kind: fc.constantFrom('payout_failed', 'payout_returned') }),
);
type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

/** A step against the API; what the PSP refuses, as it must at times, is no failure, anything else is. */
async function take(step: Step): Promise<void> {
  try {
    await work(step);
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode === 400)) throw error;
  }
}

async function work(step: Step): Promise<void> {
  const usd = { currency: 'usd' };
  if (step.do === 'charge') await money.charge(step.amount, step.method);
  else if (step.do === 'wait') await money.clock({ advance: step.hours * 3_600 });
  else if (step.do === 'fault') await money.fault({ kind: step.kind, count: '1' });
  else if (step.do === 'payout') await stripe.payouts.create({ ...usd, amount: step.amount });
  else if (step.do === 'sellerPayout') {
    await stripe.payouts.create({ ...usd, amount: step.amount }, { stripeAccount: account });
  } else if (step.do === 'transfer') {
    await stripe.transfers.create({ ...usd, amount: step.amount, destination: account });
  } else if (step.do === 'cancel') {
    const [payout] = (await stripe.payouts.list({ limit: 1 })).data;
    if (payout) await stripe.payouts.cancel(payout.id);
  } else if (step.do === 'reverse') {
    const [transfer] = (await stripe.transfers.list({ limit: 1 })).data;
    if (transfer) await stripe.transfers.createReversal(transfer.id, { amount: step.amount });
  } else {
    const { data } = await stripe.charges.list({ limit: 5 });
    const charge = data[step.amount % data.length];
    if (charge) await stripe.refunds.create({ charge: charge.id, amount: step.amount });
  }
}

const all = <T extends { id: string }>(list: Stripe.ApiListPromise<T>) => list.autoPagingToArray({ limit: 10_000 });
const sum = <T>(items: readonly T[], value: (item: T) => number) =>
  items.reduce((total, item) => total + value(item), 0);

/** The balance as it follows from the objects alone, without a look at the balance transactions. */
async function expectBalancesToFollow(): Promise<void> {
  const own = { stripeAccount: account };
  const [charges, refunds, payouts, sellerPayouts, transfers] = await Promise.all([
    all(stripe.charges.list({ limit: 100, expand: ['data.balance_transaction'] })),
    all(stripe.refunds.list({ limit: 100 })),
    all(stripe.payouts.list({ limit: 100 })),
    all(stripe.payouts.list({ limit: 100 }, own)),
    all(stripe.transfers.list({ limit: 100 })),
  ]);
  const left = (payout: Stripe.Payout) => (['failed', 'canceled'].includes(payout.status) ? 0 : payout.amount);
  const platform = await stripe.balance.retrieve();
  expect(sum([...platform.available, ...platform.pending], ({ amount }) => amount)).toBe(
    sum(charges, (charge) => (charge.balance_transaction as Stripe.BalanceTransaction).net) -
      sum(refunds, ({ status, amount }) => (status === 'failed' ? 0 : amount)) -
      sum(payouts, left),
  );
  const seller = await money.available(account);
  expect(seller).toBe(sum(transfers, (one) => one.amount - one.amount_reversed) - sum(sellerPayouts, left));
  expect(seller).toBeGreaterThanOrEqual(0);
}

test(
  'whatever happens on whatever day, one after the other or at once, the books stay clean and balances follow from the objects',
  async () => {
    const days = fc.array(fc.array(steps, { minLength: 1, maxLength: 5 }), { minLength: 3, maxLength: 8 });
    const property = fc.asyncProperty(days, async (batches) => {
      for (const batch of batches) await Promise.all(batch.map(take));
      expect(await money.problems()).toEqual({});
      await expectBalancesToFollow();
    });
    await fc.assert(property, { numRuns: RUNS, endOnFailure: true });
  },
  LIMIT_MS,
);
