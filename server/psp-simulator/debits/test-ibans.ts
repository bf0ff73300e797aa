import type { CardBehaviour } from '../cards/test-cards.ts';
import type { SepaFacts } from '../database/rows.ts';
import { invalid } from '../http/stripe-error.ts';

interface TestIban {
  readonly iban: string;
  readonly debit: 'succeed' | 'fail';
  readonly note: string;
}

/** Stripe's public test accounts. An IBAN that is not listed is refused, so a real one cannot get in. */
export const TEST_IBANS: readonly TestIban[] = [
  { iban: 'AT611904300234573201', debit: 'succeed', note: 'is debited' },
  { iban: 'AT861904300235473202', debit: 'fail', note: 'cannot be debited' },
];

/** The bank's answer comes later; what it will be is known to the account alone. */
export function behaviourOf({ debit }: TestIban): CardBehaviour {
  return { outcome: 'succeeds', authentication: 'none', risk: 'normal', settles: 'later', debit };
}

/** Finds a test account as people type it. Throws Stripe's 400 for one whose check digits are wrong, and for any other account. */
export function findTestIban(typed: string): TestIban {
  const iban = typed.replace(/\s/g, '').toUpperCase();
  const found = TEST_IBANS.find((one) => one.iban === iban);
  if (found) return found;
  const message = hasValidCheckDigits(iban)
    ? 'The IBAN you provided is not a test IBAN. Your request was in test mode.'
    : 'The IBAN you provided is invalid.';
  throw invalid('sepa_debit[iban]', message, 'invalid_bank_account_iban');
}

/** What may be remembered about an Austrian account. */
export function sepaFacts({ iban }: TestIban, fingerprint: string): SepaFacts {
  return {
    bank_code: iban.slice(4, 9),
    branch_code: '',
    country: iban.slice(0, 2),
    fingerprint,
    last4: iban.slice(-4),
  };
}

/** ISO 13616: letters count 10 to 35, the first four characters go last, and the number is 1 modulo 97. */
function hasValidCheckDigits(iban: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(iban)) return false;
  const digits = `${iban.slice(4)}${iban.slice(0, 4)}`.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return BigInt(digits) % 97n === 1n;
}
