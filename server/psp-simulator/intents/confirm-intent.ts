import { newId } from '#kernel';
import { type Booking, postCharge } from '../books/post-charge.ts';
import { DECLINES } from '../cards/declines.ts';
import type { ChargeRow, Failure, IntentRow, PaymentMethodRow } from '../database/rows.ts';

export interface Confirmation {
  readonly intent: IntentRow;
  readonly method: PaymentMethodRow;
  /** Unix seconds. */
  readonly now: number;
  /** `passed` and `failed` come from the challenge; `absent` when the shopper is not there to take it (off session). */
  readonly authentication: 'not_asked' | 'absent' | 'passed' | 'failed';
  /** Where the shopper would be challenged. */
  readonly challengeUrl: string;
  /** A decline drawn by the configured failure rate. */
  readonly unlucky: boolean;
  /** When the bank of a card that disputes does so. */
  readonly disputeAt: Date;
}

/** What confirming did. `failure` is what the caller is told; the intent then waits for another payment method. */
export interface Confirmed {
  readonly intent: IntentRow;
  readonly charge: ChargeRow | null;
  readonly booking: Booking | null;
  readonly failure: Failure | null;
}

/**
 * Decides what the card network does. Pure: the same input gives the same outcome, except for new ids.
 * States as Stripe's: success → succeeded; decline → requires_payment_method with last_payment_error; 3-D Secure →
 * requires_action. A charge row exists only when the network was asked.
 */
export function confirmIntent(confirmation: Confirmation): Confirmed {
  const { method, authentication, unlucky } = confirmation;
  const { behaviour } = method;
  if (behaviour.authentication === 'required') {
    if (authentication === 'not_asked') return askForAuthentication(confirmation);
    if (authentication === 'absent') return declineBeforeCharge(confirmation, DECLINES.authentication_required);
    if (authentication === 'failed') return declineBeforeCharge(confirmation, DECLINES.authentication_failed);
  }
  if (behaviour.outcome !== 'succeeds') return decline(confirmation, DECLINES[behaviour.outcome]);
  return unlucky ? decline(confirmation, DECLINES.generic_decline) : succeed(confirmation);
}

function askForAuthentication({ intent, method, challengeUrl }: Confirmation): Confirmed {
  const next: IntentRow = {
    ...intent,
    status: 'requires_action',
    payment_method: method.id,
    last_payment_error: null,
    next_action: {
      type: 'redirect_to_url',
      redirect_to_url: { url: challengeUrl, return_url: intent.return_url },
    },
  };
  return { intent: next, charge: null, booking: null, failure: null };
}

function declineBeforeCharge({ intent }: Confirmation, failure: Failure): Confirmed {
  return { intent: waitForAnotherMethod(intent, failure, null), charge: null, booking: null, failure };
}

function decline(confirmation: Confirmation, failure: Failure): Confirmed {
  const charge: ChargeRow = { ...newCharge(confirmation), status: 'failed', balance_transaction: null, failure };
  return { intent: waitForAnotherMethod(confirmation.intent, failure, charge.id), charge, booking: null, failure };
}

function waitForAnotherMethod(intent: IntentRow, failure: Failure, charge: string | null): IntentRow {
  return {
    ...intent,
    status: 'requires_payment_method',
    payment_method: null,
    latest_charge: charge ?? intent.latest_charge,
    last_payment_error: { ...failure, charge },
    next_action: null,
  };
}

function succeed(confirmation: Confirmation): Confirmed {
  const { intent, method } = confirmation;
  const draft = newCharge(confirmation);
  const booking = postCharge({ ...draft, settles: method.behaviour.settles });
  const charge: ChargeRow = {
    ...draft,
    status: 'succeeded',
    balance_transaction: booking.transaction.id,
    failure: null,
    ...(method.behaviour.dispute && { next: 'dispute', next_at: confirmation.disputeAt.toISOString() }),
  };
  const next: IntentRow = {
    ...intent,
    status: 'succeeded',
    amount_received: intent.amount,
    payment_method: method.id,
    latest_charge: charge.id,
    last_payment_error: null,
    next_action: null,
  };
  return { intent: next, charge, booking, failure: null };
}

function newCharge({ intent, method, now, authentication }: Confirmation) {
  return {
    id: newId('ch'),
    created: now,
    payment_intent: intent.id,
    attempt_id: intent.attempt_id,
    amount: intent.amount,
    amount_refunded: 0,
    disputed: false,
    next: null,
    next_at: null,
    currency: intent.currency,
    risk_level: method.behaviour.risk,
    payment_method: method.id,
    card: method.card,
    billing_details: method.billing_details,
    authenticated: authentication === 'passed',
    description: intent.description,
    receipt_email: intent.receipt_email,
    metadata: intent.metadata,
  };
}
