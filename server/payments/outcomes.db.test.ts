import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { lanePool, pool } from '#db';
import { type Outcome, psp } from '#psp';
import { type PaymentSystem, samplePayment, startPaymentSystem, type WireAnswer } from '#testing';
import { acceptPayments } from './accept-payment.ts';
import { applyOutcome, applyOutcomes } from './apply-outcomes.ts';
import { askAgain } from './ask-again.ts';
import { TRIES_UNTIL_TOLD } from './attempt-state.ts';
import { closeDeadLetter } from './close-dead-letter.ts';
import { getCheckout } from './get-checkout.ts';
import type { PaymentRequest } from './request.ts';
import { retryPayment } from './retry-payment.ts';
import { drainPayments, takePayment } from './take-payment.ts';

const SHOP = 'key:shop';
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('outcomes', { env: { PSP_TIMEOUT_MS: '1000' } });
});

afterEach(async () => {
  system.wire.rule();
  await drainPayments();
});

afterAll(() => system.stop());

const pay = (request: PaymentRequest, waitMs = 5_000) => takePayment(request, SHOP, { waitMs });
const orderIdOf = (request: PaymentRequest) => request.orders[0]?.paymentOrderId ?? '';
const stateOf = async (request: PaymentRequest) => (await getCheckout(request.checkoutId)).orders[0]?.status;

function success(change: { chargeId: string; amountMinor?: bigint }): Outcome {
  return {
    kind: 'succeeded',
    pspPaymentId: 'pi_told',
    amountMinor: 2_999n,
    currency: 'USD',
    cardLast4: '4242',
    ...change,
  };
}

async function attemptsOf(request: PaymentRequest): Promise<{ id: string; state: string; tries: number }[]> {
  const { rows } = await system.owner.query(
    'select id, state, tries from payment_attempts where checkout_id = $1 order by attempt_no',
    [request.checkoutId],
  );
  return rows;
}

async function attemptIdOf(request: PaymentRequest): Promise<string> {
  return (await attemptsOf(request))[0]?.id ?? '';
}

async function deadLettersOf(request: PaymentRequest): Promise<string[]> {
  const { rows } = await system.owner.query<{ cause: string }>(
    `select cause from dead_letters where resolved_at is null
       and subject_id in (select id from payment_attempts where checkout_id = $1) order by id`,
    [request.checkoutId],
  );
  return rows.map((row) => row.cause);
}

/** What the attempts of a payment hold for the buyer, and whether its refund is due. */
async function heldOf(request: PaymentRequest): Promise<{ held: string | null; due: boolean }[]> {
  const { rows } = await system.owner.query(
    'select held_minor as held, refund_due as due from payment_attempts where checkout_id = $1 order by attempt_no, id',
    [request.checkoutId],
  );
  return rows;
}

const DUE = { held: '2999', due: true };

async function balanceOf(code: string): Promise<bigint> {
  const { rows } = await pool().query<{ balance: bigint }>('select balance from ledger_accounts where code = $1', [
    code,
  ]);
  return rows[0]?.balance ?? 0n;
}

function edit(answer: WireAnswer, change: (intent: Record<string, unknown>) => unknown): WireAnswer {
  return { ...answer, body: JSON.stringify(change(JSON.parse(answer.body) as Record<string, unknown>)) };
}

test('an attempt nobody ever answers for is given to a person after its retries, under one key, and is asked about for ever', async () => {
  const request = samplePayment();
  system.wire.rule(async () => 'cut');
  await pay(request, 0);
  const checkout = await system.reaches(request.checkoutId, 'MANUAL_REVIEW', { resolving: true });
  expect(checkout.orders).toMatchObject([{ status: 'MANUAL_REVIEW', unknown: true, walletUpdated: false }]);
  expect(await deadLettersOf(request)).toEqual(['outcome_unknown']);
  const keys = system.wire.calls.filter((call) => call.method === 'POST').map((call) => call.idempotencyKey);
  expect(new Set(keys)).toEqual(new Set([await attemptIdOf(request)]));
  const { rows } = await system.owner.query(
    'select resolve_at > now() as again, d.tries, d.last_error is not null as says from payment_attempts a join dead_letters d on d.subject_id = a.id where a.checkout_id = $1',
    [request.checkoutId],
  );
  expect(rows).toEqual([{ again: true, tries: 6, says: true }]);
});

