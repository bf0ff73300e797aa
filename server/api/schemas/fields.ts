import { z } from '@hono/zod-openapi';
import { AppError, CURRENCIES, type Money, parseAmount } from '#kernel';

/** Longest text of any field, in characters. */
const MAX_TEXT = 255;
/** Most orders in one checkout. */
const MAX_ORDERS = 100;

/** The numbers of a wallet, as the API names them. */
export const WALLET_PARTS = ['available', 'pending', 'reserved', 'in_payout'] as const;

const ID = /^[A-Za-z0-9_.:-]{1,255}$/;
const NAME_ID = /^[A-Za-z0-9_.-]{1,64}$/;
/** A provider's token; a secret key has the same shape, and pasted here it would be stored. */
const TOKEN = /^(?!(?:sk|rk|pk|whsec)_)[a-z]+_[A-Za-z0-9_]{1,200}$/;

/** An id that the caller chooses. Unique for ever: it is what makes a repetition safe. */
export const idField = z.string().regex(ID, 'takes 1 to 255 letters, digits, and _ . : -');
/** Id of a seller or a buyer. */
export const ownerField = z.string().regex(NAME_ID, 'takes 1 to 64 letters, digits, and _ . -');
export const textField = z.string().min(1).max(MAX_TEXT);

/** Amount and currency are read together by the kernel, so that every refusal has its own code. */
const present = z.custom<unknown>((value) => value !== undefined, {
  error: 'is required',
  params: { code: 'field_required' },
});

export const amountField = present.openapi({
  type: 'string',
  pattern: '^(0|[1-9][0-9]*)(\\.[0-9]+)?$',
  description:
    'Decimal string with at most as many decimals as the currency has. Never rounded: anything else is refused.',
  example: '29.99',
});
export const currencyField = present.openapi({
  type: 'string',
  enum: [...CURRENCIES],
  description: 'ISO 4217 code.',
  example: 'USD',
});

/** Turns `amount` and `currency` of an object into `money`; each refusal keeps the kernel's code and names the field. */
export function withMoney<Fields extends { amount: unknown; currency: unknown }>(
  { amount, currency, ...rest }: Fields,
  context: z.core.$RefinementCtx,
): Omit<Fields, 'amount' | 'currency'> & { money: Money } {
  try {
    return { ...rest, money: parseAmount(amount, currency) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    context.addIssue({
      code: 'custom',
      path: [error.details.param ?? 'amount'],
      message: error.message,
      params: { code: error.code },
    });
    return z.NEVER;
  }
}

/** One to a hundred orders, no id twice. */
export function ordersField<Order extends z.ZodType<{ payment_order_id?: string }>>(order: Order) {
  return z
    .array(order)
    .min(1)
    .max(MAX_ORDERS)
    .superRefine((orders, context) => {
      const seen = new Set<string>();
      for (const [index, { payment_order_id: id }] of orders.entries()) {
        if (id !== undefined && seen.has(id)) {
          context.addIssue({
            code: 'custom',
            path: [index, 'payment_order_id'],
            message: 'stands twice in this request',
          });
        }
        if (id !== undefined) seen.add(id);
      }
    });
}

export const buyerInfo = z
  .strictObject({
    user_id: ownerField.openapi({
      example: 'user_123',
      description: 'Your id of the buyer, and of its account in the ledger.',
    }),
    email: z.email().max(MAX_TEXT).openapi({ example: 'buyer@example.com', description: 'Where the receipt goes.' }),
    name: textField.openapi({ example: 'John Doe', description: 'As it stands on the receipt.' }),
  })
  .openapi('BuyerInfo');

export const creditCardInfo = z
  .strictObject({
    token: z
      .string()
      .regex(TOKEN, 'must be a token of the payment provider, such as tok_visa')
      .openapi({ example: 'tok_visa_4242', description: 'Token from the payment provider. Card numbers are refused.' }),
    last4: z
      .string()
      .regex(/^\d{4}$/, 'takes four digits')
      .optional()
      .openapi({ example: '4242', description: 'Last four digits of the card, for people to tell it by.' }),
  })
  .openapi('CreditCardInfo');
