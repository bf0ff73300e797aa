import type Stripe from 'stripe';
import type { IntentRow } from '../database/rows.ts';

/** The intent as Stripe's API shows it; the type check keeps every field of the official SDK in place. */
export function renderIntent(intent: IntentRow) {
  return {
    id: intent.id,
    object: 'payment_intent',
    allowed_payment_method_types: intent.payment_method_types.includes('sepa_debit')
      ? [...intent.payment_method_types]
      : null,
    amount: intent.amount,
    amount_details: { tip: {} },
    amount_capturable: intent.status === 'requires_capture' ? intent.amount : 0,
    amount_received: intent.amount_received,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: intent.canceled_at,
    cancellation_reason: intent.cancellation_reason,
    capture_method: intent.capture_method,
    client_secret: intent.client_secret,
    confirmation_method: 'automatic',
    created: intent.created,
    currency: intent.currency,
    customer: null,
    customer_account: null,
    description: intent.description,
    excluded_payment_method_types: null,
    last_payment_error: renderLastError(intent),
    latest_charge: intent.latest_charge,
    livemode: false,
    managed_payments: null,
    metadata: intent.metadata,
    next_action: renderNextAction(intent),
    on_behalf_of: null,
    payment_method: intent.payment_method,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
      ...(intent.payment_method_types.includes('sepa_debit') && { sepa_debit: {} }),
    },
    payment_method_types: [...intent.payment_method_types],
    payment_record: null,
    processing: null,
    receipt_email: intent.receipt_email,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: null,
    status: intent.status,
    transfer_data: null,
    transfer_group: null,
  } satisfies Stripe.PaymentIntent;
}

function renderLastError({ last_payment_error: error }: IntentRow) {
  if (!error) return null;
  const { charge, decline_code, method_type = 'card', ...rest } = error;
  return {
    ...rest,
    ...(charge && { charge }),
    ...(decline_code && { decline_code }),
    doc_url: `https://docs.stripe.com/error-codes#${error.code.replaceAll('_', '-')}`,
    payment_method_type: method_type,
  };
}

function renderNextAction({ next_action: action }: IntentRow) {
  if (!action) return null;
  return { type: action.type, redirect_to_url: { ...action.redirect_to_url } };
}