test('news that comes after a person was called still settles the order', async () => {
  const request = samplePayment();
  await acceptPayments(lanePool(), [{ principal: SHOP, request }]);
  const attemptId = await attemptIdOf(request);
  const report = (outcome: Outcome) => applyOutcome({ attemptId, outcome, actor: 'resolver' });
  for (let round = 0; round < 6; round += 1) await report({ kind: 'unknown', reason: 'ETIMEDOUT' });
  expect(await stateOf(request)).toBe('MANUAL_REVIEW');
  await report(success({ chargeId: 'ch_after_review' }));
  expect(await stateOf(request)).toBe('SUCCESS');
});

test('a person may have the provider asked again, with a reason; an attempt with an outcome is left alone', async () => {
  const request = samplePayment();
  system.wire.rule(async (call, forward) => {
    if (call.method === 'POST') await forward();
    return 'cut';
  });
  await pay(request, 0);
  await drainPayments();
  system.wire.rule();
  const attemptId = await attemptIdOf(request);
  for (let round = 0; round < 5; round += 1)
    await applyOutcome({ attemptId, outcome: { kind: 'unknown', reason: 'ETIMEDOUT' }, actor: 'resolver' });
  expect(await deadLettersOf(request)).toEqual(['outcome_unknown']);
  await askAgain(attemptId, 'user:1', 'the provider is back');
  expect(await deadLettersOf(request)).toEqual([]);
  await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
  expect(await system.charges(orderIdOf(request))).toHaveLength(1);
  await expect(askAgain(attemptId, 'user:1', 'once more')).rejects.toMatchObject({ code: 'checkout_not_payable' });
  await expect(askAgain('att_nobody', 'user:1', 'why not')).rejects.toMatchObject({ code: 'not_found' });
});

test.each([
  ['less than was asked for', { amount: 2_998, amount_received: 2_998 }],
  ['more than was asked for', { amount: 3_000, amount_received: 3_000 }],
  ['another currency', { currency: 'eur' }],
])('a charge of %s is never credited: a person looks at it', async (what, lie) => {
  const seller = `seller_${what.replaceAll(' ', '_')}`;
  const request = samplePayment({ orders: [{ seller }] });
  system.wire.rule(async (call, forward) => {
    const answer = await forward();
    return call.method === 'POST' ? edit(answer, (intent) => ({ ...intent, ...lie })) : answer;
  });
  const { checkout } = await pay(request);
  expect(checkout.orders).toMatchObject([{ status: 'MANUAL_REVIEW', walletUpdated: false, ledgerUpdated: false }]);
  expect(await deadLettersOf(request)).toEqual(['amount_mismatch']);
  expect(await balanceOf(`seller_pending:${seller}:USD`)).toBe(0n);
  // Asked again, the provider tells the truth, and the books follow: only so can the comparison below be of everything.
  const attemptId = await attemptIdOf(request);
  system.wire.rule();
  const truth = await psp().enquire({ attemptId, kind: 'direct', pspPaymentId: null, pspSessionId: null });
  await applyOutcome({ attemptId, outcome: truth as Outcome, actor: 'resolver' });
  expect(await stateOf(request)).toBe('SUCCESS');
});

test('a charge of another amount that went back by hand ends by a word; told of again it is asked about again, and the right amount is late money', async () => {
  const request = samplePayment();
  system.wire.rule(async (call, forward) => {
    const answer = await forward();
    return call.method === 'POST'
      ? edit(answer, (intent) => ({ ...intent, amount: 2_998, amount_received: 2_998 }))
      : answer;
  });
  await pay(request);
  system.wire.rule();
  const attemptId = await attemptIdOf(request);
  await closeDeadLetter(attemptId, 'user:1', 'given back at the provider');
  expect(await stateOf(request)).toBe('FAILED');
  expect((await system.problems()).filter((line) => /^I(16|17|30|41):/.test(line))).toEqual([]);
  expect(await deadLettersOf(request)).toEqual([]);
  await expect(closeDeadLetter(attemptId, 'user:1', 'twice')).rejects.toMatchObject({ code: 'not_found' });
  const report = (outcome: Outcome) => applyOutcome({ attemptId, outcome, actor: 'webhook' });
  await report(success({ chargeId: 'ch_other_amount', amountMinor: 2_998n }));
  expect(await deadLettersOf(request)).toEqual(['amount_mismatch']);
  await closeDeadLetter(attemptId, 'user:1', 'as before');
  const truth = await psp().enquire({ attemptId, kind: 'direct', pspPaymentId: null, pspSessionId: null });
  await report(truth as Outcome);
  expect(await stateOf(request)).toBe('LATE_SUCCESS');
  expect(await heldOf(request)).toEqual([DUE]);
});

