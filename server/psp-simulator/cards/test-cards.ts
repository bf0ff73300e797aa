import type { Decline } from './declines.ts';

/** What the simulated card network does with a card. Copied into the vault, so that no number is needed later. */
export interface CardBehaviour {
  readonly outcome: 'succeeds' | Decline;
  /** `required` asks the shopper once per payment; `optional` only when the merchant asks for it, which it cannot here. */
  readonly authentication: 'none' | 'optional' | 'required';
  readonly risk: 'normal' | 'elevated' | 'highest';
  /** The money is available at once instead of after settlement. */
  readonly settles: 'later' | 'immediately';
  /** What becomes of a refund to this card: done at once, done a moment later, or done and then sent back. Default: at once. */
  readonly refunds?: 'pending' | 'fail';
  /** What the shopper's bank says a moment after the charge. Default: nothing. */
  readonly dispute?: 'fraudulent' | 'product_not_received' | 'inquiry';
}

export interface TestCard {
  readonly number: string;
  readonly brand: string;
  readonly funding: 'credit' | 'debit' | 'prepaid';
  readonly behaviour: CardBehaviour;
  readonly note: string;
}

const usual: CardBehaviour = { outcome: 'succeeds', authentication: 'none', risk: 'normal', settles: 'later' };

function visa(number: string, note: string, behaviour: Partial<CardBehaviour> = {}): TestCard {
  return { number, brand: 'visa', funding: 'credit', behaviour: { ...usual, ...behaviour }, note };
}

/** Stripe's public test cards. A number that is not listed is refused, so a real card cannot get in. */
export const TEST_CARDS: readonly TestCard[] = [
  visa('4242424242424242', 'succeeds'),
  { ...visa('4000056655665556', 'succeeds (debit)'), funding: 'debit' },
  { ...visa('5555555555554444', 'succeeds'), brand: 'mastercard' },
  { ...visa('378282246310005', 'succeeds'), brand: 'amex' },
  visa('4000000000000077', 'succeeds, available at once', { settles: 'immediately' }),
  visa('4000000000000002', 'declined', { outcome: 'generic_decline' }),
  visa('4000000000009995', 'declined: insufficient funds', { outcome: 'insufficient_funds' }),
  visa('4000000000009987', 'declined: lost card', { outcome: 'lost_card' }),
  visa('4000000000009979', 'declined: stolen card', { outcome: 'stolen_card' }),
  visa('4000000000000069', 'declined: expired card', { outcome: 'expired_card' }),
  visa('4000000000000127', 'declined: wrong security code', { outcome: 'incorrect_cvc' }),
  visa('4000000000000119', 'processing error, may work later', { outcome: 'processing_error' }),
  visa('4000000000006975', 'declined: too many payments', { outcome: 'card_velocity_exceeded' }),
  visa('4000000000000341', 'is stored, then declined when charged', { outcome: 'generic_decline' }),
  visa('4000002760003184', 'asks for 3-D Secure every time', { authentication: 'required' }),
  visa('4000000000003220', 'requires 3-D Secure, then succeeds', { authentication: 'required' }),
  visa('4000008400001629', 'requires 3-D Secure, then declined', {
    authentication: 'required',
    outcome: 'generic_decline',
  }),
  visa('4000008400001280', 'requires 3-D Secure, then processing error', {
    authentication: 'required',
    outcome: 'processing_error',
  }),
  visa('4000008260003178', 'requires 3-D Secure, then insufficient funds', {
    authentication: 'required',
    outcome: 'insufficient_funds',
  }),
  visa('4000000000003055', 'supports 3-D Secure without requiring it', { authentication: 'optional' }),
  visa('4100000000000019', 'blocked as fraud', { outcome: 'fraudulent', risk: 'highest' }),
  visa('4000000000009235', 'succeeds with elevated risk', { risk: 'elevated' }),
  visa('4000000000007726', 'succeeds; a refund of it is pending, then succeeds', { refunds: 'pending' }),
  visa('4000000000005126', 'succeeds; a refund of it succeeds, then fails', { refunds: 'fail' }),
  visa('4000000000000259', 'succeeds, then disputed as fraudulent', { dispute: 'fraudulent' }),
  visa('4000000000002685', 'succeeds, then disputed as not received', { dispute: 'product_not_received' }),
  visa('4000000000001976', 'succeeds, then an inquiry', { dispute: 'inquiry' }),
];

const byNumber = new Map(TEST_CARDS.map((card) => [card.number, card]));

export function findTestCard(number: string): TestCard | undefined {
  return byNumber.get(number);
}
