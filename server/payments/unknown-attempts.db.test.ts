import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { pool } from '#db';
import { psp } from '#psp';
import { type PaymentSystem, samplePayment, startPaymentSystem, type WireAnswer } from '#testing';
import { applyOutcome } from './apply-outcomes.ts';
import { askAgain } from './ask-again.ts';
import { TRIES_UNTIL_TOLD } from './attempt-state.ts';
import { createCheckout } from './create-checkout.ts';
import { askLeave, claimDue } from './due-attempts.ts';
import { getCheckout } from './get-checkout.ts';
import type { PaymentRequest } from './request.ts';
import { retryPayment } from './retry-payment.ts';
import { startHostedPayment } from './start-hosted-payment.ts';
import { drainPayments, takePayment } from './take-payment.ts';

const SHOP = 'key:shop';
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('unknown', { env: { PSP_TIMEOUT_MS: '1000' } });
});

afterEach(async () => {
  system.wire.rule();
  await drainPayments();
});

afterAll(() => system.stop());

const orderIdOf = (request: PaymentRequest) => request.orders[0]?.paymentOrderId ?? '';

async function attemptsOf({ checkoutId }: Pick<PaymentRequest, 'checkoutId'>) {
  const { rows } = await system.owner.query<{ id: string; state: string; sends: number; decline_code: string | null }>(
    'select id, state, sends, decline_code from payment_attempts where checkout_id = $1 order by attempt_no',
    [checkoutId],
  );
  return rows;
}

async function lettersOf({ checkoutId }: Pick<PaymentRequest, 'checkoutId'>) {
  const { rows } = await system.owner.query<{ cause: string; resolution: string | null }>(
    `select cause, resolution from dead_letters where subject_id in (select id from payment_attempts where checkout_id = $1) order by id`,
    [checkoutId],
  );
  return rows;
}

async function historyOf(request: PaymentRequest): Promise<string[]> {
  const { rows } = await system.owner.query<{ to_state: string }>(
    'select to_state from order_transitions where payment_order_id = $1 order by seq',
    [orderIdOf(request)],
  );
  return rows.map((row) => row.to_state);
}

async function balanceOf(code: string): Promise<bigint> {
  const { rows } = await pool().query<{ balance: bigint }>('select balance from ledger_accounts where code = $1', [
    code,
  ]);
  return rows[0]?.balance ?? 0n;
}

describe('a token that needs 3-D Secure, and whose first answer was lost', () => {
  async function answerLost(seller: string): Promise<PaymentRequest> {
    const request = samplePayment({ token: 'tok_threeDSecure2Required', orders: [{ seller }] });
    system.wire.rule(async (call, forward) => {
      const answer = await forward();
      return call.method === 'POST' ? 'cut' : answer;
    });
    await takePayment(request, SHOP, { waitMs: 0 });
    await system.reaches(request.checkoutId, 'UNKNOWN');
    system.wire.rule();
    return request;
  }

  /** What the shopper does on the bank's page. */
  async function authenticate(pageUrl: string | null, outcome: 'approve' | 'fail'): Promise<void> {
    const page = new URL(pageUrl ?? '');
    const form = { client_secret: page.searchParams.get('client_secret') ?? '', outcome };
    const answer = await fetch(page, { method: 'POST', body: new URLSearchParams(form) });
    expect(answer.status).toBe(200);
  }

  test('waits for the shopper once the worker has asked, and is charged and credited once', async () => {
    const request = await answerLost('seller_3ds');
    const waiting = await system.reaches(request.checkoutId, 'REQUIRES_ACTION', { resolving: true });
    expect(waiting.orders).toMatchObject([{ status: 'REQUIRES_ACTION', unknown: false }]);
    await authenticate(waiting.pageUrl, 'approve');
    await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
    const path = ['EXECUTING', 'UNKNOWN', 'REQUIRES_ACTION', 'EXECUTING', 'SUCCESS'];
    expect(await historyOf(request)).toEqual(path);
    expect(await system.charges(orderIdOf(request))).toHaveLength(1);
    expect(await balanceOf('seller_pending:seller_3ds:USD')).toBe(-2_925n);
  });

  test('fails when the shopper does not pass, and nothing is taken', async () => {
    const request = await answerLost('seller_3ds_failed');
    const { pageUrl } = await system.reaches(request.checkoutId, 'REQUIRES_ACTION', { resolving: true });
    await authenticate(pageUrl, 'fail');
    await system.reaches(request.checkoutId, 'FAILED', { resolving: true });
    expect(await system.charges(orderIdOf(request))).toEqual([]);
  });

  test('leaves review as well, and what a person was asked is answered', async () => {
    const request = await answerLost('seller_3ds_review');
    const [attempt] = await attemptsOf(request);
    for (let look = 0; look < 5; look += 1)
      await applyOutcome({
        attemptId: attempt?.id ?? '',
        outcome: { kind: 'unknown', reason: 'ETIMEDOUT' },
        actor: 'resolver',
      });
    await system.reaches(request.checkoutId, 'MANUAL_REVIEW');
    expect(await lettersOf(request)).toEqual([{ cause: 'outcome_unknown', resolution: null }]);
    const { pageUrl } = await system.reaches(request.checkoutId, 'REQUIRES_ACTION', { resolving: true });
    expect(await lettersOf(request)).toMatchObject([{ resolution: 'resolver: waiting for the shopper' }]);
    await authenticate(pageUrl, 'approve');
    await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
  });

  test('an order that was left UNKNOWN beside its open page follows when the page is asked about again', async () => {
    const request = await answerLost('seller_3ds_left');
    await system.owner.query(
      `update payment_attempts a set state = 'REQUIRES_ACTION', page_url = 'https://psp.test/page' where checkout_id = $1`,
      [request.checkoutId],
    );
    await system.reaches(request.checkoutId, 'REQUIRES_ACTION', { resolving: true });
  });
});