describe('the provider says later', () => {
  test('no answer within the time-out counts as unknown, and the charge behind it is found', async () => {
    const request = samplePayment();
    let release = () => {};
    const held = new Promise<void>((done) => {
      release = done;
    });
    system.wire.rule(async (call, forward) => {
      const answer = await forward();
      if (call.method === 'POST') await held;
      return answer;
    });
    await pay(request, 0);
    await system.reaches(request.checkoutId, 'UNKNOWN');
    release();
    system.wire.rule();
    expect(await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true })).toMatchObject({
      status: 'COMPLETED',
    });
    expect(await system.charges(orderIdOf(request))).toHaveLength(1);
  });

  test('429 is obeyed: the same key is sent again after the pause, and charged once', async () => {
    const request = samplePayment({ token: 'tok_rate_limited_once' });
    await pay(request, 0);
    await expect.poll(async () => (await attemptsOf(request))[0]?.tries).toBe(1);
    expect(await stateOf(request)).toBe('EXECUTING');
    await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
    expect(await system.charges(orderIdOf(request))).toHaveLength(1);
    expect(await attemptsOf(request)).toMatchObject([{ state: 'SUCCEEDED', tries: 1 }]);
  });

  test('a processing error of the bank makes new attempts by itself, each with its own key, until the last one fails the order', async () => {
    const request = samplePayment({ token: 'tok_chargeDeclinedProcessingError' });
    await pay(request, 0);
    await drainPayments();
    const { orders } = await system.reaches(request.checkoutId, 'FAILED', { resolving: true });
    expect(orders).toMatchObject([{ declineCode: 'processing_error', attempts: 6 }]);
    const attempts = await attemptsOf(request);
    expect(attempts.map((one) => one.state)).toEqual(Array.from({ length: 6 }, () => 'DECLINED'));
    const keys = system.wire.calls.flatMap((call) => attempts.find((one) => one.id === call.idempotencyKey)?.id ?? []);
    expect(new Set(keys).size).toBe(6);
    expect(await system.charges(orderIdOf(request))).toEqual([]);
  });

  test('a processing error that passes ends in one charge', async () => {
    const request = samplePayment();
    const declined = new Set<string>();
    system.wire.rule(async ({ method, idempotencyKey = '' }, forward) => {
      if (method !== 'POST' || (declined.size === 2 && !declined.has(idempotencyKey))) return forward();
      declined.add(idempotencyKey);
      const error = {
        type: 'card_error',
        code: 'processing_error',
        decline_code: 'processing_error',
        message: 'later',
      };
      return { status: 402, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) };
    });
    await pay(request, 0);
    await drainPayments();
    const { orders } = await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
    expect(orders).toMatchObject([{ attempts: 3, declineCode: null }]);
    expect(await system.charges(orderIdOf(request))).toHaveLength(1);
  });

  test.each([
    ['was unknown for a while', 1],
    ['was left to a person', TRIES_UNTIL_TOLD],
  ])(
    'a processing error of a charge that %s is followed by a new attempt, and the audit finds nothing wrong meanwhile',
    async (_, silences) => {
      const request = samplePayment();
      system.wire.rule(async () => 'cut');
      await pay(request, 0);
      await drainPayments();
      const [first] = await attemptsOf(request);
      const attemptId = first?.id ?? '';
      for (let tries = 1; tries < silences; tries += 1)
        await applyOutcome({ attemptId, outcome: { kind: 'unknown', reason: 'ETIMEDOUT' }, actor: 'resolver' });
      const trouble = {
        kind: 'declined',
        code: 'processing_error',
        message: 'later',
        pspPaymentId: null,
        tryAgain: true,
      } as const;
      await applyOutcome({ attemptId, outcome: trouble, actor: 'resolver' });
      expect((await attemptsOf(request)).map((one) => one.state)).toEqual(['DECLINED', 'PENDING']);
      expect(await stateOf(request)).toBe(silences === 1 ? 'UNKNOWN' : 'MANUAL_REVIEW');
      expect((await system.problems()).filter((line) => line.startsWith('I16'))).toEqual([]);
      system.wire.rule();
      await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
      expect(await system.charges(orderIdOf(request))).toHaveLength(1);
    },
  );

  test.each([400, 401, 403, 404])(
    'a request it will not process (%d) fails at once, charges nothing and tells a person',
    async (status) => {
      const request = samplePayment();
      system.wire.rule(async () => ({
        status,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ error: { type: 'invalid_request_error', code: 'parameter_invalid', message: 'no' } }),
      }));
      const { checkout } = await pay(request);
      expect(checkout.orders).toMatchObject([{ status: 'FAILED', declineCode: 'parameter_invalid' }]);
      expect(await deadLettersOf(request)).toEqual(['refused:parameter_invalid']);
    },
  );

  test.each([401, 403, 404])(
    'a question it will not answer (%d) fails nothing: what was charged is found once it answers again',
    async (status) => {
      const request = samplePayment();
      const refusal = { type: 'invalid_request_error', code: 'api_key_revoked', message: 'no' };
      system.wire.rule(async (call, forward) => {
        if (call.method === 'GET')
          return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error: refusal }) };
        await forward();
        return 'cut';
      });
      await pay(request, 0);
      await system.reaches(request.checkoutId, 'UNKNOWN');
      for (let look = 0; look < TRIES_UNTIL_TOLD; look += 1) await system.resolveNow();
      expect(await stateOf(request)).toBe('MANUAL_REVIEW');
      expect(await deadLettersOf(request)).toEqual(['outcome_unknown']);
      await expect(retryPayment(orderIdOf(request), { token: 'tok_visa' }, SHOP, { waitMs: 0 })).rejects.toMatchObject({
        code: 'checkout_not_payable',
      });
      system.wire.rule();
      await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
      expect(await system.charges(orderIdOf(request))).toHaveLength(1);
      expect(await deadLettersOf(request)).toEqual([]);
    },
  );

  test('409, that the first request with the key is still running, is no answer', async () => {
    const request = samplePayment();
    let busy = true;
    system.wire.rule(async (call, forward) => {
      if (call.method !== 'POST' || !busy) return forward();
      busy = false;
      const error = { type: 'idempotency_error', code: 'idempotency_key_in_use', message: 'running' };
      return { status: 409, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) };
    });
    await pay(request, 0);
    await system.reaches(request.checkoutId, 'UNKNOWN');
    await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
    expect(await system.charges(orderIdOf(request))).toHaveLength(1);
  });
});

