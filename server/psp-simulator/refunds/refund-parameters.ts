import { z } from 'zod';
import { displayAmount, isCurrencyCode } from '#kernel';
import { capturedOf } from '../charges/captured.ts';
import type { ChargeRow } from '../database/rows.ts';
import { expandable, wireInteger, wireMetadata } from '../http/form.ts';
import { invalid, StripeError } from '../http/stripe-error.ts';

const id = z.string().min(1).max(255);

export const refundParameters = z.strictObject({
  payment_intent: id.optional(),
  charge: id.optional(),
  amount: wireInteger.optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  metadata: wireMetadata.default({}),
  expand: expandable,
});

export type RefundParameters = z.output<typeof refundParameters>;

/** Throws Stripe's 400 unless exactly one thing to refund is named, and an amount, if there is one, is positive. */
export function checkRefund({ payment_intent, charge, amount }: RefundParameters): void {
  if ((payment_intent === undefined) === (charge === undefined)) {
    throw new StripeError(
      400,
      'invalid_request_error',
      'One of the following params should be provided for this request: payment_intent or charge.',
    );
  }
  if (amount !== undefined && amount < 1) {
    throw invalid('amount', 'This value must be greater than or equal to 1.', 'parameter_invalid_integer');
  }
}

/** What is refunded of a locked charge: the amount asked for, or all that is left. Throws Stripe's 400 for more than is left. */
export function amountOf({ amount }: RefundParameters, charge: ChargeRow): number {
  const left = capturedOf(charge) - charge.amount_refunded;
  if (left === 0) {
    const message = `Charge ${charge.id} has already been refunded.`;
    throw new StripeError(400, 'invalid_request_error', message, { code: 'charge_already_refunded' });
  }
  if (amount !== undefined && amount > left) {
    // As Stripe's, this error has no code, only the parameter.
    const message = `Refund amount (${words(amount, charge)}) is greater than unrefunded amount on charge (${words(left, charge)})`;
    throw new StripeError(400, 'invalid_request_error', message, { param: 'amount' });
  }
  return amount ?? left;
}

function words(amount: number, { currency }: ChargeRow): string {
  const code = currency.toUpperCase();
  return isCurrencyCode(code) ? displayAmount(BigInt(amount), code) : `${amount} ${code}`;
}
