import { z } from 'zod';
import { feeRuleOf } from '../books/fees.ts';
import type { MethodType, PaymentMethodRow } from '../database/rows.ts';
import { expandable, wireBoolean, wireCurrency, wireInteger, wireMetadata } from '../http/form.ts';
import { invalid, StripeError } from '../http/stripe-error.ts';

/** Stripe's largest charge: eight digits. */
const MAX_AMOUNT = 99_999_999;

const id = z.string().min(1).max(255);
const text = z.string().max(1_000);

/** A payment method given inline: Stripe's `payment_method_data[card][token]`, or the shorter `[token]`. */
const paymentMethodData = z.strictObject({
  type: z.literal('card').optional(),
  token: id.optional(),
  card: z.strictObject({ token: id }).optional(),
  billing_details: z.record(z.string(), z.unknown()).optional(),
});

const types = z
  .array(z.enum(['card', 'sepa_debit']))
  .min(1)
  .max(2)
  .optional();
/** Kinds of payment methods to take: the name of this API version, and that of earlier ones. */
export const methodTypes = { allowed_payment_method_types: types, payment_method_types: types };

/** Parameters of confirming, alone or together with creating. */
const confirmation = {
  payment_method: id.optional(),
  payment_method_data: paymentMethodData.optional(),
  off_session: z
    .enum(['true', 'false', 'one_off', 'recurring'])
    .transform((value) => value !== 'false')
    .optional(),
  error_on_requires_action: wireBoolean.optional(),
  receipt_email: text.optional(),
  return_url: text.optional(),
  use_stripe_sdk: wireBoolean.optional(),
  /** What the shopper agreed to; a debit asks for it at Stripe, and it is not kept here. */
  mandate_data: z.record(z.string(), z.unknown()).optional(),
  expand: expandable,
};

export const confirmParameters = z.strictObject(confirmation);

export const createParameters = z.strictObject({
  ...confirmation,
  amount: wireInteger,
  currency: wireCurrency,
  confirm: wireBoolean.optional(),
  metadata: wireMetadata.optional(),
  description: text.optional(),
  statement_descriptor: z.string().max(22).optional(),
  statement_descriptor_suffix: z.string().max(22).optional(),
  ...methodTypes,
  automatic_payment_methods: z
    .strictObject({ enabled: wireBoolean, allow_redirects: z.enum(['always', 'never']).optional() })
    .optional(),
  capture_method: z.enum(['automatic', 'automatic_async', 'manual']).optional(),
  confirmation_method: z.literal('automatic').optional(),
  transfer_group: text.optional(),
});

export type ConfirmParameters = z.output<typeof confirmParameters>;
export type CreateParameters = z.output<typeof createParameters>;

/** Throws Stripe's 400 unless the amount is 1 to 99,999,999 minor units of a currency that the simulator settles in. */
export function checkAmount(amount: number, currency: string, param = 'amount'): void {
  if (!feeRuleOf(currency)) throw invalid('currency', `Invalid currency: ${currency}.`);
  if (amount < 1) throw invalid(param, 'This value must be greater than or equal to 1.', 'parameter_invalid_integer');
  if (amount > MAX_AMOUNT) throw invalid(param, 'Amount must be no more than 99,999,999.', 'amount_too_large');
}

/** Kinds of payment methods that are asked for; cards unless said otherwise. */
export function typesOf(parameters: { [name in keyof typeof methodTypes]?: MethodType[] | undefined }): MethodType[] {
  return parameters.allowed_payment_method_types ?? parameters.payment_method_types ?? ['card'];
}

/** Throws Stripe's 400 for a bank debit that is not in euros, or that would only be authorized. */
export function checkMethodTypes(types: readonly MethodType[], currency: string, capture = 'automatic'): void {
  if (!types.includes('sepa_debit')) return;
  if (currency !== 'eur') {
    const message = `The currency provided (${currency}) is invalid for the payment method type sepa_debit.`;
    throw invalid('allowed_payment_method_types', message, 'payment_intent_invalid_parameter');
  }
  if (capture === 'manual') throw invalid('capture_method', 'A bank debit cannot be captured later.');
}

/** Throws Stripe's 400 for a method of a kind that the intent does not take. */
export function checkMethodType(types: readonly MethodType[], { sepa_debit }: PaymentMethodRow): void {
  const type = sepa_debit ? 'sepa_debit' : 'card';
  if (types.includes(type)) return;
  const message = `The PaymentMethod provided (${type}) is not allowed for this PaymentIntent, which takes: ${types.join(', ')}.`;
  throw invalid('payment_method', message, 'payment_intent_invalid_parameter');
}

/** Id of the method that pays. A card number in its place is refused: card data goes from the browser to the vault only. */
export function chosenMethod(parameters: ConfirmParameters): { id: string; param: string } | null {
  const data = parameters.payment_method_data;
  const inline = data?.card?.token ?? data?.token;
  if (data && !inline) throw invalid('payment_method_data[card][token]', 'Give a token.', 'parameter_missing');
  if (inline && parameters.payment_method) {
    throw new StripeError(400, 'invalid_request_error', 'Give payment_method or payment_method_data, not both.');
  }
  if (inline) return { id: inline, param: 'payment_method_data[card][token]' };
  return parameters.payment_method ? { id: parameters.payment_method, param: 'payment_method' } : null;
}
