import type { Reader } from '../database/store.ts';
import { StripeError } from '../http/stripe-error.ts';
import type { ApiRequest } from '../requests/request.ts';

/** What a connected account has here: a balance, its movements, and payouts to its bank. */
const OF_ACCOUNTS = /^\/v1\/(balance|balance_transactions|payouts)(\/|$)/;
const ACCOUNT = 'select id from accounts where id = $1';

/** Throws Stripe's 403 unless the account in the header is one of the platform's and the endpoint is for accounts too. */
export async function checkConnected(reader: Reader, { account, path }: ApiRequest): Promise<void> {
  if (account === null) return;
  if (!OF_ACCOUNTS.test(path)) {
    const message = `The simulator answers ${path} for the platform only; send it without Stripe-Account.`;
    throw new StripeError(400, 'invalid_request_error', message);
  }
  const found = await reader.rows('connected_account', ACCOUNT, [account]);
  if (found.length > 0) return;
  const message = `The provided key does not have access to account '${account.slice(0, 40)}' (or that account does not exist).`;
  throw new StripeError(403, 'invalid_request_error', message, { code: 'account_invalid' });
}
