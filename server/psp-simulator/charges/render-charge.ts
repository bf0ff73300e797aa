import type Stripe from 'stripe';
import type { ChargeRow } from '../database/rows.ts';

/** The charge as Stripe's API shows it. */
export function renderCharge(charge: ChargeRow) {
  const succeeded = charge.status === 'succeeded';
  return {
    id: charge.id,
    object: 'charge',
    amount: charge.amount,
    amount_captured: succeeded ? charge.amount : 0,
    amount_refunded: charge.amount_refunded,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: charge.balance_transaction,
    billing_details: { ...charge.billing_details, tax_id: null },
    calculated_statement_descriptor: 'SIMULATOR',
    captured: succeeded,
    created: charge.created,
    currency: charge.currency,
    customer: null,
    description: charge.description,
    disputed: charge.disputed,
    failure_balance_transaction: null,
    failure_code: charge.failure?.code ?? null,
    failure_message: charge.failure?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: charge.metadata,
    on_behalf_of: null,
    outcome: renderOutcome(charge),
    paid: succeeded,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    payment_method_details: renderMethod(charge),
    receipt_email: charge.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: succeeded && charge.amount_refunded === charge.amount,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: charge.status,
    transfer_data: null,
    transfer_group: null,
  } satisfies Stripe.Charge;
}

function renderOutcome(charge: ChargeRow): Stripe.Charge.Outcome {
  const blocked = charge.risk_level === 'highest';
  const failed = charge.failure !== null;
  return {
    advice_code: failed ? (charge.failure?.code === 'processing_error' ? 'try_again_later' : 'do_not_try_again') : null,
    network_advice_code: null,
    network_decline_code: null,
    network_status: blocked ? 'not_sent_to_network' : failed ? 'declined_by_network' : 'approved_by_network',
    reason: blocked ? 'highest_risk_level' : (charge.failure?.decline_code ?? null),
    risk_level: charge.risk_level,
    seller_message: failed ? 'The bank did not approve this payment.' : 'Payment complete.',
    type: blocked ? 'blocked' : failed ? 'issuer_declined' : 'authorized',
  };
}

function renderMethod({ card, amount, authenticated, status }: ChargeRow): Stripe.Charge.PaymentMethodDetails {
  return {
    card: {
      amount_authorized: status === 'succeeded' ? amount : null,
      authorization_code: null,
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: card.country,
      electronic_commerce_indicator: authenticated ? '05' : null,
      exp_month: card.exp_month,
      exp_year: card.exp_year,
      fingerprint: card.fingerprint,
      funding: card.funding,
      installments: null,
      last4: card.last4,
      mandate: null,
      network: card.brand,
      network_token: { used: false },
      network_transaction_id: null,
      regulated_status: 'unregulated',
      three_d_secure: null,
      transaction_link_id: null,
      wallet: null,
    },
    type: 'card',
  };
}
