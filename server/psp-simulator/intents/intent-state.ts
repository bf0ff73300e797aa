import type { IntentRow, IntentStatus } from '../database/rows.ts';
import { unexpectedState } from '../http/stripe-error.ts';
import { renderIntent } from './render-intent.ts';

/** From which states an intent may be confirmed, captured or canceled; everything else leaves it as it is. */
const ALLOWED: Readonly<Record<'confirm' | 'capture' | 'cancel', readonly IntentStatus[]>> = {
  confirm: ['requires_payment_method', 'requires_confirmation', 'requires_action'],
  capture: ['requires_capture'],
  cancel: ['requires_payment_method', 'requires_confirmation', 'requires_action', 'requires_capture'],
};

/** Throws Stripe's `payment_intent_unexpected_state` with the intent as it is. */
export function checkAllowed(verb: keyof typeof ALLOWED, intent: IntentRow): void {
  if (ALLOWED[verb].includes(intent.status)) return;
  throw unexpectedState(
    'payment_intent_unexpected_state',
    `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}.`,
    { payment_intent: renderIntent(intent) },
  );
}

/** An intent that belongs to a hosted session is confirmed and ended through the session only. Throws 400. */
export function checkNotInSession(verb: keyof typeof ALLOWED, intent: IntentRow): void {
  if (intent.checkout_session === null) return;
  throw unexpectedState(
    'payment_intent_unexpected_state',
    `You cannot ${verb} this PaymentIntent directly because it belongs to the Checkout Session ${intent.checkout_session}.`,
  );
}
