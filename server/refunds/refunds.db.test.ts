import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { lanePool, pool } from '#db';
import { observeCheckpoints } from '#kernel';
import {
  applyOutcome,
  createCheckout,
  drainPayments,
  getCheckout,
  type PaymentRequest,
  retryPayment,
  startHostedPayment,
  takePayment,
} from '#payments';
import { psp, type RefundOutcome } from '#psp';
import { type PaymentSystem, samplePayment, startPaymentSystem, type WireCall, type WireRule } from '#testing';
import { applyRefundOutcomes } from './apply-refund-outcomes.ts';
import { openRefunds } from './open-refunds.ts';
import { listRefundsOf, type RefundView } from './refunds.queries.ts';
import { closeRefundLetter, retryRefund } from './retry-refund.ts';
import { submitRefunds } from './submit-refunds.ts';

const SHOP = 'key:shop';
const SOON = { timeout: 20_000, interval: 40 };
const PENDING_CARD = '4000000000007726';
const FAILING_CARD = '4000000000005126';
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('refunds', {
    webhooks: true,
    env: { PSP_TIMEOUT_MS: '1000' },
    simulatorEnv: { PSP_REFUND_DELAY_MS: '600', PSP_WEBHOOK_RETRY_BASE_MS: '100' },
  });
});

afterEach(async () => {
  observeCheckpoints(undefined);
  system.wire.rule();
  await drainPayments();
  // Whatever a test was about: in the end the books agree with the provider, and suspense holds what has not gone back.
  await vi.waitFor(async () => {
    while ((await system.handleInbox()) > 0);
    expect(await system.problems()).toEqual([]);
  }, SOON);
});

afterAll(() => system.stop());

interface Late {
  readonly checkoutId: string;
  readonly attemptId: string;
}

/** Handles webhooks until every order of the checkout is in the state. */
async function follow(checkoutId: string, state: string): Promise<void> {
  await vi.waitFor(async () => {
    await system.handleInbox();
    const { orders } = await getCheckout(checkoutId);
    expect(orders.map((order) => order.status)).toEqual(orders.map(() => state));
  }, SOON);
}

async function attemptIdsOf(checkoutId: string): Promise<string[]> {
  const { rows } = await system.owner.query<{ id: string }>(
    'select id from payment_attempts where checkout_id = $1 order by attempt_no, id',
    [checkoutId],
  );
  return rows.map((row) => row.id);
}

/** A hosted page of two orders that is paid although we were told that it is closed. */
async function paidAfter(end: 'expired' | 'cancelled', card?: string): Promise<Late> {
  const { payment: _, ...input } = samplePayment({ orders: [{ amount: '20.00' }, { amount: '9.99' }] });
  const { checkoutId } = await createCheckout(input, 'guest');
  const { redirectUrl } = await startHostedPayment(checkoutId);
  const [attemptId = ''] = await attemptIdsOf(checkoutId);
  await applyOutcome({ attemptId, outcome: { kind: end }, actor: 'webhook' });
  expect((await system.payPage(redirectUrl, card)).body).toMatchObject({ payment_status: 'paid' });
  await follow(checkoutId, 'LATE_SUCCESS');
  return { checkoutId, attemptId };
}

/** The provider charges and says that it declined. */
const chargeAndDecline: WireRule = async (call, forward) => {
  if (call.method !== 'POST') return forward();
  await forward();
  const error = { type: 'card_error', code: 'card_declined', decline_code: 'do_not_honor', message: 'no' };
  return { status: 402, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) };
};

async function chargedThoughDeclined(token?: string): Promise<{ request: PaymentRequest; attemptId: string }> {
  const request = samplePayment(token ? { token } : {});
  system.wire.rule(chargeAndDecline);
  await takePayment(request, SHOP, { waitMs: 5_000 });
  system.wire.rule();
  const [attemptId = ''] = await attemptIdsOf(request.checkoutId);
  return { request, attemptId };
}

