import { z } from '@hono/zod-openapi';
import { ERROR_CODES } from '#kernel';
import { WALLET_PARTS } from './fields.ts';

const ORDER_STATUSES = [
  'NOT_STARTED',
  'EXECUTING',
  'REQUIRES_ACTION',
  'SUCCESS',
  'FAILED',
  'EXPIRED',
  'CANCELLED',
  'LATE_SUCCESS',
  'AUTO_REFUNDING',
  'MANUAL_REVIEW',
] as const;
const EVENT_STATUSES = ['NOT_STARTED', 'PROCESSING', 'COMPLETED', 'PARTIALLY_COMPLETED', 'FAILED', 'EXPIRED'] as const;

const amount = z.string().openapi({ example: '29.99' });
const currency = z.string().length(3).openapi({ example: 'USD' });
const time = z.string().openapi({ format: 'date-time', example: '2026-01-01T12:00:00Z' });

const eventStatus = z.enum(EVENT_STATUSES).openapi({
  description: 'Derived from the orders: COMPLETED when every order is SUCCESS, PARTIALLY_COMPLETED when some are.',
  example: 'PROCESSING',
});

const orderFields = {
  payment_order_id: z.string().openapi({ example: 'order_xyz789' }),
  status: z.enum(ORDER_STATUSES).openapi({ example: 'SUCCESS' }),
  amount,
  currency,
  wallet_updated: z.boolean().openapi({ description: "The seller's wallet holds this order.", example: true }),
  ledger_updated: z.boolean().openapi({
    description: 'The ledger holds this order. Both change in the transaction that sets SUCCESS.',
    example: true,
  }),
  unknown: z.literal(true).optional().openapi({
    description: 'The provider has not said yet what became of the charge; it is being asked. Do not pay again.',
  }),
  decline_code: z
    .string()
    .optional()
    .openapi({ description: 'Why the last attempt was declined, for example insufficient_funds.' }),
};

const paymentOrder = z.object(orderFields).openapi('PaymentOrder');

const completed = eventStatus.openapi({ example: 'COMPLETED' });

export const payment = z
  .object({
    checkout_id: z.string().openapi({ example: 'checkout_abc123' }),
    payment_event_status: eventStatus,
    payment_orders: z.array(paymentOrder),
    created_at: time,
  })
  .openapi('Payment');

/** The answer of a caller who waited: the same, with the derived status. */
export const settledPayment = z.object({ ...payment.shape, payment_event_status: completed }).openapi('SettledPayment');

export const singleOrder = z
  .object({
    checkout_id: z.string().openapi({ example: 'checkout_abc123' }),
    payment_event_status: completed,
    ...orderFields,
    seller_account: z.string().openapi({ example: 'seller_456' }),
    attempts: z.number().int().openapi({ description: 'Attempts made at the payment provider.', example: 1 }),
    created_at: time,
  })
  .openapi('PaymentOrderStatus');

const unpaidOrder = z
  .object({
    ...orderFields,
    status: orderFields.status.openapi({ example: 'REQUIRES_ACTION' }),
    wallet_updated: orderFields.wallet_updated.openapi({ example: false }),
    ledger_updated: orderFields.ledger_updated.openapi({ example: false }),
  })
  .openapi('CheckoutOrder');

export const checkout = z
  .object({
    ...payment.shape,
    payment_orders: z.array(unpaidOrder),
    page_url: z.url().nullable().openapi({
      description: 'Where to send the shopper; null when there is nothing to pay.',
      example: 'http://localhost:3000/pay/cs_test_1',
    }),
    total: z.string().nullable().openapi({ example: '29.99' }),
    currency: z.string().nullable().openapi({ example: 'USD' }),
  })
  .openapi('Checkout');

export const problem = z
  .object({
    type: z.string().openapi({ example: '/docs/errors#amount_too_precise' }),
    title: z.string().openapi({ example: ERROR_CODES.amount_too_precise.title }),
    status: z.number().int().openapi({ example: 400 }),
    detail: z.string().openapi({ example: 'payment_orders[0].amount: USD has 2 decimals.' }),
    instance: z.string().openapi({ example: '/api/v1/payments' }),
    code: z.string().openapi({ enum: Object.keys(ERROR_CODES), example: 'amount_too_precise' }),
    param: z.string().optional().openapi({ example: 'payment_orders[0].amount' }),
    errors: z
      .array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() }).openapi('FieldError'))
      .optional()
      .openapi({
        description: 'One per field; pointer is a JSON pointer into the body.',
        example: [{ pointer: '/payment_orders/0/amount', code: 'amount_too_precise', detail: 'USD has 2 decimals.' }],
      }),
    request_id: z.string().openapi({ example: 'req_019b76da8c107000a1b2c3d4e5f60718' }),
  })
  .openapi('Problem', { description: 'RFC 9457, as application/problem+json.' });

