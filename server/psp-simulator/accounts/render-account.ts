import type Stripe from 'stripe';
import type { AccountRow, BankAccountRow } from '../database/money-rows.ts';
import type { Reader } from '../database/store.ts';
import type { EventDraft } from '../events/event-draft.ts';
import { renderBankAccount } from './bank-account.ts';

const OF_ACCOUNT = 'select * from bank_accounts where owner = $1 and not deleted order by id desc';

/** The bank accounts of a connected account, newest first. */
export function bankAccountsOf(reader: Reader, account: string): Promise<BankAccountRow[]> {
  return reader.rows<BankAccountRow>('bank_accounts_of', OF_ACCOUNT, [account]);
}

const NOTHING_DUE = {
  current_deadline: null,
  currently_due: [],
  errors: [],
  eventually_due: [],
  past_due: [],
  pending_verification: [],
};

/** The connected account as Stripe's API shows it: one that may be paid once it has a bank account that works. */
export function renderAccount(account: AccountRow, banks: readonly BankAccountRow[]) {
  const payable = banks.some(({ status }) => status !== 'errored');
  const due = payable ? [] : ['external_account'];
  return {
    id: account.id,
    object: 'account',
    business_profile: null,
    business_type: account.business_type,
    capabilities: { transfers: 'active' },
    charges_enabled: false,
    controller: {
      type: 'application',
      is_controller: true,
      fees: { payer: 'application' },
      losses: { payments: 'application' },
      requirement_collection: 'application',
      stripe_dashboard: { type: 'none' },
    },
    country: account.country,
    created: account.created,
    default_currency: account.default_currency,
    details_submitted: true,
    email: account.email,
    external_accounts: listOfBanks(account.id, banks),
    future_requirements: { ...NOTHING_DUE, alternatives: [], disabled_reason: null },
    metadata: account.metadata,
    payouts_enabled: payable,
    requirements: {
      alternatives: [],
      current_deadline: null,
      currently_due: due,
      disabled_reason: payable ? null : 'requirements.past_due',
      errors: [],
      eventually_due: due,
      past_due: due,
      pending_verification: [],
    },
    settings: null,
    tos_acceptance: {},
    type: 'custom',
  } satisfies Stripe.Account;
}

export function listOfBanks(account: string, banks: readonly BankAccountRow[]) {
  const url = `/v1/accounts/${account}/external_accounts`;
  return { object: 'list', data: banks.map(renderBankAccount), has_more: false, url } as const;
}

/** `account.updated`, which names the account as every event about one does. */
export function accountUpdated(account: AccountRow, banks: readonly BankAccountRow[]): EventDraft {
  const object = JSON.stringify(renderAccount(account, banks));
  return { type: 'account.updated', object_id: account.id, object, account: account.id };
}