async function paidAfterFailure(token?: string): Promise<Late> {
  const { request, attemptId } = await chargedThoughDeclined(token);
  await follow(request.checkoutId, 'LATE_SUCCESS');
  return { checkoutId: request.checkoutId, attemptId };
}

async function refundOf(attemptId: string): Promise<RefundView | undefined> {
  return (await listRefundsOf([attemptId])).at(-1);
}

const stateOf = async (attemptId: string) => (await refundOf(attemptId))?.state;
const reachesRefund = (attemptId: string, state: string, meanwhile: () => Promise<unknown> = async () => undefined) =>
  vi.waitFor(async () => {
    await meanwhile();
    expect(await stateOf(attemptId)).toBe(state);
  }, SOON);

async function rows<Row>(text: string, ...values: unknown[]): Promise<Row[]> {
  return (await system.owner.query(text, values)).rows;
}

const lettersOf = async (refundId: string | undefined) =>
  (
    await rows<{ cause: string }>(
      `select cause from dead_letters where kind = 'refund' and subject_id = $1 and resolved_at is null`,
      refundId,
    )
  ).map((row) => row.cause);

async function suspense(): Promise<bigint> {
  const { rows: found } = await pool().query<{ balance: bigint }>(
    `select balance from ledger_accounts where code = 'suspense:platform:USD'`,
  );
  return found[0]?.balance ?? 0n;
}

const isRefund = ({ method, path }: WireCall) => method === 'POST' && path === '/v1/refunds';
const refundCalls = () => system.wire.calls.filter(isRefund);
const breaking =
  (answer: (forward: Parameters<WireRule>[1]) => ReturnType<WireRule>): WireRule =>
  (call, forward) =>
    isRefund(call) ? answer(forward) : forward();

async function expectGivenBack({ checkoutId, attemptId }: Late, amount = 2_999): Promise<void> {
  expect(await listRefundsOf([attemptId])).toMatchObject([{ state: 'SUCCEEDED', resolveAt: null, error: null }]);
  expect(await system.refunds(attemptId)).toMatchObject([{ amount, status: 'succeeded' }]);
  const [attempt] = await rows<object>(
    'select held_minor, refund_due, refunded_minor from payment_attempts where id = $1',
    attemptId,
  );
  expect(attempt).toEqual({ held_minor: String(amount), refund_due: false, refunded_minor: String(amount) });
  const { orders } = await getCheckout(checkoutId);
  expect(new Set(orders.map((order) => order.status))).not.toContain('LATE_SUCCESS');
}

/** Twenty workers at once: each opens, submits and handles webhooks until nothing is left. */
async function twentyWorkers(): Promise<void> {
  const worker = async () => {
    for (let idle = 0; idle < 3; ) {
      const done = [await openRefunds(10), await submitRefunds(10), await system.handleInbox()];
      idle = done.some((one) => one > 0) ? 0 : idle + 1;
    }
  };
  await Promise.all(Array.from({ length: 20 }, worker));
}

