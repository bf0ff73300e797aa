import { createHmac } from 'node:crypto';
import { newId } from '#kernel';
import type { PaymentMethodRow } from '../database/rows.ts';
import { nowSeconds } from '../requests/request.ts';
import { behaviourOf, findTestIban, sepaFacts } from './test-ibans.ts';

/** Turns a test IBAN into what the vault keeps: the bank, the last four digits and a keyed fingerprint. The IBAN ends here. */
export function toBankAccount(
  iban: string,
  own: Pick<PaymentMethodRow, 'billing_details' | 'metadata'>,
  secret: string,
): PaymentMethodRow {
  const account = findTestIban(iban);
  const fingerprint = createHmac('sha256', secret).update(account.iban).digest('base64url').slice(0, 16);
  return {
    id: newId('pm'),
    created: nowSeconds(),
    card: null,
    sepa_debit: sepaFacts(account, fingerprint),
    behaviour: behaviourOf(account),
    ...own,
  };
}
