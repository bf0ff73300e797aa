import { createHmac } from 'node:crypto';
import { newId } from '#kernel';
import { findTestCard } from '../cards/test-cards.ts';
import { cardFacts } from '../cards/test-methods.ts';
import type { BillingDetails, Metadata, PaymentMethodRow } from '../database/rows.ts';
import { nowSeconds } from '../requests/request.ts';
import { checkCard, notATestCard, type RawCard } from './card-parameters.ts';

/**
 * Turns a card into what the vault keeps: brand, last four digits, expiry, a keyed fingerprint and what the test card
 * will do. The number and the security code end here. Throws Stripe's 402 for a card that is wrong or not a test card.
 */
export function toPaymentMethod(
  card: RawCard,
  billing_details: BillingDetails,
  metadata: Metadata,
  secret: string,
): PaymentMethodRow {
  const { digits, month, year } = checkCard(card);
  const testCard = findTestCard(digits);
  if (!testCard) throw notATestCard();
  const fingerprint = createHmac('sha256', secret).update(digits).digest('base64url').slice(0, 16);
  return {
    id: newId('pm'),
    created: nowSeconds(),
    card: cardFacts(testCard, { month, year }, fingerprint),
    sepa_debit: null,
    behaviour: testCard.behaviour,
    billing_details,
    metadata,
  };
}
