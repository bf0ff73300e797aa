import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CURRENCIES, exponentOf, formatAmount } from '#kernel';
import { api } from './app.ts';
import { openApiDocument } from './openapi.ts';
import { readPreference } from './prefer.ts';
import {
  booksBalance,
  bulk,
  checkout,
  ledgerPage,
  payment,
  settledPayment,
  singleOrder,
  wallet,
  walletWhy,
} from './schemas/answers.ts';
import { dispute, disputesPage, evidenceRequest } from './schemas/disputes.ts';
import {
  bankAccount,
  bankAccountRequest,
  cancelPayoutRequest,
  payoutAnswer,
  payoutPage,
  payoutRequest,
  payoutStatementAnswer,
} from './schemas/payouts.ts';
import { differencesPage, reconciledDays } from './schemas/reconciliation.ts';
import { refund, refundRequest, refundsPage, refundsRequested } from './schemas/refunds.ts';
import { bulkRequest, checkoutRequest, paymentRequest, retryRequest } from './schemas/requests.ts';

const EXAMPLE = {
  checkout_id: 'checkout_abc123',
  buyer_info: { user_id: 'user_123', email: 'buyer@example.com', name: 'John Doe' },
  credit_card_info: { token: 'tok_visa_4242', last4: '4242' },
  payment_orders: [
    { payment_order_id: 'order_xyz789', seller_account: 'seller_456', amount: '29.99', currency: 'USD' },
  ],
};

function withAmount(amount: unknown, currency: unknown = 'USD') {
  return { ...EXAMPLE, payment_orders: [{ ...EXAMPLE.payment_orders[0], amount, currency }] };
}

test('every amount from 0.01 to 99999.99 is read exactly and written back as it was', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9_999_999 }), (cents) => {
      const text = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
      const { payment_orders } = paymentRequest.parse(withAmount(text));
      expect(payment_orders[0]?.money.amountMinor).toBe(BigInt(cents));
      expect(payment_orders[0] && formatAmount(payment_orders[0].money)).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});

test('any number, and any text that is not an amount of its currency, is refused', () => {
  const notAnAmount = fc.oneof(
    fc.double(),
    fc
      .bigInt()
      .map(String)
      .filter((text) => text.startsWith('-')),
    fc.string().filter((text) => !/^\d+(\.\d+)?$/.test(text)),
    fc.constantFrom('1e3', '0x10', '1_000', '1,000', '١', 'NaN', 'Infinity', '1.', '.5', '01', '9'.repeat(30)),
  );
  fc.assert(
    fc.property(notAnAmount, fc.constantFrom(...CURRENCIES), (amount, currency) => {
      expect(paymentRequest.safeParse(withAmount(amount, currency)).success).toBe(false);
    }),
  );
});

test('an amount with one decimal more than its currency has is refused', () => {
  for (const currency of CURRENCIES) {
    const tooPrecise = `1.${'0'.repeat(exponentOf(currency))}5`;
    const { error } = paymentRequest.safeParse(withAmount(tooPrecise, currency));
    expect(error?.issues).toMatchObject([
      { path: ['payment_orders', 0, 'amount'], params: { code: 'amount_too_precise' } },
    ]);
  }
});

test.each([
  [undefined, 5_000, false, undefined],
  ['', 5_000, false, undefined],
  ['respond-async', 0, false, 'respond-async'],
  ['wait=7', 7_000, true, 'wait=7'],
  ['respond-async, wait="2"', 2_000, true, 'wait=2'],
  ['Wait = 3; foo', 3_000, true, 'wait=3'],
  ['wait=999999', 30_000, true, 'wait=30'],
  ['wait=-1', 5_000, false, undefined],
  ['wait=abc, handling=strict', 5_000, false, undefined],
])('Prefer: %s is understood', (header, waitMs, wantsOutcome, applied) => {
  expect(readPreference(header, 5_000)).toEqual({ waitMs, wantsOutcome, applied });
});

