import type Stripe from 'stripe';
import type { Claim, Ids } from './claims.ts';

const bank = 'btok_us_verified';
const one = { amount: 100, currency: 'usd' };

const account = async (stripe: Stripe) => ({
  account: (await stripe.accounts.create({ type: 'custom', external_account: bank })).id,
});

/** A payout of the platform, which has something to pay. */
async function paidOut(stripe: Stripe): Promise<{ payout: string }> {
  const paid = { amount: 2_999, currency: 'usd', payment_method: 'pm_card_bypassPending', confirm: true };
  await stripe.paymentIntents.create(paid);
  return { payout: (await stripe.payouts.create(one)).id };
}

/** One transfer to a new account, and a payout. */
export async function transferred(stripe: Stripe): Promise<Pick<Ids, 'account' | 'payout' | 'transfer'>> {
  const to = await account(stripe);
  const { id: transfer } = await stripe.transfers.create({ ...one, destination: to.account });
  return { ...to, transfer, ...(await paidOut(stripe)) };
}

const byMetadata = 'the list can be asked by `metadata[key]`, which is **ours**';

export const MONEY_CLAIMS: readonly Claim[] = [
  {
    endpoint: 'POST /v1/payouts',
    level: 'same',
    note: 'standard ones; with `Stripe-Account`, of that account',
    object: 'payout',
    prepare: paidOut,
    ask: (stripe, _, options) => stripe.payouts.create(one, options),
  },
  {
    endpoint: 'GET /v1/payouts',
    level: 'differs',
    note: byMetadata,
    object: 'list',
    ask: (stripe) => stripe.payouts.list({ status: 'pending', limit: 3 }),
  },
  {
    endpoint: 'GET /v1/payouts/:id',
    level: 'same',
    object: 'payout',
    ask: (stripe, { payout }) => stripe.payouts.retrieve(payout),
  },
  {
    endpoint: 'POST /v1/payouts/:id',
    level: 'same',
    note: 'metadata',
    object: 'payout',
    ask: (stripe, { payout }, options) => stripe.payouts.update(payout, { metadata: { note: 'called' } }, options),
  },
  {
    endpoint: 'POST /v1/payouts/:id/cancel',
    level: 'same',
    note: 'a manual one that is `pending`',
    object: 'payout',
    prepare: paidOut,
    ask: (stripe, { payout }, options) => stripe.payouts.cancel(payout, {}, options),
  },
  {
    endpoint: 'POST /v1/accounts',
    level: 'differs',
    note: 'custom accounts, for being paid only: nobody is verified, payouts are manual',
    object: 'account',
    ask: (stripe, _, options) => stripe.accounts.create({ type: 'custom', country: 'US' }, options),
  },
  {
    endpoint: 'GET /v1/accounts',
    level: 'differs',
    note: byMetadata,
    object: 'list',
    ask: (stripe) => stripe.accounts.list({ limit: 3 }),
  },
  {
    endpoint: 'GET /v1/accounts/:id',
    level: 'differs',
    note: 'what is not simulated is left out',
    object: 'account',
    ask: (stripe, { account }) => stripe.accounts.retrieve(account),
  },
  {
    endpoint: 'POST /v1/accounts/:id',
    level: 'differs',
    note: 'e-mail, kind of business, metadata, and a bank account that takes the place of the one of its currency',
    object: 'account',
    ask: (stripe, { account }, options) => stripe.accounts.update(account, { external_account: bank }, options),
  },
  {
    endpoint: 'POST /v1/accounts/:id/external_accounts',
    level: 'same',
    note: 'bank accounts: by number, by token (`POST /v1/tokens` with `bank_account`) or by test token',
    object: 'bank_account',
    ask: (stripe, { account }, options) =>
      stripe.accounts.createExternalAccount(account, { external_account: bank }, options),
  },
  {
    endpoint: 'GET /v1/accounts/:id/external_accounts',
    level: 'differs',
    note: 'all of them on one page',
    object: 'list',
    ask: (stripe, { account }) => stripe.accounts.listExternalAccounts(account),
  },
  {
    endpoint: 'POST /v1/transfers',
    level: 'differs',
    note: "the money comes from the platform's bank account, unless `PSP_TRANSFER_FUNDING` is `balance`",
    object: 'transfer',
    prepare: account,
    ask: (stripe, { account: destination }, options) => stripe.transfers.create({ ...one, destination }, options),
  },
  {
    endpoint: 'GET /v1/transfers',
    level: 'differs',
    note: `asked by \`destination\` and \`transfer_group\`; ${byMetadata}`,
    object: 'list',
    ask: (stripe, { account: destination }) => stripe.transfers.list({ destination, limit: 3 }),
  },
  {
    endpoint: 'GET /v1/transfers/:id',
    level: 'same',
    object: 'transfer',
    ask: (stripe, { transfer }) => stripe.transfers.retrieve(transfer),
  },
  {
    endpoint: 'POST /v1/transfers/:id',
    level: 'same',
    note: 'description and metadata',
    object: 'transfer',
    ask: (stripe, { transfer }, options) =>
      stripe.transfers.update(transfer, { metadata: { note: 'called' } }, options),
  },
  {
    endpoint: 'POST /v1/transfers/:id/reversals',
    level: 'same',
    note: 'all or a part',
    object: 'transfer_reversal',
    prepare: transferred,
    ask: (stripe, { transfer }, options) => stripe.transfers.createReversal(transfer, { amount: 10 }, options),
  },
  {
    endpoint: 'GET /v1/transfers/:id/reversals',
    level: 'differs',
    note: 'all of them on one page',
    object: 'list',
    // Nothing of it was reversed: an empty list has no fields to compare.
    withoutMock: true,
    ask: (stripe, { transfer }) => stripe.transfers.listReversals(transfer),
  },
];
