import { z } from '@hono/zod-openapi';
import { CURRENCIES, type CurrencyCode } from '#kernel';
import {
  amountField,
  buyerInfo,
  creditCardInfo,
  currencyField,
  idField,
  ordersField,
  ownerField,
  textField,
  WALLET_PARTS,
  withMoney,
} from './fields.ts';

/** Most payments in one bulk request. */
const MAX_BULK = 100;

const sellerField = ownerField.openapi({
  example: 'seller_456',
  description:
    'Who is credited. A seller that is new here is opened as unverified: it earns, and is paid out once it is verified.',
});

const paymentOrder = z
  .strictObject({
    payment_order_id: idField.openapi({
      example: 'order_xyz789',
      description: 'Your id of this order; its idempotency key for ever.',
    }),
    seller_account: sellerField,
    amount: amountField,
    currency: currencyField,
    description: textField
      .optional()
      .openapi({ description: 'Shown to the shopper and on statements, for example "Two mugs".' }),
  })
  .transform(withMoney)
  .openapi('PaymentOrderRequest');

export const paymentRequest = z
  .strictObject({
    checkout_id: idField.openapi({
      example: 'checkout_abc123',
      description: 'Your id of the whole checkout; its idempotency key for ever.',
    }),
    buyer_info: buyerInfo,
    credit_card_info: creditCardInfo,
    payment_orders: ordersField(paymentOrder),
  })
  .openapi('PaymentRequest');

export type PaymentBody = z.output<typeof paymentRequest>;

/** Each payment is read by itself: one that is not valid gets its own verdict and stops no other. */
export const bulkRequest = z
  .strictObject({
    payments: z
      .array(
        z
          .unknown()
          .transform((value) => paymentRequest.safeParse(value))
          .openapi({ type: 'object', allOf: [{ $ref: '#/components/schemas/PaymentRequest' }] }),
      )
      .min(1)
      .max(MAX_BULK),
  })
  .openapi('BulkPaymentRequest');

export const retryRequest = z.strictObject({ credit_card_info: creditCardInfo }).openapi('RetryRequest');

const checkoutOrder = z
  .strictObject({
    payment_order_id: idField.optional().openapi({
      example: 'order_xyz789',
      description: 'Made for you when it is missing. The seller sees it: keep the `checkout_id` out of it.',
    }),
    seller_account: sellerField,
    amount: amountField,
    currency: currencyField,
    description: textField
      .optional()
      .openapi({ description: 'Shown to the shopper and on statements, for example "Two mugs".' }),
  })
  .transform(withMoney)
  .openapi('CheckoutOrderRequest');

export const checkoutRequest = z
  .strictObject({
    checkout_id: idField.optional().openapi({
      example: 'checkout_abc123',
      description:
        'Made for you when it is missing. Whoever knows it may read, pay and cancel the checkout on its page: choose one that nobody can guess.',
    }),
    buyer_info: buyerInfo,
    payment_orders: ordersField(checkoutOrder),
  })
  .openapi('CheckoutRequest');

export type CheckoutBody = z.output<typeof checkoutRequest>;

/** Most entries on one page of a list. */
const MAX_PAGE = 100;

export const walletQuery = z.strictObject({
  at: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .optional()
    .openapi({ type: 'string', format: 'date-time', description: 'As the books stood then; left out: now.' }),
});

export const whyQuery = z.strictObject({
  part: z.enum(WALLET_PARTS).openapi({ example: 'pending', description: 'Which number of the wallet.' }),
  currency: z.enum(CURRENCIES as unknown as [CurrencyCode, ...CurrencyCode[]]).openapi({ example: 'USD' }),
  cursor: z.string().max(2_000).optional().openapi({ description: 'next_cursor of the page before.' }),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(25),
});

export const ledgerQuery = z.strictObject({
  account_id: idField.openapi({
    example: 'seller_456',
    description: 'An owner (all its accounts) or the code of one account, such as seller_pending:seller_456:USD.',
  }),
  cursor: z.string().max(2_000).optional().openapi({ description: 'next_cursor of the page before.' }),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(25),
});