describe('money that was taken after the order had ended', () => {
  async function declinedThenCharged(): Promise<PaymentRequest> {
    const request = samplePayment({ orders: [{ seller: 'seller_late' }] });
    system.wire.rule(async (call, forward) => {
      if (call.method !== 'POST') return forward();
      await forward();
      const error = { type: 'card_error', code: 'card_declined', decline_code: 'do_not_honor', message: 'no' };
      return { status: 402, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) };
    });
    await pay(request);
    system.wire.rule();
    expect(await stateOf(request)).toBe('FAILED');
    return request;
  }

  test('after FAILED is held for the buyer in suspense, due to go back, and never credited to the seller', async () => {
    const request = await declinedThenCharged();
    const before = await balanceOf('suspense:platform:USD');
    const attemptId = await attemptIdOf(request);
    const answer = await applyOutcome({ attemptId, outcome: success({ chargeId: 'ch_late' }), actor: 'webhook' });
    expect(answer).toMatchObject({ verdict: 'late', attemptState: 'SUCCEEDED', orders: [{ state: 'LATE_SUCCESS' }] });
    expect(await balanceOf('suspense:platform:USD')).toBe(before - 2_999n);
    expect(await balanceOf('seller_pending:seller_late:USD')).toBe(0n);
    expect(await heldOf(request)).toEqual([DUE]);
    expect(await deadLettersOf(request)).toEqual([]);
    expect((await getCheckout(request.checkoutId)).orders).toMatchObject([
      { walletUpdated: false, ledgerUpdated: false },
    ]);
    await expect(retryPayment(orderIdOf(request), { token: 'tok_visa' }, SHOP, { waitMs: 0 })).rejects.toMatchObject({
      code: 'checkout_not_payable',
    });
  });

  test.each([
    ['expired', 'EXPIRED'],
    ['cancelled', 'CANCELLED'],
  ] as const)('after the order was %s is held for the buyer too', async (kind, state) => {
    const request = samplePayment({ orders: [{ seller: 'seller_late' }, { seller: 'seller_late' }] });
    const [accepted] = await acceptPayments(lanePool(), [{ principal: SHOP, request }]);
    if (!accepted || accepted instanceof Error || accepted.kind !== 'new') throw new Error('a sample is new');
    const before = await balanceOf('suspense:platform:USD');
    for (const { attemptId, orders } of accepted.attempts) {
      const told = await applyOutcome({ attemptId, outcome: { kind }, actor: 'webhook' });
      expect(told.orders).toEqual([{ paymentOrderId: orders[0]?.paymentOrderId, state }]);
      const late = await applyOutcome({
        attemptId,
        outcome: success({ chargeId: `ch_${attemptId}` }),
        actor: 'webhook',
      });
      expect(late).toMatchObject({ verdict: 'late', orders: [{ state: 'LATE_SUCCESS' }] });
    }
    expect(await balanceOf('suspense:platform:USD')).toBe(before - 2n * 2_999n);
    expect(await heldOf(request)).toEqual([DUE, DUE]);
    expect(await deadLettersOf(request)).toEqual([]);
  });

  test.each(['one after the other', 'in one batch'])(
    'answers what a person was asked about the attempt before (%s)',
    async (way) => {
      const request = samplePayment();
      await acceptPayments(lanePool(), [{ principal: SHOP, request }]);
      const attemptId = await attemptIdOf(request);
      const news: Outcome[] = [
        ...Array.from({ length: 6 }, (): Outcome => ({ kind: 'unknown', reason: 'ETIMEDOUT' })),
        { kind: 'declined', code: 'do_not_honor', message: 'no', pspPaymentId: null, tryAgain: false },
        success({ chargeId: `ch_${attemptId}` }),
      ];
      const reports = news.map((outcome) => ({ attemptId, outcome, actor: 'webhook' as const }));
      if (way === 'in one batch') await applyOutcomes(lanePool(), reports);
      else for (const report of reports) await applyOutcome(report);
      expect(await stateOf(request)).toBe('LATE_SUCCESS');
      expect(await heldOf(request)).toEqual([DUE]);
      expect(await deadLettersOf(request)).toEqual([]);
    },
  );

  test('and is told twice, or fifty times at once, is held once', async () => {
    const request = await declinedThenCharged();
    const before = await balanceOf('suspense:platform:USD');
    const attemptId = await attemptIdOf(request);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        applyOutcome({ attemptId, outcome: success({ chargeId: 'ch_late_2' }), actor: 'webhook' }),
      ),
    );
    expect(answers.filter((answer) => answer.verdict === 'late')).toHaveLength(1);
    expect(await balanceOf('suspense:platform:USD')).toBe(before - 2_999n);
  });

  test('while a second try runs pays the order with the first charge; the second charge is held for the buyer', async () => {
    const request = await declinedThenCharged();
    const [credit, suspense] = [
      await balanceOf('seller_pending:seller_late:USD'),
      await balanceOf('suspense:platform:USD'),
    ];
    let release = () => {};
    const held = new Promise<void>((done) => {
      release = done;
    });
    system.wire.rule(async (call, forward) => {
      if (call.method === 'POST') await held;
      return forward();
    });
    await retryPayment(orderIdOf(request), { token: 'tok_visa' }, SHOP, { waitMs: 0 });
    const attemptId = await attemptIdOf(request);
    await applyOutcome({ attemptId, outcome: success({ chargeId: 'ch_late_3' }), actor: 'webhook' });
    expect(await stateOf(request)).toBe('SUCCESS');
    release();
    await drainPayments();
    expect(await stateOf(request)).toBe('SUCCESS');
    expect(await balanceOf('seller_pending:seller_late:USD')).toBe(credit - 2_925n);
    expect(await balanceOf('suspense:platform:USD')).toBe(suspense - 2_999n);
    expect(await heldOf(request)).toEqual([{ held: null, due: false }, DUE]);
    expect(await deadLettersOf(request)).toEqual([]);
  });
});

