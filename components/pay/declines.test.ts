import { expect, it } from 'vitest';
import { declineMessage } from './declines.ts';

it.each(['lost_card', 'stolen_card', 'fraudulent', 'card_declined'])('%s reads like any other decline', (code) => {
  expect(declineMessage(code)).toBe(declineMessage('generic_decline'));
});

it.each([
  'generic_decline',
  'insufficient_funds',
  'expired_card',
  'incorrect_cvc',
  'processing_error',
  'payment_intent_authentication_failure',
])('%s says that nothing was charged', (code) => {
  expect(declineMessage(code).text.toLowerCase()).toContain('nothing was charged');
});

it('sends a decline to the field that can mend it', () => {
  expect(
    ['insufficient_funds', 'expired_card', 'incorrect_cvc', 'processing_error'].map((code) => declineMessage(code).at),
  ).toEqual(['number', 'expiry', 'cvc', 'form']);
});