describe('money that came too late goes back once, with twenty workers and its webhooks at once', () => {
  test.each(['expired', 'cancelled'] as const)('after the checkout %s', async (end) => {
    const before = await suspense();
    const late = await paidAfter(end);
    expect(await suspense()).toBe(before - 2_999n);
    await twentyWorkers();
    await reachesRefund(late.attemptId, 'SUCCEEDED', system.handleInbox);
    await expectGivenBack(late);
    expect(await suspense()).toBe(before);
    expect((await getCheckout(late.checkoutId)).orders.map((order) => order.status)).toEqual([
      'AUTO_REFUNDING',
      'AUTO_REFUNDING',
    ]);
  });

  test('after the payment had failed', async () => {
    const before = await suspense();
    const late = await paidAfterFailure();
    await twentyWorkers();
    await expectGivenBack(late);
    expect(await suspense()).toBe(before);
    const [letters] = await rows<{ open: string }>(
      'select count(*) as open from dead_letters where resolved_at is null',
    );
    expect(letters).toEqual({ open: '0' });
  });

  test('after another attempt had paid: the second charge goes back, the order stays paid', async () => {
    const before = await suspense();
    const { request, attemptId } = await chargedThoughDeclined();
    const orderId = request.orders[0]?.paymentOrderId ?? '';
    await retryPayment(orderId, { token: 'tok_visa' }, SHOP, { waitMs: 5_000 });
    await follow(request.checkoutId, 'SUCCESS');
    await vi.waitFor(async () => {
      await system.handleInbox();
      expect(await rows('select 1 from payment_attempts where id = $1 and refund_due', attemptId)).toHaveLength(1);
    }, SOON);
    await twentyWorkers();
    await expectGivenBack({ checkoutId: request.checkoutId, attemptId });
    expect(await suspense()).toBe(before);
    expect((await getCheckout(request.checkoutId)).orders).toMatchObject([{ status: 'SUCCESS', walletUpdated: true }]);
    expect(await system.charges(orderId)).toHaveLength(2);
  });

  test('thirty payments at once, each with one refund and one key of its own', async () => {
    const before = await suspense();
    system.wire.rule(chargeAndDecline);
    const requests = Array.from({ length: 30 }, () => samplePayment());
    await Promise.all(requests.map((request) => takePayment(request, SHOP, { waitMs: 10_000 })));
    system.wire.rule();
    await Promise.all(requests.map(({ checkoutId }) => follow(checkoutId, 'LATE_SUCCESS')));
    const called = refundCalls().length;
    await twentyWorkers();
    const keys = refundCalls().slice(called);
    expect(new Set(keys.map((call) => call.idempotencyKey)).size).toBe(30);
    expect(keys).toHaveLength(30);
    for (const { checkoutId } of requests) {
      const [attemptId = ''] = await attemptIdsOf(checkoutId);
      await expectGivenBack({ checkoutId, attemptId });
    }
    expect(await suspense()).toBe(before);
  });
});