describe('an attempt in the dark whose order an earlier one has paid', () => {
  const declined = { type: 'card_error', code: 'card_declined', decline_code: 'do_not_honor', message: 'no' };
  const lie = (status: number, error: object): WireAnswer => {
    return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) };
  };
  const sendsOf = (attemptId: string) => system.wire.calls.filter((call) => call.idempotencyKey === attemptId).length;

  /** The provider's true word about an attempt, as a webhook brings it. */
  async function tellTruth(attemptId: string, kind: 'direct' | 'hosted' = 'direct'): Promise<void> {
    const outcome = await psp().enquire({ attemptId, kind, pspPaymentId: null, pspSessionId: null });
    expect(outcome.kind).toBe('succeeded');
    await applyOutcome({ attemptId, outcome, actor: 'webhook' });
  }

  /**
   * The first attempt was charged and told as declined. The second was sent, has not arrived and had no answer when the money of the
   * first came up. `arrive` brings it to the provider after all.
   */
  async function overtaken() {
    const request = samplePayment({ orders: [{ seller: 'seller_overtaken' }] });
    system.wire.rule(async (call, forward) => {
      const answer = await forward();
      return call.method === 'POST' ? lie(402, declined) : answer;
    });
    await takePayment(request, SHOP, { waitMs: 5_000 });
    const { promise: arrival, resolve: arrive } = Promise.withResolvers<void>();
    const { promise: done, resolve: arrived } = Promise.withResolvers<void>();
    system.wire.rule(async (call, forward) => {
      if (call.method !== 'POST') return forward();
      await arrival;
      await forward();
      arrived();
      return 'cut';
    });
    await retryPayment(orderIdOf(request), { token: 'tok_visa' }, SHOP, { waitMs: 0 });
    await system.reaches(request.checkoutId, 'UNKNOWN');
    const [first, second] = await attemptsOf(request);
    if (!first || !second) throw new Error('there are two attempts');
    await tellTruth(first.id);
    await system.reaches(request.checkoutId, 'SUCCESS');
    return {
      request,
      second,
      arrive: async () => {
        arrive();
        await done;
        system.wire.rule();
      },
    };
  }

  /** Looks until the attempt has ended; answers how many looks it took. */
  async function looksUntilEnded(request: PaymentRequest): Promise<number> {
    for (let looks = 0; looks < 20; looks += 1) {
      const last = (await attemptsOf(request)).at(-1);
      if (last?.state !== 'UNKNOWN') return looks;
      await system.resolveNow();
    }
    throw new Error('the attempt never ended');
  }

  /** Late money is given back, once, and booked. */
  async function goesBack(attemptId: string): Promise<void> {
    await vi.waitFor(async () => {
      await system.refundNow();
      const { rows } = await system.owner.query('select state from refunds where attempt_id = $1', [attemptId]);
      expect(rows).toEqual([{ state: 'SUCCEEDED' }]);
    });
    expect(await system.refunds(attemptId)).toMatchObject([{ status: 'succeeded', amount: 2_999 }]);
  }

  test('is asked about, never sent again, and called off when nothing is found for long enough; nobody is told', async () => {
    const { request, second, arrive } = await overtaken();
    // One answer stayed out; then the rest of the quick looks, and the one after a minute.
    expect(await looksUntilEnded(request)).toBe(TRIES_UNTIL_TOLD);
    expect((await attemptsOf(request))[1]).toMatchObject({
      state: 'CANCELLED',
      sends: 1,
      decline_code: 'never_reached_psp',
    });
    expect(sendsOf(second.id)).toBe(1);
    expect(await lettersOf(request)).toEqual([]);
    expect(await system.charges(orderIdOf(request))).toHaveLength(1);
    const credit = await balanceOf('seller_pending:seller_overtaken:USD');
    // Long after, the only send arrives: late money, which goes back by itself.
    await arrive();
    await tellTruth(second.id);
    expect((await getCheckout(request.checkoutId)).orders).toMatchObject([{ status: 'SUCCESS' }]);
    expect(await balanceOf('seller_pending:seller_overtaken:USD')).toBe(credit);
    await goesBack(second.id);
  });

  test('and that did arrive is found by asking; its money goes back', async () => {
    const { request, second, arrive } = await overtaken();
    await arrive();
    await looksUntilEnded(request);
    expect((await attemptsOf(request))[1]).toMatchObject({ state: 'SUCCEEDED', sends: 1 });
    expect(sendsOf(second.id)).toBe(1);
    await goesBack(second.id);
  });

  test('is not sent again either when a person has it asked about', async () => {
    const { request, second, arrive } = await overtaken();
    await askAgain(second.id, 'user:1', 'the provider is back');
    await looksUntilEnded(request);
    expect((await attemptsOf(request))[1]).toMatchObject({ state: 'CANCELLED', sends: 1 });
    expect(sendsOf(second.id)).toBe(1);
    await arrive();
    await tellTruth(second.id);
  });

  /** The provider opened the first page and told us that it refused, so that another attempt may follow. */
  async function refusedButOpen() {
    const { payment: _, ...input } = samplePayment();
    const { checkoutId } = await createCheckout(input, 'guest');
    let firstPage = '';
    system.wire.rule(async (call, forward) => {
      if (call.method !== 'POST') return forward();
      firstPage = JSON.parse((await forward()).body).url;
      return lie(400, { type: 'invalid_request_error', code: 'parameter_invalid', message: 'no' });
    });
    await expect(startHostedPayment(checkoutId)).rejects.toMatchObject({ code: 'psp_unavailable' });
    const [first] = await attemptsOf({ checkoutId });
    return { checkoutId, firstId: first?.id ?? '', firstPage };
  }

  test('opens no page when somebody presses pay, and shows none', async () => {
    const { checkoutId, firstId, firstPage } = await refusedButOpen();
    system.wire.rule(async (call, forward) => (call.method === 'POST' ? 'cut' : forward()));
    await expect(startHostedPayment(checkoutId)).rejects.toMatchObject({ code: 'psp_unavailable' });
    system.wire.rule();
    const [, second] = await attemptsOf({ checkoutId });
    await system.payPage(firstPage);
    await tellTruth(firstId, 'hosted');
    await system.reaches(checkoutId, 'SUCCESS');
    const before = sendsOf(second?.id ?? '');
    await expect(startHostedPayment(checkoutId)).rejects.toMatchObject({ code: 'checkout_not_payable' });
    expect(sendsOf(second?.id ?? '')).toBe(before);
    expect(await getCheckout(checkoutId)).toMatchObject({ payable: false, pageUrl: null });
  });

  test('sends nobody to a page that was being opened when the money came', async () => {
    const { checkoutId, firstId, firstPage } = await refusedButOpen();
    await system.payPage(firstPage);
    system.wire.rule(async (call, forward) => {
      if (call.method === 'POST') await tellTruth(firstId, 'hosted');
      return forward();
    });
    await expect(startHostedPayment(checkoutId)).rejects.toMatchObject({ code: 'checkout_not_payable' });
    expect(await getCheckout(checkoutId)).toMatchObject({ payable: false, pageUrl: null });
  });
});

test('after all of it the books add up, and agree with the journal of the provider', async () => {
  expect(await system.problems()).toEqual([]);
});

test('who slept past its lease gets no leave to send, although the attempt is still in the dark', async () => {
  const request = samplePayment({ token: 'tok_forgotten' });
  await takePayment(request, SHOP, { waitMs: 0 });
  await system.reaches(request.checkoutId, 'UNKNOWN');
  const [attempt] = await attemptsOf(request);
  const claim = async () => {
    await system.owner.query('update payment_attempts set resolve_at = now() where id = $1', [attempt?.id]);
    return (await claimDue({ most: 500, retries: 500 })).filter((one) => one.id === attempt?.id);
  };
  const [[sleeper], [other]] = [await claim(), await claim()];
  if (!sleeper || !other) throw new Error('the attempt is due');
  expect(await askLeave(sleeper)).toBe('lost');
  expect(await askLeave(other)).toBe('send');
});
