import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { metrics } from '#observability';
import { type Outcome, psp } from '#psp';
import { makeDue, type PaymentSystem, samplePayment, startPaymentSystem, type WireAnswer } from '#testing';
import { applyOutcome } from './apply-outcomes.ts';
import { askAgain } from './ask-again.ts';
import { MAX_SENDS } from './attempt-state.ts';
import { createCheckout } from './create-checkout.ts';
import { findPayment, getCheckout } from './get-checkout.ts';
import type { PaymentRequest } from './request.ts';
import { resolveAttempts } from './resolve-attempts.ts';
import { startHostedPayment } from './start-hosted-payment.ts';
import { drainPayments, takePayment } from './take-payment.ts';

const SHOP = 'key:shop';
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('retries', { env: { PSP_TIMEOUT_MS: '1000' } });
});

afterEach(async () => {
  system.wire.rule();
  await drainPayments();
});

afterAll(() => system.stop());

interface AttemptRow {
  readonly id: string;
  readonly state: string;
  readonly tries: number;
  readonly sends: number;
  /** Seconds until the next look. */
  readonly wait: number;
}

async function attemptOf({ checkoutId }: Pick<PaymentRequest, 'checkoutId'>): Promise<AttemptRow> {
  const { rows } = await system.owner.query<AttemptRow>(
    `select id, state, tries, sends, extract(epoch from resolve_at - now())::float8 as wait
     from payment_attempts where checkout_id = $1 order by attempt_no desc limit 1`,
    [checkoutId],
  );
  return rows[0] as AttemptRow;
}

async function lettersOf({ checkoutId }: Pick<PaymentRequest, 'checkoutId'>) {
  const { rows } = await system.owner.query<{ cause: string; resolution: string | null }>(
    `select cause, resolution from dead_letters where subject_id in (select id from payment_attempts where checkout_id = $1) order by id`,
    [checkoutId],
  );
  return rows;
}

const json = { 'content-type': 'application/json' };
const answer = (status: number, error: object, headers: Record<string, string> = {}): WireAnswer => ({
  status,
  headers: { ...json, ...headers },
  body: JSON.stringify({ error }),
});
/** The provider says that the first request with the key still runs: no answer, and yet no sign of trouble for the breaker. */
const STILL_RUNNING = answer(409, { type: 'idempotency_error', code: 'idempotency_key_in_use', message: 'running' });
const SILENCE: Outcome = { kind: 'unknown', reason: 'ETIMEDOUT' };

/** Calls to charge on the wire, by key. */
const sendsOf = (attemptId: string) => system.wire.calls.filter((call) => call.idempotencyKey === attemptId).length;
const asksSince = (from: number) => system.wire.calls.slice(from).filter((call) => call.method === 'GET').length;

/** A payment that the provider carries out, and for which nobody answers until a person was told. */
async function chargedButUnanswered(): Promise<{ request: PaymentRequest; attemptId: string }> {
  const request = samplePayment();
  system.wire.rule(async (call, forward) => {
    const real = await forward();
    return call.method === 'POST' ? STILL_RUNNING : real;
  });
  await takePayment(request, SHOP, { waitMs: 0 });
  await system.reaches(request.checkoutId, 'UNKNOWN');
  system.wire.rule();
  const { id: attemptId } = await attemptOf(request);
  for (let look = 0; look < 5; look += 1) await applyOutcome({ attemptId, outcome: SILENCE, actor: 'resolver' });
  await system.reaches(request.checkoutId, 'MANUAL_REVIEW');
  return { request, attemptId };
}

