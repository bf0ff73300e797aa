import { createHmac } from 'node:crypto';
import type Stripe from 'stripe';
import { z } from 'zod';
import { newId } from '#kernel';
import { feeRuleOf } from '../books/fees.ts';
import type { BankAccountRow, BankFacts } from '../database/money-rows.ts';
import type { EventDraft } from '../events/event-draft.ts';
import { wireCurrency } from '../http/form.ts';
import { invalid } from '../http/stripe-error.ts';
import { nowSeconds } from '../requests/request.ts';
import { findTestBankAccount, TEST_ROUTING_NUMBER, type TestBankAccount } from './test-bank-accounts.ts';

export const rawBankAccount = z.strictObject({
  object: z.literal('bank_account').optional(),
  country: z.string().regex(/^[A-Za-z]{2}$/, 'must be a two-letter country code'),
  currency: wireCurrency,
  account_number: z.string().min(4).max(40),
  routing_number: z.string().max(20).optional(),
  account_holder_name: z.string().max(200).optional(),
  account_holder_type: z.enum(['company', 'individual']).optional(),
});

export type RawBankAccount = z.output<typeof rawBankAccount>;

/**
 * A new bank account without its number: last four, and a fingerprint that is the same for the same number. Throws Stripe's 400 for
 * a number that is not a test number, and for a routing number that is missing or not the test one.
 */
export function toBankAccount(raw: RawBankAccount, param: string, secret: string): BankAccountRow {
  const number = raw.account_number.replaceAll(' ', '').toUpperCase();
  const test = findTestBankAccount(number);
  if (!test) {
    const message = 'You must use a test bank account number in test mode. Try 000123456789 or see the documentation.';
    throw invalid(`${param}[account_number]`, message, 'account_number_invalid');
  }
  if (feeRuleOf(raw.currency) === undefined) throw invalid(`${param}[currency]`, `Invalid currency: ${raw.currency}`);
  const isIban = /^[A-Z]{2}/.test(number);
  if (!isIban && raw.routing_number !== TEST_ROUTING_NUMBER) {
    const message = `The routing number of a test bank account is ${TEST_ROUTING_NUMBER}.`;
    throw invalid(`${param}[routing_number]`, message, 'routing_number_invalid');
  }
  return newBankAccount(test, secret, {
    country: raw.country.toUpperCase(),
    currency: raw.currency,
    routing_number: isIban ? null : TEST_ROUTING_NUMBER,
    holder_name: raw.account_holder_name ?? null,
    holder_type: raw.account_holder_type ?? null,
  });
}

export function newBankAccount(
  { number, fate }: TestBankAccount,
  secret: string,
  facts: Omit<BankFacts, 'last4' | 'fingerprint' | 'bank_name' | 'fate'>,
): BankAccountRow {
  const fingerprint = createHmac('sha256', secret).update(number).digest('base64url').slice(0, 16);
  return {
    id: newId('ba'),
    created: nowSeconds(),
    owner: null,
    token: null,
    facts: { ...facts, last4: number.slice(-4), fingerprint, bank_name: 'STRIPE TEST BANK', fate },
    status: 'new',
    default_for_currency: false,
    deleted: false,
    metadata: {},
  };
}

/** The bank account as Stripe's API shows it. */
export function renderBankAccount({ id, owner, facts, status, default_for_currency, metadata }: BankAccountRow) {
  return {
    id,
    object: 'bank_account',
    account: owner,
    account_holder_name: facts.holder_name,
    account_holder_type: facts.holder_type,
    account_type: null,
    available_payout_methods: ['standard'],
    bank_name: facts.bank_name,
    country: facts.country,
    currency: facts.currency,
    customer: null,
    default_for_currency,
    fingerprint: facts.fingerprint,
    last4: facts.last4,
    metadata,
    routing_number: facts.routing_number,
    status,
  } satisfies Stripe.BankAccount;
}

/** `account.external_account.updated`, which names the account as every event about one does. */
export function bankAccountUpdated(bank: BankAccountRow): EventDraft {
  const object = JSON.stringify(renderBankAccount(bank));
  return { type: 'account.external_account.updated', object_id: bank.id, object, account: bank.owner };
}