describe('the refund call meets trouble', () => {
  test('its answer is lost: it is found by asking, and given back once', async () => {
    const late = await paidAfterFailure();
    system.wire.rule(
      breaking(async (forward) => {
        await forward();
        return 'cut';
      }),
    );
    await system.refundNow();
    expect(await stateOf(late.attemptId)).toBe('UNKNOWN');
    system.wire.rule();
    await system.refundNow();
    await expectGivenBack(late);
    expect((await refundOf(late.attemptId))?.steps.map((step) => step.to)).toEqual([
      'SUBMITTED',
      'UNKNOWN',
      'SUCCEEDED',
    ]);
  });

  test('it never arrives: it is sent again, under the same key', async () => {
    const late = await paidAfterFailure();
    system.wire.rule(breaking(async () => 'cut'));
    const before = refundCalls().length;
    for (let round = 0; round < 3; round += 1) await system.refundNow();
    expect(await system.refunds(late.attemptId)).toEqual([]);
    system.wire.rule();
    await system.refundNow();
    await expectGivenBack(late);
    const { id } = (await refundOf(late.attemptId)) as RefundView;
    expect(
      new Set(
        refundCalls()
          .slice(before)
          .map((call) => call.idempotencyKey),
      ),
    ).toEqual(new Set([id]));
  });

  test('it stays unanswered: a person is told, it goes on slowly, and the answer closes the letter', async () => {
    const late = await paidAfterFailure();
    const lost = async () => ({ status: 500, headers: { 'content-type': 'application/json' }, body: '{}' });
    system.wire.rule((call, forward) => (call.path.startsWith('/v1/refunds') ? lost() : forward()));
    await vi.waitFor(async () => {
      await system.refundNow();
      expect(await lettersOf((await refundOf(late.attemptId))?.id)).toEqual(['outcome_unknown']);
    }, SOON);
    const { id, resolveAt } = (await refundOf(late.attemptId)) as RefundView;
    expect(resolveAt?.getTime()).toBeGreaterThan(Date.now() + 45_000);
    system.wire.rule();
    await retryRefund(id, 'user:1', 'the provider is back');
    expect(await lettersOf(id)).toEqual([]);
    await vi.waitFor(async () => {
      await submitRefunds(10);
      expect(await stateOf(late.attemptId)).toBe('SUCCEEDED');
      // The breaker lets a probe through after a while.
      await system.owner.query('update refunds set resolve_at = now() where finished_at is null');
    }, SOON);
    await expectGivenBack(late);
  });

  test('the provider is down: nothing is lost, and no retry is used up while the breaker is open', async () => {
    const late = await paidAfterFailure();
    await system.wire.unplug();
    await vi
      .waitFor(
        async () => {
          await system.refundNow();
          expect(psp().health().breaker).toBe('open');
        },
        { timeout: 15_000, interval: 5 },
      )
      .finally(() => system.wire.plugIn());
    const { tries, state } = (await refundOf(late.attemptId)) as RefundView;
    expect(state).toBe('SUBMITTED');
    for (let round = 0; round < 5; round += 1) await system.refundNow();
    expect(await refundOf(late.attemptId)).toMatchObject({ state: 'SUBMITTED', tries });
    await reachesRefund(late.attemptId, 'SUCCEEDED', system.refundNow);
    await expectGivenBack(late);
    expect(await lettersOf((await refundOf(late.attemptId))?.id)).toEqual([]);
  });

  test('it is refused: nothing moved, what was counted is given back once, and a person may have it made again', async () => {
    const before = await suspense();
    const late = await paidAfterFailure();
    const error = { type: 'invalid_request_error', code: 'charge_disputed', message: 'no' };
    const refusal = { status: 400, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) };
    system.wire.rule(breaking(async () => refusal));
    await system.refundNow();
    system.wire.rule();
    const first = (await refundOf(late.attemptId)) as RefundView;
    expect(first).toMatchObject({ state: 'FAILED', resolveAt: null });
    expect(await lettersOf(first.id)).toEqual(['refused:charge_disputed']);
    expect(await rows('select refunded_minor from payment_attempts where id = $1', late.attemptId)).toEqual([
      { refunded_minor: '0' },
    ]);
    expect(await suspense()).toBe(before - 2_999n);
    await system.refundNow();
    expect(await listRefundsOf([late.attemptId])).toHaveLength(1);

    await retryRefund(first.id, 'user:1', 'the dispute is over');
    await expect(retryRefund(first.id, 'user:1', 'twice')).rejects.toMatchObject({ code: 'not_found' });
    await Promise.all([system.refundNow(), system.refundNow()]);
    await reachesRefund(late.attemptId, 'SUCCEEDED', system.refundNow);
    expect((await listRefundsOf([late.attemptId])).map((refund) => refund.state)).toEqual(['FAILED', 'SUCCEEDED']);
    expect(await system.refunds(late.attemptId)).toHaveLength(1);
    expect(await suspense()).toBe(before);
  });

  test('it answers another amount: not booked, told to a person, and the truth is booked when asked for again', async () => {
    const late = await paidAfterFailure();
    await system.fault({ kind: 'answer_wrong_amount', match: '/v1/refunds', count: 1 });
    await system.refundNow();
    const { id } = (await refundOf(late.attemptId)) as RefundView;
    expect(await stateOf(late.attemptId)).toBe('UNKNOWN');
    expect(await lettersOf(id)).toEqual(['amount_mismatch']);
    await reachesRefund(late.attemptId, 'SUCCEEDED', system.refundNow);
    expect(await lettersOf(id)).toEqual([]);
    await expectGivenBack(late);
  });

  test.each(['commit:before', 'commit:after', 'provider:before', 'provider:after', 'statement:after'])(
    'the worker dies at %s, wherever that is: the next one goes on, and it is given back once',
    async (point) => {
      const late = await paidAfterFailure();
      let deaths = 0;
      for (let nth = 1; ; nth += 1) {
        let seen = 0;
        let died = false;
        observeCheckpoints((at) => {
          if (died || (at === point && ++seen === nth)) {
            died = true;
            throw new Error(`died at ${point} ${nth}`);
          }
        });
        await system.refundNow().catch(() => undefined);
        observeCheckpoints(undefined);
        if (!died) break;
        deaths += 1;
      }
      expect(deaths).toBeGreaterThan(0);
      await reachesRefund(late.attemptId, 'SUCCEEDED', system.refundNow);
      await expectGivenBack(late);
    },
  );
});

