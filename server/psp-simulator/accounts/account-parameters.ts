import { z } from 'zod';
import type { BankAccountRow } from '../database/money-rows.ts';
import type { Reader } from '../database/store.ts';
import { expandable, wireCurrency, wireMetadata } from '../http/form.ts';
import { invalid, missing } from '../http/stripe-error.ts';
import { newBankAccount, rawBankAccount, toBankAccount } from './bank-account.ts';
import { findTestBankToken, TEST_ROUTING_NUMBER } from './test-bank-accounts.ts';

/** Accepted and not kept: the simulator believes everybody. */
const unread = z.record(z.string(), z.unknown()).optional();

export const externalAccount = z.union([z.string().max(255), rawBankAccount]);

export const updateAccountParameters = z.strictObject({
  email: z.string().max(500).optional(),
  business_type: z.enum(['company', 'government_entity', 'individual', 'non_profit']).optional(),
  external_account: externalAccount.optional(),
  metadata: wireMetadata.default({}),
  business_profile: unread,
  capabilities: unread,
  company: unread,
  individual: unread,
  settings: unread,
  tos_acceptance: unread,
  expand: expandable,
});

export const createAccountParameters = updateAccountParameters.extend({
  type: z.literal('custom').optional(),
  controller: unread,
  country: z
    .string()
    .regex(/^[A-Za-z]{2}$/, 'must be a two-letter country code')
    .default('US'),
  default_currency: wireCurrency.default('usd'),
});

/**
 * The bank account that `external_account` names: by its numbers, by a token made before, or by a test token. Throws Stripe's 400 for
 * a token that is unknown or used.
 */
export async function chosenBankAccount(
  reader: Reader,
  given: z.output<typeof externalAccount>,
  secret: string,
): Promise<BankAccountRow> {
  if (typeof given !== 'string') return toBankAccount(given, 'external_account', secret);
  const test = findTestBankToken(given);
  if (test) {
    const facts = {
      country: 'US',
      currency: 'usd',
      routing_number: TEST_ROUTING_NUMBER,
      holder_name: null,
      holder_type: null,
    };
    return newBankAccount(test, secret, facts);
  }
  const text = 'select * from bank_accounts where token = $1 for update';
  const [found] = await reader.rows<BankAccountRow>('bank_token', text, [given]);
  if (!found) throw missing('token', given, 'external_account');
  if (found.owner !== null) {
    throw invalid('external_account', `You cannot use a Stripe token more than once: ${given}.`, 'token_already_used');
  }
  return found;
}