describe('reports from all sides at once', () => {
  test('one report about an attempt that does not exist is refused alone', async () => {
    const request = samplePayment({ token: 'tok_answer_lost' });
    await pay(request, 0);
    await system.reaches(request.checkoutId, 'UNKNOWN');
    const attemptId = await attemptIdOf(request);
    const truth = (await psp().enquire({
      attemptId,
      kind: 'direct',
      pspPaymentId: null,
      pspSessionId: null,
    })) as Outcome;
    const [bad, good] = await applyOutcomes(lanePool(), [
      { attemptId: 'att_nobody', outcome: truth, actor: 'webhook' },
      { attemptId, outcome: truth, actor: 'webhook' },
    ]);
    expect(bad).toMatchObject({ code: 'not_found' });
    expect(good).toMatchObject({ verdict: 'applied', orders: [{ state: 'SUCCESS' }] });
  });

  test('a hundred reports about one attempt in any mixture change it once', async () => {
    const request = samplePayment({ token: 'tok_answer_lost', orders: [{ seller: 'seller_many' }] });
    await pay(request, 0);
    await system.reaches(request.checkoutId, 'UNKNOWN');
    const attemptId = await attemptIdOf(request);
    const truth = (await psp().enquire({
      attemptId,
      kind: 'direct',
      pspPaymentId: null,
      pspSessionId: null,
    })) as Outcome;
    expect(truth.kind).toBe('succeeded');
    const silence: Outcome = { kind: 'unknown', reason: 'ETIMEDOUT' };
    const actors = ['api', 'webhook', 'resolver'] as const;
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        applyOutcome({ attemptId, outcome: index % 3 === 0 ? silence : truth, actor: actors[index % 3] ?? 'api' }),
      ),
    );
    expect(
      answers.filter((answer) => answer.verdict === 'applied' && answer.attemptState === 'SUCCEEDED'),
    ).toHaveLength(1);
    expect(await stateOf(request)).toBe('SUCCESS');
    expect(await balanceOf('seller_pending:seller_many:USD')).toBe(-2_925n);
  });

  test('three lanes that report about the same hundred attempts in three orders credit each once', async () => {
    const requests = Array.from({ length: 100 }, () =>
      samplePayment({ orders: [{ seller: 'seller_lanes', amount: '1.00' }] }),
    );
    const accepted = await acceptPayments(
      lanePool(),
      requests.map((request) => ({ principal: SHOP, request })),
    );
    const reports = accepted.flatMap((one) => {
      if (one instanceof Error || one.kind !== 'new') throw new Error('a sample is new');
      return one.attempts.map(({ attemptId }) => ({
        attemptId,
        actor: 'webhook' as const,
        outcome: success({ chargeId: `ch_${attemptId}`, amountMinor: 100n }),
      }));
    });
    const lanes = await Promise.all([
      applyOutcomes(lanePool(), reports),
      applyOutcomes(lanePool(), reports.toReversed()),
      applyOutcomes(lanePool(), [...reports.slice(50), ...reports.slice(0, 50)]),
    ]);
    expect(lanes.flat().filter((one) => one instanceof Error)).toEqual([]);
    expect(lanes.flat().filter((one) => !(one instanceof Error) && one.verdict === 'applied')).toHaveLength(100);
    expect(await balanceOf('seller_pending:seller_lanes:USD')).toBe(-9_800n);
  });
});