describe('a refund that does not end at once', () => {
  test('is pending, holds the money in suspense, and ends by its webhook', async () => {
    const before = await suspense();
    const late = await paidAfter('expired', PENDING_CARD);
    await system.refundNow();
    expect(await refundOf(late.attemptId)).toMatchObject({
      state: 'SUBMITTED',
      pspRefundId: expect.stringMatching(/^re_/),
    });
    expect(await suspense()).toBe(before - 2_999n);
    await reachesRefund(late.attemptId, 'SUCCEEDED', system.handleInbox);
    await expectGivenBack(late);
    expect(await suspense()).toBe(before);
  });

  test('is pending, and ends by asking when the webhook is lost', async () => {
    await system.fault({ kind: 'webhook_drop', match: 'refund.', count: 2 });
    const late = await paidAfterFailure('tok_pendingRefund');
    await system.refundNow();
    expect(await stateOf(late.attemptId)).toBe('SUBMITTED');
    await reachesRefund(late.attemptId, 'SUCCEEDED', system.refundNow);
    await expectGivenBack(late);
  });

  test('succeeds and fails later: taken back once in the books, counted back once, told to a person', async () => {
    const before = await suspense();
    await system.fault({ kind: 'webhook_double', match: 'refund.', copies: 5, count: 6 });
    const late = await paidAfter('cancelled', FAILING_CARD);
    await system.refundNow();
    await reachesRefund(late.attemptId, 'FAILED_LATE', () => Promise.all([system.handleInbox(), system.handleInbox()]));
    const { id } = (await refundOf(late.attemptId)) as RefundView;
    expect(await suspense()).toBe(before - 2_999n);
    expect(await lettersOf(id)).toEqual(['failed_late:expired_or_canceled_card']);
    expect(await rows('select refunded_minor from payment_attempts where id = $1', late.attemptId)).toEqual([
      { refunded_minor: '0' },
    ]);
    const booked = await rows<{ kind: string; reversal: boolean }>(
      'select kind, reversal_of is not null as reversal from ledger_transactions where source_id = $1 order by recorded_at',
      id,
    );
    expect(booked).toEqual([
      { kind: 'refund_accepted', reversal: false },
      { kind: 'refund_failed', reversal: true },
    ]);
    expect(await system.refunds(late.attemptId)).toEqual([]);
  });

  test('and fails before we heard that it had succeeded: nothing was booked, and nothing is', async () => {
    const before = await suspense();
    const late = await paidAfterFailure();
    const told: RefundOutcome[] = [
      { kind: 'failed', reason: 'unknown', pspRefundId: 're_told', amountMinor: 2_999n, currency: 'USD' },
      { kind: 'succeeded', pspRefundId: 're_told', amountMinor: 2_999n, currency: 'USD' },
    ];
    system.wire.rule(breaking(async () => 'cut'));
    await system.refundNow();
    system.wire.rule();
    const { id } = (await refundOf(late.attemptId)) as RefundView;
    for (const outcome of told) await applyRefundOutcomes(lanePool(), [{ refundId: id, outcome, actor: 'webhook' }]);
    expect(await stateOf(late.attemptId)).toBe('FAILED');
    expect(await suspense()).toBe(before - 2_999n);
    await retryRefund(id, 'user:1', 'once more');
    await system.refundNow();
    await reachesRefund(late.attemptId, 'SUCCEEDED', system.refundNow);
    expect(await suspense()).toBe(before);
  });
});

