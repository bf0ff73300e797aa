import type { PayoutFate } from './payout-course.ts';

/** Why a payout did not arrive: Stripe's failure codes with their sense. */
const FAILURES: Readonly<Record<string, string>> = {
  no_account:
    'The bank account details on file are probably incorrect. No bank account could be located with those details.',
  account_closed: 'The bank account has been closed.',
  insufficient_funds: 'There are not enough funds to make this payout.',
  debit_not_authorized: 'Debit transactions are not approved on the bank account.',
  invalid_currency: 'The bank account does not accept payments in this currency.',
  could_not_process: 'The bank could not process this payout.',
};

/** The code a failed payout shows; one that was sent back names no closer reason. */
export function failureCodeOf(fate: PayoutFate | null): string {
  return fate !== null && Object.hasOwn(FAILURES, fate) ? fate : 'could_not_process';
}

export function failureMessageOf(code: string | null): string | null {
  return code === null ? null : (FAILURES[code] ?? null);
}
