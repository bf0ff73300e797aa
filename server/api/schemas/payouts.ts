import { z } from '@hono/zod-openapi';
import { CURRENCIES, type CurrencyCode } from '#kernel';
import { PAYOUT_STATES, type PayoutState } from '#payouts';
import { amountField, currencyField, idField, ownerField, withMoney } from './fields.ts';

const MAX_PAGE = 100;

const amount = z.string().openapi({ example: '120.50' });
const currency = z.string().length(3).openapi({ example: 'USD' });
const time = z.string().openapi({ format: 'date-time', example: '2026-01-01T12:00:00Z' });
const state = z.enum(PAYOUT_STATES as unknown as [PayoutState, ...PayoutState[]]);

/** Without an amount it takes all that is available. */
export const payoutRequest = z
  .strictObject({
    seller_id: ownerField.openapi({ example: 'seller_456', description: 'Who is paid. It must be verified.' }),
    currency: currencyField,
    amount: amountField.optional().openapi({
      type: 'string',
      example: '120.50',
      description: 'Decimal string. Left out: all that is available.',
    }),
  })
  .transform(({ amount: text, currency: code, seller_id: sellerId }, context) => {
    // Of a wish for everything the currency alone is read, in the company of an amount that is always valid.
    const read = withMoney({ amount: text ?? '100', currency: code }, context);
    if (read === z.NEVER) return z.NEVER;
    const { currency, amountMinor } = read.money;
    return { sellerId, currency, amountMinor: text === undefined ? null : amountMinor };
  })
  .openapi('PayoutRequest');

export const cancelPayoutRequest = z
  .strictObject({ reason: z.string().trim().min(3).max(500).openapi({ example: 'asked for twice' }) })
  .openapi('CancelPayoutRequest');

export const bankAccountRequest = z
  .strictObject({
    currency: z.enum(CURRENCIES as unknown as [CurrencyCode, ...CurrencyCode[]]).openapi({ example: 'USD' }),
    token: z
      .string()
      .regex(/^btok_[A-Za-z0-9_]{1,200}$/, 'must be a token of a bank account from the payment provider')
      .openapi({ example: 'btok_us_verified', description: 'Stands for the number, which only the provider sees.' }),
  })
  .openapi('BankAccountRequest');

export const payoutsQuery = z.strictObject({
  seller_id: idField.optional().openapi({ example: 'seller_456' }),
  state: state.optional(),
  currency: z.enum(CURRENCIES as unknown as [CurrencyCode, ...CurrencyCode[]]).optional(),
  cursor: z.string().max(2_000).optional().openapi({ description: 'next_cursor of the page before.' }),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(25),
});

export const statementQuery = z.strictObject({
  format: z
    .enum(['json', 'csv'])
    .default('json')
    .openapi({ description: 'csv: one row per line and a control total.' }),
});

const bank = z
  .object({
    id: z.string().openapi({ example: 'ba_019b76da8c107000a1b2c3d4e5f60718' }),
    bank_name: z.string().openapi({ example: 'STRIPE TEST BANK' }),
    country: z.string().openapi({ example: 'US' }),
    currency,
    last4: z.string().openapi({ example: '6789' }),
    state: z.enum(['new', 'verified', 'failed']).openapi({ example: 'verified' }),
    failure_code: z.string().nullable().openapi({ description: 'Why it does not take money.', example: null }),
  })
  .openapi('BankAccount');

export const bankAccount = bank;

const fields = {
  payout_id: z.string().openapi({ example: 'po_019b76da8c107000a1b2c3d4e5f60718' }),
  seller_id: z.string().openapi({ example: 'seller_456' }),
  amount,
  currency,
  state: state.openapi({ example: 'APPROVED' }),
  failure: z.string().nullable().openapi({ description: 'Why it failed or came back.', example: null }),
  requested_by: z.string().openapi({ example: 'key:key_demo' }),
  needs_approval: z.boolean().openapi({ description: 'Above the limit: a second person decides.', example: false }),
  approved_by: z.string().nullable().openapi({ example: 'policy' }),
  bank_account: bank,
  created_at: time,
  finished_at: time.nullable().openapi({ example: null }),
};

export const payoutAnswer = z.object(fields).openapi('Payout');

export const payoutPage = z
  .object({
    payouts: z.array(payoutAnswer),
    has_more: z.boolean().openapi({ example: false }),
    next_cursor: z.string().nullable().openapi({ example: null }),
  })
  .openapi('PayoutPage');

export const payoutStatementAnswer = z
  .object({
    payout_id: fields.payout_id,
    seller_id: fields.seller_id,
    amount: amount.openapi({ description: 'The sum of the lines, and what goes to the bank.' }),
    currency,
    created_at: time,
    lines: z.array(
      z
        .object({
          kind: z.string().openapi({
            description: 'A kind of ledger transaction, `carried_over` or `left_available`.',
            example: 'funds_available',
          }),
          source_id: z.string().nullable().openapi({ example: 'order_xyz789' }),
          transaction_id: z.string().nullable().openapi({ example: '019b76da-8c10-7000-a1b2-c3d4e5f60718' }),
          effective_at: time.nullable(),
          amount: amount.openapi({ description: 'Signed: negative for what was taken.' }),
        })
        .openapi('PayoutLine'),
    ),
  })
  .openapi('PayoutStatement');
