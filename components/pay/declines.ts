/** Where a decline is shown: at the field that can mend it, or at the form when another card is the way on. */
export type DeclinePlace = 'form' | 'number' | 'expiry' | 'cvc';

export interface DeclineMessage {
  readonly at: DeclinePlace;
  /** Cause, effect, next step. Every decline is definite, so "Nothing was charged" is true in all of them. */
  readonly title: string;
  readonly text: string;
}

const GENERIC: DeclineMessage = {
  at: 'form',
  title: 'Your bank declined the card',
  text: 'Nothing was charged. Try another card, or call the number on the back of this one.',
};

const INCORRECT_CVC: DeclineMessage = {
  at: 'cvc',
  title: 'The security code does not match',
  text: 'This code does not match the card. Nothing was charged.',
};

const NOT_A_TEST_CARD: DeclineMessage = {
  at: 'number',
  title: 'The card number is not right',
  text: 'The sandbox does not know this card. Nothing was charged. Check the number, or take one from the test cards.',
};

/** Codes that would tell a thief something (lost, stolen, fraud) read exactly like any other decline. */
const MESSAGES: Readonly<Record<string, DeclineMessage>> = {
  insufficient_funds: {
    at: 'number',
    title: 'Not enough funds',
    text: 'There is not enough money on this card. Nothing was charged. Try another card.',
  },
  expired_card: {
    at: 'expiry',
    title: 'The card has expired',
    text: 'The bank says this card has expired. Nothing was charged. Check the date or use another card.',
  },
  incorrect_cvc: INCORRECT_CVC,
  invalid_cvc: INCORRECT_CVC,
  processing_error: {
    at: 'form',
    title: 'The bank had a problem',
    text: 'It is temporary and nothing was charged. Try the same card again in a moment.',
  },
  card_velocity_exceeded: {
    at: 'form',
    title: 'The card was used too often',
    text: 'The bank stops payments made in quick succession. Nothing was charged. Wait a little or try another card.',
  },
  payment_intent_authentication_failure: {
    at: 'form',
    title: 'The payment was not verified',
    text: 'Your bank could not confirm that it is you. Nothing was charged. Try again, or use another card.',
  },
  incorrect_number: NOT_A_TEST_CARD,
  invalid_number: NOT_A_TEST_CARD,
  test_mode_live_card: NOT_A_TEST_CARD,
  invalid_expiry_month: { at: 'expiry', title: 'The date is not right', text: 'Check the month of the expiry date.' },
  invalid_expiry_year: { at: 'expiry', title: 'The date is not right', text: 'Check the year of the expiry date.' },
  rate_limit: {
    at: 'form',
    title: 'Too many tries',
    text: 'The payment provider asks you to wait a moment. Nothing was charged.',
  },
};

/** What the shopper reads for a decline or error code of the PSP. */
export function declineMessage(code: string | null | undefined): DeclineMessage {
  return (code && MESSAGES[code]) || GENERIC;
}