describe('reports from all sides at once', () => {
  test('a hundred reports about one refund in any mixture give back once', async () => {
    const before = await suspense();
    const late = await paidAfterFailure();
    system.wire.rule(
      breaking(async (forward) => {
        await forward();
        return 'cut';
      }),
    );
    await system.refundNow();
    system.wire.rule();
    const { id } = (await refundOf(late.attemptId)) as RefundView;
    const [made] = await system.refunds(late.attemptId);
    const truth = { pspRefundId: made?.id ?? '', amountMinor: 2_999n, currency: 'USD' as const };
    const news: RefundOutcome[] = [
      { kind: 'succeeded', ...truth },
      { kind: 'pending', ...truth },
      { kind: 'unknown', reason: 'ETIMEDOUT' },
      { kind: 'not_started', reason: 'ECONNREFUSED', retryAfterSeconds: null, countsAsTry: true },
    ];
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        applyRefundOutcomes(lanePool(), [
          { refundId: id, outcome: news[index % 4] as RefundOutcome, actor: index % 2 ? 'worker' : 'webhook' },
        ]),
      ),
    );
    expect(answers.flat().filter((one) => one instanceof Error)).toEqual([]);
    await expectGivenBack(late);
    expect(await suspense()).toBe(before);
  });

  test('success and failure in one batch are booked there and back; a refund nobody knows is refused alone', async () => {
    const before = await suspense();
    const late = await paidAfter('expired', FAILING_CARD);
    await openRefunds(10);
    const { id } = (await refundOf(late.attemptId)) as RefundView;
    system.wire.rule(
      breaking(async (forward) => {
        await forward();
        return 'cut';
      }),
    );
    await submitRefunds(10);
    await vi.waitFor(async () => expect(await system.refunds(late.attemptId)).toEqual([]), SOON);
    system.wire.rule();
    const [{ psp_payment_id: pspPaymentId } = { psp_payment_id: '' }] = await rows<{ psp_payment_id: string }>(
      'select psp_payment_id from payment_attempts where id = $1',
      late.attemptId,
    );
    const failed = await psp().enquireRefund({ refundId: id, pspPaymentId, pspRefundId: null });
    if (failed.kind !== 'failed') throw new Error('the card sends it back');
    const news: RefundOutcome[] = [{ ...failed, kind: 'succeeded' }, failed, failed];
    const applied = await applyRefundOutcomes(
      lanePool(),
      news.map((outcome) => ({ refundId: id, outcome, actor: 'webhook' })),
    );
    expect(applied).toMatchObject([{ verdict: 'applied' }, { verdict: 'late' }, { verdict: 'unchanged' }]);
    expect(await stateOf(late.attemptId)).toBe('FAILED_LATE');
    expect(await suspense()).toBe(before - 2_999n);
    const stranger = { refundId: 'rfd_nobody', outcome: { kind: 'unknown', reason: 'x' }, actor: 'worker' } as const;
    const [refused, again] = await applyRefundOutcomes(lanePool(), [stranger, { ...stranger, refundId: id }]);
    expect(refused).toMatchObject({ code: 'not_found' });
    expect(again).toMatchObject({ verdict: 'unchanged' });
  });

  test('a refund made beside ours at the provider is told to a person, who closes it with a reason', async () => {
    const late = await paidAfterFailure();
    await system.refundNow();
    await expectGivenBack(late);
    const { id } = (await refundOf(late.attemptId)) as RefundView;
    const outcome = { kind: 'succeeded', pspRefundId: 're_other', amountMinor: 2_999n, currency: 'USD' } as const;
    await applyRefundOutcomes(lanePool(), [{ refundId: id, outcome, actor: 'webhook' }]);
    expect(await lettersOf(id)).toEqual(['second_refund_at_provider']);
    await expect(retryRefund(id, 'user:1', 'again')).rejects.toMatchObject({ code: 'not_found' });
    await closeRefundLetter(id, 'user:1', 'made by hand');
    await expect(closeRefundLetter(id, 'user:1', 'again')).rejects.toMatchObject({ code: 'not_found' });
    expect(await lettersOf(id)).toEqual([]);
  });
});
