import { z } from '@hono/zod-openapi';
import { AppError, parseAmount } from '#kernel';
import { REFUND_REASONS } from '#refunds';
import { amountField, currencyField, idField, textField } from './fields.ts';

/** What callers see; UNKNOWN is shown as SUBMITTED with `unknown: true`. */
const STATUSES = ['REQUESTED', 'SUBMITTED', 'SUCCEEDED', 'FAILED', 'FAILED_LATE'] as const;
const ANY_REASON = ['late_capture', ...REFUND_REASONS] as const;
/** Most refunds on one page. */
const MAX_PAGE = 100;

const amount = z.string().openapi({ example: '10.00' });
const currency = z.string().length(3).openapi({ example: 'USD' });
const time = z.string().openapi({ format: 'date-time', example: '2026-01-01T12:00:00Z' });
const status = z.enum(STATUSES).openapi({ example: 'REQUESTED' });

export const refundRequest = z
  .strictObject({
    amount: amountField
      .optional()
      .openapi({ description: 'Left out: everything that is left. Of a checkout it is spread over its orders.' }),
    currency: currencyField.optional().openapi({ description: 'Of the amount; stands beside it.', example: 'USD' }),
    reason: z.enum(REFUND_REASONS).openapi({ example: 'requested_by_customer' }),
    note: textField
      .max(500)
      .optional()
      .openapi({ description: 'For people; the buyer does not see it.', example: 'One mug was broken' }),
    remainder_to: idField
      .optional()
      .openapi({ description: 'Of a checkout, the order that takes the cent which cannot be spread evenly.' }),
  })
  .transform(({ amount: text, currency: code, ...rest }, context) => {
    if (text === undefined && code === undefined) return { ...rest, money: undefined };
    try {
      return { ...rest, money: parseAmount(text, code) };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const path = [error.details.param ?? 'amount'];
      context.addIssue({ code: 'custom', path, message: error.message, params: { code: error.code } });
      return z.NEVER;
    }
  })
  .openapi('RefundRequest');

const step = z
  .object({
    from: z.string().openapi({ example: 'REQUESTED' }),
    to: z.string().openapi({ example: 'SUBMITTED' }),
    reason: z.string().openapi({ example: 'sent to the provider' }),
    at: time,
  })
  .openapi('RefundStep');

export const refund = z
  .object({
    refund_id: z.string().openapi({ example: 'rfd_019b76da8c107000a1b2c3d4e5f60718' }),
    request_id: z.string().nullable().openapi({ example: 'rrq_019b76da8c107000a1b2c3d4e5f60718' }),
    checkout_id: z.string().openapi({ example: 'checkout_abc123' }),
    payment_order_id: z
      .string()
      .nullable()
      .openapi({ description: 'Null for money that came after its order had ended.', example: 'order_xyz789' }),
    status,
    unknown: z.literal(true).optional().openapi({
      description: 'The provider has not said yet what became of it; it is being asked. Do not refund again.',
    }),
    waits_for_funds: z.literal(true).optional().openapi({ description: 'It is sent once the seller has the money.' }),
    amount,
    currency,
    seller_share: amount.openapi({ description: 'What the seller bears.', example: '9.75' }),
    commission_returned: amount.openapi({ description: 'What the platform gives up.', example: '0.25' }),
    reason: z.enum(ANY_REASON).openapi({ example: 'requested_by_customer' }),
    note: z.string().nullable().openapi({ example: 'One mug was broken' }),
    error: z.string().nullable().openapi({ description: 'Why it failed, or why it is unknown.', example: null }),
    created_at: time,
    finished_at: time.nullable().openapi({ example: null }),
    history: z.array(step),
  })
  .openapi('Refund');

export const refundsRequested = z
  .object({
    request_id: z.string().openapi({ example: 'rrq_019b76da8c107000a1b2c3d4e5f60718' }),
    refunds: z.array(refund),
  })
  .openapi('RefundsRequested');

export const refundsPage = z
  .object({
    refunds: z.array(refund),
    has_more: z.boolean().openapi({ example: false }),
    next_cursor: z.string().nullable().openapi({ example: null }),
  })
  .openapi('RefundsPage');

export const refundsQuery = z.strictObject({
  of: idField
    .optional()
    .openapi({ description: 'Only those of this payment order, checkout or request.', example: 'order_xyz789' }),
  status: status.optional(),
  cursor: z.string().max(2_000).optional().openapi({ description: 'next_cursor of the page before.' }),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(25),
});
