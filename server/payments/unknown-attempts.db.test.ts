import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { pool } from '#db';
import { type PaymentSystem, samplePayment, startPaymentSystem } from '#testing';
import { applyOutcome } from './apply-outcomes.ts';
import type { PaymentRequest } from './request.ts';
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

test('after all of it the books add up, and agree with the journal of the provider', async () => {
  expect(await system.problems()).toEqual([]);
});