export const bulk = z
  .object({
    results: z.array(
      z
        .object({
          status: z
            .number()
            .int()
            .openapi({ description: 'What this payment alone would have been answered with.', example: 202 }),
          payment: payment.optional(),
          problem: problem.optional(),
        })
        .openapi('BulkVerdict'),
    ),
  })
  .openapi('BulkPayments', { description: 'One verdict per payment, in the order of the request.' });

const availableOn = time.nullable().openapi({
  description: "When it can be paid out, on the provider's clock; null until the provider has said when it settles.",
  example: '2026-03-02T00:00:00.000Z',
});
const pendingPart = z
  .object({ available_on: availableOn, amount: amount.openapi({ example: '29.25' }) })
  .openapi('PendingPart');

export const wallet = z
  .object({
    account_id: z.string().openapi({ example: 'seller_456' }),
    balance: z.string().openapi({
      description:
        "The first currency's: of a seller what the platform owes it, of a buyer what the provider took and has not settled, of one account its own side.",
      example: '29.25',
    }),
    currency: z.string().nullable().openapi({ example: 'USD' }),
    balances: z.array(
      z
        .object({
          currency,
          available: amount.openapi({ description: 'Can be paid out.', example: '0.00' }),
          pending: amount.openapi({ description: 'Earned, not yet available.', example: '29.25' }),
          pending_parts: z.array(pendingPart).openapi({
            description: 'What makes `pending` now, soonest first; empty when you ask for a time in the past.',
          }),
          reserved: amount.openapi({ description: 'Held back.', example: '0.00' }),
          in_payout: amount.openapi({ description: "On its way to the seller's bank.", example: '0.00' }),
          total: amount.openapi({ description: 'The sum of these four.', example: '29.25' }),
          receivable: amount.openapi({
            description: 'Taken from this owner as a buyer and not yet settled.',
            example: '0.00',
          }),
        })
        .openapi('WalletBalance'),
    ),
  })
  .openapi('Wallet');

export const walletWhy = z
  .object({
    account_id: z.string().openapi({ example: 'seller_456' }),
    part: z.enum(WALLET_PARTS).openapi({ example: 'pending' }),
    currency,
    amount: amount.openapi({ description: 'The number; all items of all pages add up to it.', example: '29.25' }),
    items: z.array(
      z
        .object({
          source_id: z.string().openapi({
            description: 'What caused it, for example a payment order.',
            example: 'order_xyz789',
          }),
          kind: z.string().openapi({ example: 'order_captured' }),
          amount: amount.openapi({ description: 'Signed: what it adds to the number.', example: '29.25' }),
          available_on: availableOn,
          recorded_at: time,
        })
        .openapi('WhyItem'),
    ),
    has_more: z.boolean().openapi({ example: false }),
    next_cursor: z.string().nullable().openapi({ example: null }),
  })
  .openapi('WalletWhy');

const signed = z
  .string()
  .openapi({ description: 'Signed decimal string: debit positive, credit negative.', example: '-29.25' });

export const ledgerPage = z
  .object({
    account_id: z.string().openapi({ example: 'seller_456' }),
    entries: z.array(
      z
        .object({
          transaction_id: z.string().openapi({ example: '019b76da-8c10-7000-a1b2-c3d4e5f60718' }),
          kind: z.string().openapi({ example: 'order_captured' }),
          source_id: z
            .string()
            .openapi({ description: 'What caused it, for example a payment order.', example: 'order_xyz789' }),
          account: z.string().openapi({ example: 'seller_pending:seller_456:USD' }),
          seq: z.number().int().openapi({ description: 'Place in its account, from 1 without a gap.', example: 1 }),
          direction: z.enum(['debit', 'credit']).openapi({ example: 'credit' }),
          amount: amount.openapi({ example: '29.25' }),
          currency,
          balance_after: signed,
          effective_at: time,
          recorded_at: time,
        })
        .openapi('LedgerEntry'),
    ),
    has_more: z.boolean().openapi({ example: false }),
    next_cursor: z.string().nullable().openapi({ example: null }),
  })
  .openapi('LedgerPage');

const minor = z.string().openapi({ description: 'Integer minor units.', example: '4549' });

export const booksBalance = z
  .object({
    balanced: z.boolean().openapi({ description: 'Whether debits equal credits in every currency.', example: true }),
    currencies: z.array(
      z
        .object({
          currency,
          balanced: z.boolean().openapi({ example: true }),
          total_debits: amount.openapi({ example: '45.49' }),
          total_credits: amount.openapi({ example: '45.49' }),
          difference: amount.openapi({ example: '0.00' }),
          total_debits_minor: minor,
          total_credits_minor: minor,
          difference_minor: minor.openapi({ example: '0' }),
        })
        .openapi('BooksBalanceCurrency'),
    ),
    as_of: time,
  })
  .openapi('BooksBalance');
