import cardValidator from 'card-validator';
import { z } from 'zod';
import { nowMs } from '../clock/clock.ts';
import type { BillingDetails } from '../database/rows.ts';
import { wireMetadata } from '../http/form.ts';
import { StripeError } from '../http/stripe-error.ts';

const text = z.string().max(500).optional();

/** A card as the shopper's browser sends it. Nothing of this object may be stored or logged. */
export const rawCard = z.strictObject({
  number: z.string().max(40),
  exp_month: z.string().max(4),
  exp_year: z.string().max(4),
  cvc: z.string().max(10).optional(),
});

export const billingParameters = z.strictObject({
  name: text,
  email: text,
  phone: text,
  address: z
    .strictObject({ city: text, country: text, line1: text, line2: text, postal_code: text, state: text })
    .optional(),
});

const common = {
  billing_details: billingParameters.optional(),
  metadata: wireMetadata.optional(),
  expand: z.array(z.string()).optional(),
};

export const paymentMethodParameters = z.discriminatedUnion('type', [
  z.strictObject({
    ...common,
    type: z.literal('card'),
    card: z.union([rawCard, z.strictObject({ token: z.string().max(255) })]),
  }),
  z.strictObject({
    ...common,
    type: z.literal('sepa_debit'),
    sepa_debit: z.strictObject({ iban: z.string().max(50) }),
    /** A bank wants to know whom it debits. */
    billing_details: billingParameters.extend({ name: z.string().min(1).max(500), email: z.string().min(3).max(500) }),
  }),
]);

export type RawCard = z.output<typeof rawCard>;

export interface CheckedCard {
  readonly digits: string;
  readonly month: number;
  readonly year: number;
}

/** Checks number (length and Luhn), expiry and security code the way Stripe does. Throws its 402 naming the parameter. */
export function checkCard(card: RawCard, now = new Date(nowMs())): CheckedCard {
  const digits = card.number.replace(/[ -]/g, '');
  const verdict = cardValidator.number(digits);
  if (!/^\d+$/.test(digits) || !verdict.isValid) {
    throw refused('number', 'incorrect_number', 'Your card number is incorrect.');
  }
  const month = Number(card.exp_month);
  if (!/^\d{1,2}$/.test(card.exp_month) || month < 1 || month > 12) {
    throw refused('exp_month', 'invalid_expiry_month', "Your card's expiration month is invalid.");
  }
  const year = Number(card.exp_year) + (card.exp_year.length <= 2 ? 2_000 : 0);
  const thisYear = now.getUTCFullYear();
  const over = year < thisYear || (year === thisYear && month < now.getUTCMonth() + 1);
  if (!/^(\d{2}|\d{4})$/.test(card.exp_year) || over || year > thisYear + 50) {
    throw refused('exp_year', 'invalid_expiry_year', "Your card's expiration year is invalid.");
  }
  const codeLength = verdict.card?.code.size ?? 3;
  if (card.cvc !== undefined && !new RegExp(`^\\d{${codeLength}}$`).test(card.cvc)) {
    throw refused('cvc', 'invalid_cvc', "Your card's security code is invalid.");
  }
  return { digits, month, year };
}

/** A number that passes Luhn but is no test card: it might be real, so it is refused before anything is kept. */
export function notATestCard(): StripeError {
  return new StripeError(
    402,
    'card_error',
    'Your card was declined. Your request was in test mode, but used a non test card.',
    { code: 'card_declined', decline_code: 'test_mode_live_card', param: 'number' },
  );
}

function refused(param: string, code: string, message: string): StripeError {
  return new StripeError(402, 'card_error', message, { code, param });
}

/** Billing details with every field in place, as Stripe shows them. */
export function billingDetails(given: z.output<typeof billingParameters> = {}): BillingDetails {
  const { name, email, phone, address = {} } = given;
  return {
    name: name ?? null,
    email: email ?? null,
    phone: phone ?? null,
    address: {
      city: address.city ?? null,
      country: address.country ?? null,
      line1: address.line1 ?? null,
      line2: address.line2 ?? null,
      postal_code: address.postal_code ?? null,
      state: address.state ?? null,
    },
  };
}
