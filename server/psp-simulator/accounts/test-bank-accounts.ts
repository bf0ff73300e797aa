import type { PayoutFate } from '../payouts/payout-course.ts';

export interface TestBankAccount {
  readonly number: string;
  readonly fate: PayoutFate;
  readonly note: string;
  /** Stands for it where a token is taken; its bank is in the US, its currency US dollars. */
  readonly token?: string;
}

/** The routing number of every account that is not an IBAN. */
export const TEST_ROUTING_NUMBER = '110000000';

/** Stripe's public test bank accounts, and one of ours. A number that is not listed is refused, so that no real one gets in. */
export const TEST_BANK_ACCOUNTS: readonly TestBankAccount[] = [
  { number: '000123456789', fate: 'paid', note: 'payouts arrive', token: 'btok_us_verified' },
  { number: '000111111116', fate: 'no_account', note: 'payouts fail: no account', token: 'btok_us_verified_noAccount' },
  {
    number: '000111111113',
    fate: 'account_closed',
    note: 'payouts fail: account closed',
    token: 'btok_us_verified_accountClosed',
  },
  {
    number: '000222222227',
    fate: 'insufficient_funds',
    note: 'payouts fail: insufficient funds',
    token: 'btok_us_verified_insufficientFunds',
  },
  {
    number: '000333333335',
    fate: 'debit_not_authorized',
    note: 'payouts fail: debit not authorized',
    token: 'btok_us_verified_debitNotAuthorized',
  },
  {
    number: '000444444440',
    fate: 'invalid_currency',
    note: 'payouts fail: invalid currency',
    token: 'btok_us_verified_invalidCurrency',
  },
  {
    number: '000777777772',
    fate: 'returned',
    note: 'payouts arrive and are sent back a business day later',
    token: 'btok_returned',
  },
  { number: 'DE89370400440532013000', fate: 'paid', note: 'payouts arrive' },
  { number: 'AT611904300234573201', fate: 'paid', note: 'payouts arrive' },
  { number: 'AT861904300235473202', fate: 'no_account', note: 'payouts fail: no account' },
];

const byNumber = new Map(TEST_BANK_ACCOUNTS.map((account) => [account.number, account]));
const byToken = new Map(TEST_BANK_ACCOUNTS.map((account) => [account.token, account]));

export function findTestBankAccount(number: string): TestBankAccount | undefined {
  return byNumber.get(number);
}

export function findTestBankToken(token: string): TestBankAccount | undefined {
  return byToken.get(token);
}
