import type { SimulatorConfig } from '../config.ts';
import type { BankAccountRow } from '../database/money-rows.ts';
import type { Reader, Store } from '../database/store.ts';
import { invalid, missing, StripeError } from '../http/stripe-error.ts';
import { newBankAccount } from './bank-account.ts';
import { findTestBankAccount, TEST_ROUTING_NUMBER } from './test-bank-accounts.ts';

const BY_ID = 'select * from bank_accounts where id = $1 and not deleted';
const BY_CURRENCY = `
  select * from bank_accounts where owner = $1 and facts ->> 'currency' = $2 and default_for_currency and not deleted`;

/** Makes sure that the platform's own bank account is there, which takes every currency. */
export async function openPlatformBank(store: Store, config: SimulatorConfig): Promise<void> {
  const test = findTestBankAccount(config.PSP_BANK_ACCOUNT);
  if (!test) throw new Error('PSP_BANK_ACCOUNT is not one of the test bank accounts of docs/psp-simulator.md');
  const id = platformBankId(config);
  if ((await store.rows('bank_account', BY_ID, [id])).length > 0) return;
  const account = newBankAccount(test, config.PSP_SECRET_KEY, {
    country: 'US',
    currency: 'usd',
    routing_number: TEST_ROUTING_NUMBER,
    holder_name: config.PSP_MERCHANT_NAME,
    holder_type: 'company',
  });
  await store.commit({ bank_accounts: [{ ...account, id, default_for_currency: true }] });
}

interface Destination {
  /** The connected account; null is the platform. */
  readonly owner: string | null;
  readonly currency: string;
  readonly wished?: string;
}

/**
 * The bank account that a payout goes to: the one asked for, else the owner's default of the currency. Throws Stripe's 400 when there
 * is none, or when an earlier payout to it failed for good.
 */
export async function findDestination(
  reader: Reader,
  config: SimulatorConfig,
  { owner, currency, wished }: Destination,
): Promise<BankAccountRow> {
  const id = wished ?? (owner === null ? platformBankId(config) : undefined);
  const [found] =
    id === undefined
      ? await reader.rows<BankAccountRow>('default_bank_account', BY_CURRENCY, [owner, currency])
      : await reader.rows<BankAccountRow>('bank_account', BY_ID, [id]);
  if (!found && id === undefined) {
    const message = `Sorry, you don't have any external accounts in that currency (${currency}).`;
    throw new StripeError(400, 'invalid_request_error', message);
  }
  const isOwn = found?.owner === owner && (owner !== null || found.id === platformBankId(config));
  if (!found || !isOwn) throw missing('external account', id ?? '', 'destination');
  if (owner !== null && found.facts.currency !== currency) {
    throw invalid('destination', `The bank account is in ${found.facts.currency}, not in ${currency}.`);
  }
  if (found.status === 'errored') {
    const message = `The bank account ${found.id} can't be used for payouts. A different bank account must be used.`;
    throw new StripeError(400, 'invalid_request_error', message, { code: 'bank_account_unusable' });
  }
  return found;
}

/** One row per configured number: what payouts to it come to is never rewritten. */
function platformBankId({ PSP_BANK_ACCOUNT: number }: SimulatorConfig): string {
  return `ba_platform_${number.slice(-4)}`;
}
