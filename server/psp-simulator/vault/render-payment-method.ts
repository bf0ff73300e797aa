import type Stripe from 'stripe';
import type { CardFacts, PaymentMethodRow } from '../database/rows.ts';

/** A payment method as Stripe's API shows it. */
export function renderPaymentMethod({ id, created, card, sepa_debit, billing_details, metadata }: PaymentMethodRow) {
  return {
    id,
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: { ...billing_details, tax_id: null },
    ...(card && { card: renderCard(card) }),
    created,
    customer: null,
    customer_account: null,
    livemode: false,
    metadata,
    ...(sepa_debit && { sepa_debit: { ...sepa_debit, generated_from: { charge: null, setup_attempt: null } } }),
    type: sepa_debit ? 'sepa_debit' : 'card',
  } satisfies Stripe.PaymentMethod;
}

function renderCard(card: CardFacts) {
  return {
    brand: card.brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'unchecked' },
    country: card.country,
    display_brand: card.brand,
    exp_month: card.exp_month,
    exp_year: card.exp_year,
    fingerprint: card.fingerprint,
    funding: card.funding,
    generated_from: null,
    last4: card.last4,
    networks: { available: [card.brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
}
