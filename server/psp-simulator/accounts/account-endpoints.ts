import { z } from 'zod';
import { newId } from '#kernel';
import type { AccountRow, BankAccountRow } from '../database/money-rows.ts';
import type { Tx } from '../database/store.ts';
import { ok } from '../http/answer.ts';
import { expand } from '../http/expand.ts';
import { expandable, onlyExpand, parseParameters, wireBoolean } from '../http/form.ts';
import { missing } from '../http/stripe-error.ts';
import { type Handler, nowSeconds } from '../requests/request.ts';
import {
  chosenBankAccount,
  createAccountParameters,
  externalAccount,
  updateAccountParameters,
} from './account-parameters.ts';
import { renderBankAccount } from './bank-account.ts';
import { accountUpdated, bankAccountsOf, listOfBanks, renderAccount } from './render-account.ts';

const bankParameters = z.strictObject({
  external_account: externalAccount,
  default_for_currency: wireBoolean.optional(),
  expand: expandable,
});

/** `POST /v1/accounts`: a custom account, able to receive transfers at once; with a bank account also payouts. */
export const createAccount: Handler = async (context) => {
  const {
    country,
    default_currency,
    external_account,
    expand: paths,
    ...given
  } = parseParameters(createAccountParameters, context.request.input);
  return context.transact(async (tx) => {
    const account: AccountRow = {
      id: newId('acct'),
      created: nowSeconds(),
      country: country.toUpperCase(),
      default_currency,
      email: given.email ?? null,
      business_type: given.business_type ?? null,
      metadata: given.metadata,
    };
    const { secret } = context.simulator.keys;
    const banks = external_account ? [attached(await chosenBankAccount(tx, external_account, secret), account.id)] : [];
    return {
      answer: ok(await expand(tx, renderAccount(account, banks), paths)),
      writes: { accounts: [account], bank_accounts: banks },
      events: [],
    };
  });
};

/** `POST /v1/accounts/:id`: a bank account given here takes the place of the one of its currency, which is then gone. */
export const updateAccount: Handler = async (context) => {
  const { external_account, expand: paths, ...given } = parseParameters(updateAccountParameters, context.request.input);
  return context.transact(async (tx) => {
    const { account, banks } = await lockAccount(tx, context.request.ids.id ?? '');
    const updated: AccountRow = {
      ...account,
      email: given.email ?? account.email,
      business_type: given.business_type ?? account.business_type,
      metadata: { ...account.metadata, ...given.metadata },
    };
    const { secret } = context.simulator.keys;
    const added = external_account && attached(await chosenBankAccount(tx, external_account, secret), account.id);
    const replaced = banks.filter((bank) => added && isDefaultOf(bank, added));
    const kept = banks.filter((bank) => !replaced.includes(bank));
    const now = added ? [added, ...kept] : kept;
    return {
      answer: ok(await expand(tx, renderAccount(updated, now), paths)),
      writes: {
        accounts: [updated],
        // In this order: there is never a second default.
        bank_accounts: [...replaced.map((bank) => ({ ...bank, deleted: true })), ...(added ? [added] : [])],
      },
      events: [accountUpdated(updated, now)],
    };
  });
};

/** `POST /v1/accounts/:id/external_accounts`: one more bank account; the first of its currency is the default one. */
export const createExternalAccount: Handler = async (context) => {
  const {
    external_account,
    default_for_currency,
    expand: paths,
  } = parseParameters(bankParameters, context.request.input);
  return context.transact(async (tx) => {
    const { account, banks } = await lockAccount(tx, context.request.ids.id ?? '');
    const chosen = attached(await chosenBankAccount(tx, external_account, context.simulator.keys.secret), account.id);
    const former = banks.find((bank) => isDefaultOf(bank, chosen));
    const added = { ...chosen, default_for_currency: default_for_currency ?? former === undefined };
    const stepsBack = former && added.default_for_currency ? [{ ...former, default_for_currency: false }] : [];
    const now = [added, ...banks.map((bank) => stepsBack.find(({ id }) => id === bank.id) ?? bank)];
    return {
      answer: ok(await expand(tx, renderBankAccount(added), paths)),
      writes: { bank_accounts: [...stepsBack, added] },
      events: [accountUpdated(account, now)],
    };
  });
};

/** `GET /v1/accounts/:id/external_accounts`, newest first, all of them. */
export const listExternalAccounts: Handler = async ({ request, simulator: { store } }) => {
  parseParameters(onlyExpand, request.input);
  const id = request.ids.id ?? '';
  const [account] = await store.rows<AccountRow>('account', 'select * from accounts where id = $1', [id]);
  if (!account) throw missing('account', id);
  return ok(listOfBanks(id, await bankAccountsOf(store, id)));
};

async function lockAccount(tx: Tx, id: string): Promise<{ account: AccountRow; banks: BankAccountRow[] }> {
  const [account] = await tx.rows<AccountRow>('lock_account', 'select * from accounts where id = $1 for update', [id]);
  if (!account) throw missing('account', id);
  return { account, banks: await bankAccountsOf(tx, id) };
}

function attached(bank: BankAccountRow, owner: string): BankAccountRow {
  return { ...bank, owner, default_for_currency: true };
}

function isDefaultOf(bank: BankAccountRow, added: BankAccountRow): boolean {
  return bank.default_for_currency && bank.facts.currency === added.facts.currency;
}
