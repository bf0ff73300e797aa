import { findTestMethod, type TestMethod } from '../cards/test-methods.ts';
import type { PaymentMethodRow, TokenRow } from '../database/rows.ts';
import type { Reader } from '../database/store.ts';
import { StripeError } from '../http/stripe-error.ts';

export type ChosenMethod = Pick<TestMethod, 'row' | 'transport'>;

/** Finds what a caller pays with: a fixed test token, a stored payment method, or a token made by the browser. Throws Stripe's 400. */
export async function resolvePaymentMethod(reader: Reader, id: string, param: string): Promise<ChosenMethod> {
  const fixed = findTestMethod(id);
  if (fixed) return fixed;
  const methodId = id.startsWith('tok_') ? await methodOfToken(reader, id) : id;
  const text = 'select * from payment_methods where id = $1';
  const [row] = methodId ? await reader.rows<PaymentMethodRow>('payment_method', text, [methodId]) : [];
  if (!row) {
    const kind = id.startsWith('tok_') ? 'token' : 'PaymentMethod';
    throw new StripeError(400, 'invalid_request_error', `No such ${kind}: '${id}'`, {
      code: 'resource_missing',
      param,
    });
  }
  return { row, transport: null };
}

/** A payment method by its id alone, fixed or from the vault. */
export async function findMethod(reader: Reader, id: string): Promise<PaymentMethodRow | undefined> {
  const fixed = findTestMethod(id);
  if (fixed) return fixed.row;
  const text = 'select * from payment_methods where id = $1';
  return (await reader.rows<PaymentMethodRow>('payment_method', text, [id]))[0];
}

async function methodOfToken(reader: Reader, id: string): Promise<string | undefined> {
  const [token] = await reader.rows<TokenRow>('token', 'select * from tokens where id = $1', [id]);
  return token?.payment_method;
}
