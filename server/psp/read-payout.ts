import type Stripe from 'stripe';
import { classifyError } from './classify-error.ts';
import type { BankAccountOutcome, PayoutOutcome, RecallOutcome } from './payout-outcome.ts';
import { currencyOf } from './read-answer.ts';

/** Reads a payout. Anything that does not plainly say what happened is unknown. */
export function readPayout(payout: Stripe.Payout): PayoutOutcome {
  const currency = currencyOf(payout.currency);
  const whole = Number.isSafeInteger(payout.amount) && payout.amount > 0;
  if (!payout.id || !currency || !whole) return unreadable;
  const known = { pspPayoutId: payout.id, amountMinor: BigInt(payout.amount), currency };
  switch (payout.status) {
    case 'paid':
      return { kind: 'paid', ...known };
    case 'pending':
    case 'in_transit':
      return { kind: 'pending', ...known };
    case 'failed':
    case 'canceled':
      return { kind: 'failed', reason: payout.failure_code ?? payout.status, ...known };
    default:
      return unreadable;
  }
}

const unreadable = { kind: 'unknown', reason: 'unreadable_answer' } as const;

/** Our own id of a payout; null for one that was not made by us, such as the PSP's to our own bank. */
export function payoutIdOf({ metadata }: Pick<Stripe.Payout, 'metadata'>): string | null {
  const id: unknown = metadata?.payout_id;
  return typeof id === 'string' ? id : null;
}

/** Reads the bank account that a seller's account at the PSP now pays in this currency. */
export function readBankAccount(account: Stripe.Account, currency: string): BankAccountOutcome {
  const banks = account.external_accounts?.data ?? [];
  const bank = banks.find(
    (one): one is Stripe.BankAccount =>
      one.object === 'bank_account' && one.currency === currency.toLowerCase() && one.default_for_currency === true,
  );
  const known = bank && currencyOf(bank.currency);
  if (!bank || !known) return { kind: 'refused', code: 'bank_account_currency', message: OTHER_CURRENCY };
  return {
    kind: 'added',
    pspAccountId: account.id,
    pspBankAccountId: bank.id,
    country: bank.country,
    currency: known,
    bankName: bank.bank_name ?? '',
    last4: bank.last4,
    fingerprint: bank.fingerprint ?? bank.id,
    verified: bank.status === 'verified',
  };
}

const OTHER_CURRENCY = 'The bank account is not of this currency.';

/** Sorts what the SDK throws for what was sent. */
export function payoutError(error: unknown): Exclude<RecallOutcome, { kind: 'recalled' }> {
  const outcome = classifyError(error);
  switch (outcome.kind) {
    case 'refused':
    case 'not_started':
    case 'unknown':
      return outcome;
    case 'declined':
      return { kind: 'refused', code: outcome.code, message: outcome.message };
    default:
      return unreadable;
  }
}

/** A question that is refused says nothing about what it was about. */
export function payoutEnquiryError(error: unknown): Exclude<RecallOutcome, { kind: 'recalled' }> {
  const outcome = payoutError(error);
  return outcome.kind === 'refused' ? { kind: 'unknown', reason: `not_told:${outcome.code}` } : outcome;
}
