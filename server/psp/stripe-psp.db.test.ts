import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool, runInTransaction } from '#db';
import {
  createTestDatabase,
  type MigratedDatabase,
  startSimulator,
  startWire,
  type TestSimulator,
  type Wire,
} from '#testing';
import type { Psp } from './port.ts';
import { createStripePsp } from './stripe-psp.ts';

let database: MigratedDatabase;
let simulator: TestSimulator;
let wire: Wire;
let psp: Psp;

beforeAll(async () => {
  [database, simulator] = await Promise.all([createTestDatabase('stripe_psp'), startSimulator()]);
  process.env.DATABASE_URL = database.url;
  wire = await startWire(simulator.url);
  const secretKey = 'sk_test_simulator_platform_secret_key';
  psp = createStripePsp({ mode: 'simulator', baseUrl: wire.url, secretKey, timeoutMs: 2_000 });
});

afterAll(async () => {
  await wire.unplug();
  await Promise.all([pool().end(), simulator.stop()]);
  await database.drop();
});

const usd = (amountMinor: bigint) => ({ amountMinor, currency: 'USD' as const });
const charge = (attemptId: string, paymentMethod = 'tok_visa', amountMinor = 2_999n) =>
  psp.charge({ attemptId, checkoutId: 'chk', orderIds: ['ord'], amount: usd(amountMinor), paymentMethod });
const direct = (attemptId: string, pspPaymentId: string | null = null) =>
  ({ attemptId, kind: 'direct', pspPaymentId, pspSessionId: null }) as const;

test('the attempt is the key at the provider: the same attempt again is the same charge', async () => {
  const first = await charge('att_same');
  expect(first).toMatchObject({
    kind: 'succeeded',
    amountMinor: 2_999n,
    currency: 'USD',
    chargeId: expect.stringMatching(/^ch_/),
  });
  expect(await charge('att_same')).toEqual(first);
  expect(wire.calls.map((call) => call.idempotencyKey)).toEqual(['att_same', 'att_same']);
});

test('an attempt can be asked about by its own id, before and after the provider named its payment', async () => {
  const made = await charge('att_asked');
  if (made.kind !== 'succeeded') throw new Error('the card is good');
  expect(await psp.enquire(direct('att_asked'))).toMatchObject({ kind: 'succeeded', chargeId: made.chargeId });
  expect(await psp.enquire(direct('att_asked', made.pspPaymentId))).toMatchObject({
    kind: 'succeeded',
    chargeId: made.chargeId,
  });
  expect(await psp.enquire(direct('att_never_sent'))).toEqual({ kind: 'absent' });
});

async function paid(attemptId: string, paymentMethod?: string): Promise<string> {
  const made = await charge(attemptId, paymentMethod);
  if (made.kind !== 'succeeded') throw new Error('the card is good');
  return made.pspPaymentId;
}

const refund = (refundId: string, pspPaymentId: string, amountMinor = 2_999n) =>
  psp.refund({ refundId, attemptId: 'att', pspPaymentId, amount: usd(amountMinor) });

test('the refund is the key at the provider, and can be asked about by its own id before and after it is named', async () => {
  const pspPaymentId = await paid('att_refunded');
  const ref = { refundId: 'rfd_1', pspPaymentId, pspRefundId: null };
  expect(await psp.enquireRefund(ref)).toEqual({ kind: 'absent' });
  wire.calls.length = 0;
  const made = await refund('rfd_1', pspPaymentId, 1_000n);
  expect(made).toEqual({
    kind: 'succeeded',
    pspRefundId: expect.stringMatching(/^re_/),
    amountMinor: 1_000n,
    currency: 'USD',
  });
  expect(await refund('rfd_1', pspPaymentId, 1_000n)).toEqual(made);
  expect(wire.calls.map((call) => call.idempotencyKey)).toEqual(['rfd_1', 'rfd_1']);
  await refund('rfd_2', pspPaymentId, 500n);
  expect(await psp.enquireRefund(ref)).toEqual(made);
  if (made.kind !== 'succeeded') throw new Error('it was made');
  expect(await psp.enquireRefund({ ...ref, pspRefundId: made.pspRefundId })).toEqual(made);
  expect(await psp.enquireRefund({ ...ref, refundId: 'rfd_never_sent' })).toEqual({ kind: 'absent' });
});