describe('after a person was told', () => {
  test('the answer that the worker finds settles the order, and closes what the person was asked', async () => {
    const { request } = await chargedButUnanswered();
    expect(await lettersOf(request)).toEqual([{ cause: 'outcome_unknown', resolution: null }]);
    await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
    expect(await lettersOf(request)).toEqual([
      { cause: 'outcome_unknown', resolution: 'resolver: captured by the provider' },
    ]);
    expect(await system.charges(request.orders[0]?.paymentOrderId)).toHaveLength(1);
  });

  test('a webhook settles it as well, and the record says that it was the webhook', async () => {
    const { request, attemptId } = await chargedButUnanswered();
    const truth = await psp().enquire({ attemptId, kind: 'direct', pspPaymentId: null, pspSessionId: null });
    await applyOutcome({ attemptId, outcome: truth as Outcome, actor: 'webhook' });
    expect(await lettersOf(request)).toMatchObject([{ resolution: 'webhook: captured by the provider' }]);
    expect((await getCheckout(request.checkoutId)).status).toBe('COMPLETED');
  });

  test('a payment cancelled at the provider fails the order, and the question is closed', async () => {
    const { request, attemptId } = await chargedButUnanswered();
    await applyOutcome({ attemptId, outcome: { kind: 'cancelled' }, actor: 'webhook' });
    expect((await getCheckout(request.checkoutId)).orders).toMatchObject([{ status: 'FAILED' }]);
    expect(await lettersOf(request)).toMatchObject([{ resolution: 'webhook: cancelled before payment' }]);
    // What it did take after all is held for the buyer, as any late money, so that the books below agree.
    const truth = await psp().enquire({ attemptId, kind: 'direct', pspPaymentId: null, pspSessionId: null });
    await applyOutcome({ attemptId, outcome: truth as Outcome, actor: 'webhook' });
  });

  test('it is only asked about, each time later, and sent again only when that person pushes it', async () => {
    const request = samplePayment();
    system.wire.rule(async (call, forward) => (call.method === 'POST' ? STILL_RUNNING : forward()));
    await takePayment(request, SHOP, { waitMs: 0 });
    await system.reaches(request.checkoutId, 'MANUAL_REVIEW', { resolving: true });
    const { id, sends } = await attemptOf(request);
    expect([sends, sendsOf(id)]).toEqual([MAX_SENDS, MAX_SENDS]);
    for (const wait of [120, 300, 600]) {
      const before = system.wire.calls.length;
      await vi.waitFor(async () => {
        await makeDue(system.owner);
        expect(await resolveAttempts(10)).toBe(1);
      });
      expect([asksSince(before), sendsOf(id)]).toEqual([1, MAX_SENDS]);
      const now = await attemptOf(request);
      expect(now.wait).toBeGreaterThan(wait - 10);
      expect(now.wait).toBeLessThan(wait * 1.25 + 1);
    }
    await askAgain(id, 'user:1', 'the provider is back');
    await system.reaches(request.checkoutId, 'MANUAL_REVIEW', { resolving: true });
    await vi.waitFor(async () => {
      await system.resolveNow();
      expect((await attemptOf(request)).tries).toBeGreaterThanOrEqual(6);
    });
    expect(sendsOf(id)).toBeLessThanOrEqual(2 * MAX_SENDS);
    system.wire.rule();
    await askAgain(id, 'user:1', 'now it is');
    await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
    expect(await system.charges(request.orders[0]?.paymentOrderId)).toHaveLength(1);
  });
});

describe('a stuck payment that somebody reads', () => {
  test('is asked about at once, not more than once in 30 s however many read, and uses up no try', async () => {
    const { request } = await chargedButUnanswered();
    const silent = vi.fn();
    system.wire.rule(async () => {
      silent();
      return STILL_RUNNING;
    });
    const orderId = request.orders[0]?.paymentOrderId ?? '';
    const { tries, wait } = await attemptOf(request);
    expect(wait).toBeGreaterThan(30);
    for (const round of [1, 2]) {
      await system.owner.query(
        `update payment_attempts set asked_at = now() - interval '31 s', resolve_at = now() + interval '1 hour' where checkout_id = $1`,
        [request.checkoutId],
      );
      await vi.waitFor(async () => {
        await findPayment(orderId, SHOP);
        expect((await attemptOf(request)).wait).toBeLessThanOrEqual(0);
      });
      await Promise.all(Array.from({ length: 20 }, () => findPayment(orderId, SHOP)));
      expect(await resolveAttempts(10)).toBe(1);
      for (let reader = 0; reader < 50; reader += 1) await findPayment(orderId, SHOP);
      expect(await resolveAttempts(10)).toBe(0);
      expect(silent).toHaveBeenCalledTimes(round);
      expect(await attemptOf(request)).toMatchObject({ tries, state: 'UNKNOWN' });
      expect((await attemptOf(request)).wait).toBeGreaterThan(30);
    }
    system.wire.rule();
    await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
  });

  test('is left alone while its first call may still be answered', async () => {
    const request = samplePayment();
    let release = () => {};
    const held = new Promise<void>((done) => {
      release = done;
    });
    system.wire.rule(async (_, forward) => {
      await held;
      return forward();
    });
    await takePayment(request, SHOP, { waitMs: 0 });
    await findPayment(request.checkoutId, SHOP);
    expect((await attemptOf(request)).wait).toBeGreaterThan(5);
    release();
    await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
  });
});

