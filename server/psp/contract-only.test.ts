import { expect, test } from 'vitest';
import { createPsp } from './create-psp.ts';

const nowhere = { baseUrl: 'http://127.0.0.1:9', secretKey: 'sk_test_nobody', timeoutMs: 100 };
const amount = { amountMinor: 100n, currency: 'USD' as const };
const attempt = { attemptId: 'att', checkoutId: 'chk', orderIds: [] };
const refused = { kind: 'refused', code: 'stripe_mock_takes_no_payments' };

test('stripe-mock is never asked for money: the refusal says why, and nothing is sent', async () => {
  const psp = createPsp({ ...nowhere, mode: 'stripe-mock' });
  expect(await psp.charge({ ...attempt, amount, paymentMethod: 'tok_visa' })).toMatchObject({
    ...refused,
    message: expect.stringContaining('only checks the shape of requests'),
  });
  const page = { buyerEmail: '', lines: [], successUrl: '', cancelUrl: '' };
  expect(await psp.openSession({ ...attempt, ...page })).toMatchObject(refused);
  expect(await psp.refund({ refundId: 'rfd', attemptId: 'att', pspPaymentId: 'pi', amount })).toMatchObject(refused);
  expect(psp.health()).toMatchObject({ mode: 'stripe-mock', breaker: 'closed' });
});

test('the other targets are asked', async () => {
  const psp = createPsp({ ...nowhere, mode: 'simulator' });
  expect(await psp.charge({ ...attempt, amount, paymentMethod: 'tok_visa' })).toMatchObject({ kind: 'not_started' });
});
