import type { Failure } from '../database/rows.ts';

const declined = (decline_code: string, message: string): Failure => ({
  type: 'card_error',
  code: 'card_declined',
  decline_code,
  message,
});

const own = (code: string, message: string): Failure => ({
  type: 'card_error',
  code,
  decline_code: code,
  message,
});

/** What a card network can answer instead of a yes: Stripe's code, decline code and text. */
export const DECLINES = {
  generic_decline: declined('generic_decline', 'Your card was declined.'),
  insufficient_funds: declined('insufficient_funds', 'Your card has insufficient funds.'),
  lost_card: declined('lost_card', 'Your card was declined.'),
  stolen_card: declined('stolen_card', 'Your card was declined.'),
  card_velocity_exceeded: declined(
    'card_velocity_exceeded',
    'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
  ),
  fraudulent: declined('fraudulent', 'Your card was declined.'),
  expired_card: own('expired_card', 'Your card has expired.'),
  incorrect_cvc: own('incorrect_cvc', "Your card's security code is incorrect."),
  processing_error: own('processing_error', 'An error occurred while processing your card. Try again in a little bit.'),
  authentication_required: {
    type: 'card_error',
    code: 'authentication_required',
    decline_code: 'authentication_required',
    message: 'Your card was declined. This transaction requires authentication.',
  },
  authentication_failed: {
    type: 'card_error',
    code: 'payment_intent_authentication_failure',
    decline_code: null,
    message:
      'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
  },
} as const satisfies Record<string, Failure>;

export type Decline = keyof typeof DECLINES;