const ANSWER = {
  checkout_id: 'checkout_abc123',
  payment_event_status: 'PROCESSING',
  payment_orders: [
    {
      payment_order_id: 'order_xyz789',
      status: 'SUCCESS',
      amount: '29.99',
      currency: 'USD',
      wallet_updated: true,
      ledger_updated: true,
    },
  ],
  created_at: '2026-01-01T12:00:00Z',
};

const document = openApiDocument(api());

/** Every sample of the description with the schema that must accept it. */
const SAMPLES: [string, string, number | 'request', { parse(value: unknown): unknown }][] = [
  ['post', '/payments', 'request', paymentRequest],
  ['post', '/payments', 200, settledPayment],
  ['post', '/payments', 202, payment],
  ['post', '/payments/bulk', 'request', bulkRequest],
  ['post', '/payments/bulk', 200, bulk],
  ['post', '/payments/{payment_order_id}/retry', 'request', retryRequest],
  ['post', '/payments/{payment_order_id}/retry', 202, payment],
  ['get', '/payments/{payment_id}', 200, singleOrder],
  ['post', '/checkouts', 'request', checkoutRequest],
  ['post', '/checkouts', 201, checkout],
  ['get', '/checkouts/{checkout_id}', 200, checkout],
  ['post', '/checkouts/{checkout_id}/cancel', 200, checkout],
  ['post', '/payments/{payment_id}/refunds', 'request', refundRequest],
  ['post', '/payments/{payment_id}/refunds', 202, refundsRequested],
  ['get', '/refunds', 200, refundsPage],
  ['get', '/refunds/{refund_id}', 200, refund],
  ['get', '/disputes', 200, disputesPage],
  ['get', '/disputes/{dispute_id}', 200, dispute],
  ['post', '/disputes/{dispute_id}/evidence', 'request', evidenceRequest],
  ['post', '/disputes/{dispute_id}/evidence', 202, dispute],
  ['post', '/disputes/{dispute_id}/accept', 202, dispute],
  ['get', '/wallets/{account_id}', 200, wallet],
  ['get', '/wallets/{account_id}/why', 200, walletWhy],
  ['get', '/ledger', 200, ledgerPage],
  ['get', '/ledger/balance', 200, booksBalance],
  ['post', '/payouts', 'request', payoutRequest],
  ['post', '/payouts', 201, payoutAnswer],
  ['get', '/payouts', 200, payoutPage],
  ['get', '/payouts/{payout_id}', 200, payoutAnswer],
  ['get', '/payouts/{payout_id}/statement', 200, payoutStatementAnswer],
  ['post', '/payouts/{payout_id}/approve', 200, payoutAnswer],
  ['post', '/payouts/{payout_id}/cancel', 'request', cancelPayoutRequest],
  ['post', '/payouts/{payout_id}/cancel', 200, payoutAnswer],
  ['post', '/sellers/{seller_id}/bank_accounts', 'request', bankAccountRequest],
  ['post', '/sellers/{seller_id}/bank_accounts', 201, bankAccount],
  ['get', '/reconciliation/days', 200, reconciledDays],
  ['get', '/reconciliation/differences', 200, differencesPage],
];

function sampleAt(method: string, path: string, place: number | 'request'): unknown {
  const operation = JSON.parse(JSON.stringify(document.paths?.[`/api/v1${path}`]))[method];
  const { content } = place === 'request' ? operation.requestBody : operation.responses[place];
  return content['application/json'].example;
}

test('the description names every route', () => {
  const routes = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(routes.sort()).toEqual([...new Set(SAMPLES.map(([method, path]) => `${method} /api/v1${path}`))].sort());
  expect(document.openapi).toBe('3.1.0');
});

test.each(SAMPLES)('the sample of %s %s (%s) is accepted by its schema', (method, path, place, schema) => {
  expect(() => schema.parse(sampleAt(method, path, place))).not.toThrow();
});

test('the samples of creating a payment are those of the documentation, word for word', () => {
  expect(JSON.stringify(sampleAt('post', '/payments', 'request'))).toBe(JSON.stringify(EXAMPLE));
  expect(JSON.stringify(sampleAt('post', '/payments', 202))).toBe(JSON.stringify(ANSWER));
});