test('a pending refund is told as such; more than is left, or of a payment nobody knows, is refused', async () => {
  const pspPaymentId = await paid('att_pending_refund', 'tok_pendingRefund');
  expect(await refund('rfd_pending', pspPaymentId, 2_000n)).toMatchObject({ kind: 'pending', amountMinor: 2_000n });
  expect(await refund('rfd_too_much', pspPaymentId, 1_000n)).toMatchObject({ kind: 'refused' });
  expect(await refund('rfd_rest', pspPaymentId, 999n)).toMatchObject({ kind: 'pending' });
  expect(await refund('rfd_none_left', pspPaymentId, 1n)).toMatchObject({
    kind: 'refused',
    code: 'charge_already_refunded',
  });
  expect(await refund('rfd_of_nothing', 'pi_nobody')).toMatchObject({ kind: 'refused', code: 'resource_missing' });
  const lost = { refundId: 'rfd_pending', pspPaymentId: 'pi_nobody', pspRefundId: 're_nobody' };
  expect(await psp.enquireRefund(lost)).toMatchObject({ kind: 'unknown' });
});

test('an unanswered refund is unknown; one that was turned away did not start', async () => {
  const pspPaymentId = await paid('att_refund_trouble');
  wire.rule(async () => ({ status: 500, headers: { 'content-type': 'application/json' }, body: SERVER_ERROR }));
  expect(await refund('rfd_500', pspPaymentId)).toMatchObject({ kind: 'unknown', reason: 'http_500' });
  wire.rule(async () => ({ status: 429, headers: { 'content-type': 'application/json' }, body: SERVER_ERROR }));
  expect(await refund('rfd_429', pspPaymentId)).toMatchObject({ kind: 'not_started', reason: 'rate_limited' });
  wire.rule();
});

test('a decline is told with its code, the same by asking', async () => {
  expect(await charge('att_declined', 'tok_visa_chargeDeclinedInsufficientFunds')).toMatchObject({
    kind: 'declined',
    code: 'insufficient_funds',
  });
  expect(await psp.enquire(direct('att_declined'))).toMatchObject({ kind: 'declined', code: 'insufficient_funds' });
});

test('what the provider will not process is refused: an unknown token, a key used for another amount', async () => {
  expect(await charge('att_token', 'tok_nobody')).toMatchObject({ kind: 'refused' });
  await charge('att_amount');
  expect(await charge('att_amount', 'tok_visa', 1n)).toMatchObject({ kind: 'refused' });
});

test('each amount and currency reaches the provider exactly', async () => {
  const cases = [
    [1n, 'USD'],
    [99_999_999n, 'USD'],
    [500n, 'JPY'],
    [1_230n, 'KWD'],
  ] as const;
  for (const [amountMinor, currency] of cases) {
    const attemptId = `att_${currency}_${amountMinor}`;
    const outcome = await psp.charge({
      attemptId,
      checkoutId: 'c',
      orderIds: [],
      amount: { amountMinor, currency },
      paymentMethod: 'tok_visa',
    });
    expect(outcome).toMatchObject({ kind: 'succeeded', amountMinor, currency });
  }
});

const SERVER_ERROR = JSON.stringify({ error: { type: 'api_error', message: 'x' } });

test('the SDK sends nothing again by itself, save once after a cut connection and then under the same key', async () => {
  wire.calls.length = 0;
  wire.rule(async () => ({ status: 500, headers: { 'content-type': 'application/json' }, body: SERVER_ERROR }));
  expect(await charge('att_500')).toMatchObject({ kind: 'unknown', reason: 'http_500' });
  wire.rule(async () => ({ status: 429, headers: { 'content-type': 'application/json' }, body: SERVER_ERROR }));
  expect(await charge('att_429')).toMatchObject({ kind: 'not_started', reason: 'rate_limited' });
  wire.rule(async () => 'cut');
  expect(await charge('att_cut')).toMatchObject({ kind: 'unknown' });
  wire.rule();
  expect(wire.calls.map((call) => call.idempotencyKey)).toEqual(['att_500', 'att_429', 'att_cut', 'att_cut']);
});

test.each([
  ['charge', () => charge('att_tx')],
  [
    'openSession',
    () =>
      psp.openSession({
        attemptId: 'a',
        checkoutId: 'c',
        orderIds: [],
        buyerEmail: '',
        lines: [],
        successUrl: '',
        cancelUrl: '',
      }),
  ],
  ['expireSession', () => psp.expireSession(direct('att_tx'))],
  ['enquire', () => psp.enquire(direct('att_tx'))],
  ['refund', () => refund('rfd_tx', 'pi')],
  ['enquireRefund', () => psp.enquireRefund({ refundId: 'rfd_tx', pspPaymentId: 'pi', pspRefundId: null })],
])('%s is never called inside a database transaction: it throws, and nothing is sent', async (_, call) => {
  wire.calls.length = 0;
  await expect(runInTransaction<unknown>(() => call())).rejects.toThrow('must not stand inside a database transaction');
  expect(wire.calls).toEqual([]);
});

test('a provider that is not there did nothing', async () => {
  await wire.unplug();
  expect(await charge('att_down')).toMatchObject({ kind: 'not_started', reason: 'ECONNREFUSED' });
  await wire.plugIn();
  expect(await charge('att_down')).toMatchObject({ kind: 'succeeded' });
});