test('Retry-After of a 429 is obeyed by the worker and by every reader; then the same key is charged once', async () => {
  const request = samplePayment();
  const limited = answer(429, { type: 'rate_limit_error', message: 'slow down' }, { 'retry-after': '120' });
  system.wire.rule(async (call, forward) => (call.method === 'POST' ? limited : forward()));
  // A caller that does not insist is not held until it is sent again.
  const { checkout } = await takePayment(request, SHOP, { waitMs: 60_000 });
  expect(checkout.orders).toMatchObject([{ status: 'EXECUTING' }]);
  const { id, wait, ...attempt } = await attemptOf(request);
  expect(attempt).toMatchObject({ state: 'PENDING', tries: 1, sends: 0 });
  expect(wait).toBeGreaterThan(115);
  await system.owner.query(`update payment_attempts set created_at = now() - interval '1 minute' where id = $1`, [id]);
  for (let reader = 0; reader < 5; reader += 1) await findPayment(request.checkoutId, SHOP);
  expect(await resolveAttempts(10)).toBe(0);
  expect(sendsOf(id)).toBe(1);
  system.wire.rule();
  await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
  expect(sendsOf(id)).toBe(2);
  expect(await system.charges(request.orders[0]?.paymentOrderId)).toHaveLength(1);
});

test('what the provider will never process is sent once, and never again', async () => {
  const request = samplePayment();
  const refused = answer(400, { type: 'invalid_request_error', code: 'parameter_invalid', message: 'no' });
  system.wire.rule(async (call, forward) => (call.method === 'POST' ? refused : forward()));
  await takePayment(request, SHOP, { waitMs: 10_000 });
  const { id } = await attemptOf(request);
  for (let round = 0; round < 5; round += 1) await system.resolveNow();
  await expect(askAgain(id, 'user:1', 'once more')).rejects.toMatchObject({ code: 'checkout_not_payable' });
  expect(await resolveAttempts(10)).toBe(0);
  expect(sendsOf(id)).toBe(1);
  expect((await getCheckout(request.checkoutId)).orders).toMatchObject([{ status: 'FAILED' }]);
});

test('however often a shopper presses pay while the provider does not answer, the order waits, and the page opens once it does', async () => {
  const { payment: _, ...input } = samplePayment();
  const { checkoutId } = await createCheckout(input, 'guest');
  system.wire.rule(async () => STILL_RUNNING);
  for (let click = 0; click < 10; click += 1)
    await expect(startHostedPayment(checkoutId)).rejects.toMatchObject({ code: 'psp_unavailable' });
  expect(await attemptOf({ checkoutId })).toMatchObject({ state: 'PENDING', tries: 0 });
  for (let look = 0; look < 8; look += 1) await system.resolveNow();
  expect(await getCheckout(checkoutId)).toMatchObject({ payable: true, orders: [{ status: 'EXECUTING' }] });
  expect(await lettersOf({ checkoutId })).toEqual([]);
  system.wire.rule();
  const { redirectUrl } = await startHostedPayment(checkoutId);
  await system.payPage(redirectUrl);
  await system.reaches(checkoutId, 'SUCCESS', { resolving: true });
});

test('a page that could not be opened for an hour expires, and nobody is bothered', async () => {
  const { payment: _, ...input } = samplePayment();
  const { checkoutId } = await createCheckout(input, 'guest');
  system.wire.rule(async () => STILL_RUNNING);
  await expect(startHostedPayment(checkoutId)).rejects.toMatchObject({ code: 'psp_unavailable' });
  await system.owner.query(
    `update payment_attempts set created_at = now() - interval '61 minutes' where checkout_id = $1`,
    [checkoutId],
  );
  await system.reaches(checkoutId, 'EXPIRED', { resolving: true });
  expect(await lettersOf({ checkoutId })).toEqual([]);
});

test('in a storm of unanswered payments retries stay within their budget, on the wire, and all are paid once it is over', async () => {
  const budgetEmpty = async () =>
    /psp_calls_put_off_total\{[^}]*reason="retry_budget_empty"\} [1-9]/.test(
      await metrics().getSingleMetricAsString('psp_calls_put_off_total'),
    );
  const requests = Array.from({ length: 60 }, () => samplePayment());
  system.wire.rule(async (call, forward) => {
    if (call.method === 'POST') await forward();
    return STILL_RUNNING;
  });
  const from = system.wire.calls.length;
  const started = performance.now();
  await Promise.all(requests.map((request) => takePayment(request, SHOP, { waitMs: 0 })));
  await drainPayments();
  await vi.waitFor(
    async () => {
      await system.resolveNow();
      expect(await budgetEmpty()).toBe(true);
    },
    { timeout: 20_000, interval: 10 },
  );
  for (let round = 0; round < 20; round += 1) await system.resolveNow();
  const seconds = (performance.now() - started) / 1_000;
  const retries = system.wire.calls.length - from - requests.length;
  expect(retries).toBeGreaterThan(0);
  expect(retries).toBeLessThanOrEqual(requests.length / 5 + 10 * seconds + 50);
  system.wire.rule();
  for (const request of requests) await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
}, 120_000);

test('after all of it the books add up, and agree with the journal of the provider', async () => {
  expect(await system.problems()).toEqual([]);
});
