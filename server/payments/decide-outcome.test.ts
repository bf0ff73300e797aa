import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Outcome } from '#psp';
import {
  ATTEMPT_STATES,
  type AttemptState,
  nextTryAt,
  OPEN_ATTEMPT_STATES,
  RETRY_DELAYS_SECONDS,
} from './attempt-state.ts';
import { type AttemptNow, decideOutcome } from './decide-outcome.ts';
import { ORDER_STATES, stepsFor } from './order-state.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const FINAL_STATES = ATTEMPT_STATES.filter((state) => !OPEN_ATTEMPT_STATES.has(state));

function attempt(change: Partial<AttemptNow> = {}): AttemptNow {
  return { state: 'PENDING', kind: 'direct', attemptNo: 1, tries: 0, amountMinor: 2_999n, currency: 'USD', ...change };
}

function success(change: Partial<Extract<Outcome, { kind: 'succeeded' }>> = {}): Outcome {
  return {
    kind: 'succeeded',
    pspPaymentId: 'pi_1',
    chargeId: 'ch_1',
    amountMinor: 2_999n,
    currency: 'USD',
    cardLast4: '4242',
    ...change,
  };
}

const decide = (now: AttemptNow, news: Outcome) => decideOutcome(now, news, NOW, () => 0);
const secondsFromNow = (date: Date | null | undefined) => date && (date.getTime() - NOW.getTime()) / 1_000;

const news: fc.Arbitrary<Outcome> = fc.oneof(
  fc.record({
    kind: fc.constant('succeeded' as const),
    pspPaymentId: fc.constant('pi_1'),
    chargeId: fc.constant('ch_1'),
    amountMinor: fc.constantFrom(2_999n, 2_998n, 1n),
    currency: fc.constantFrom('USD' as const, 'JPY' as const),
    cardLast4: fc.option(fc.constant('4242')),
  }),
  fc.record({
    kind: fc.constant('action_required' as const),
    pspPaymentId: fc.option(fc.constant('pi_1')),
    pspSessionId: fc.option(fc.constant('cs_1')),
    pageUrl: fc.option(fc.constant('https://psp.test/pay')),
  }),
  fc.record({ kind: fc.constant('pending' as const), pspPaymentId: fc.constant('pi_1') }),
  fc.record({
    kind: fc.constant('declined' as const),
    code: fc.constantFrom('insufficient_funds', 'processing_error'),
    message: fc.constant('no'),
    pspPaymentId: fc.option(fc.constant('pi_1')),
    tryAgain: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('decline_noted' as const),
    code: fc.constant('lost_card'),
    pspPaymentId: fc.constant('pi_1'),
  }),
  fc.record({ kind: fc.constantFrom('expired' as const, 'cancelled' as const) }),
  fc.record({
    kind: fc.constant('refused' as const),
    code: fc.constant('parameter_missing'),
    message: fc.constant('no'),
  }),
  fc.record({
    kind: fc.constant('not_started' as const),
    reason: fc.constantFrom('rate_limited', 'ECONNREFUSED', 'breaker_open'),
    retryAfterSeconds: fc.option(fc.integer({ min: 1, max: 100 })),
    countsAsTry: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('unknown' as const), reason: fc.constantFrom('ETIMEDOUT', 'http_500') }),
);

const anyAttempt: fc.Arbitrary<AttemptNow> = fc.record({
  state: fc.constantFrom(...ATTEMPT_STATES),
  kind: fc.constantFrom('direct' as const, 'hosted' as const),
  attemptNo: fc.integer({ min: 1, max: 8 }),
  tries: fc.integer({ min: 0, max: 8 }),
  amountMinor: fc.constant(2_999n),
  currency: fc.constant('USD' as const),
});

describe('for every attempt and every piece of news', () => {
  test('an attempt that ended changes only by money taken late', () => {
    fc.assert(
      fc.property(anyAttempt, news, (now, one) => {
        if (OPEN_ATTEMPT_STATES.has(now.state)) return;
        const decision = decide(now, one);
        if (one.kind === 'succeeded' && now.state !== 'SUCCEEDED')
          expect(['late', 'given_up']).toContain(decision.verdict);
        else expect(decision).toMatchObject({ verdict: 'unchanged', attempt: {}, orderEvent: null, deadLetter: null });
      }),
    );
  });

  test('no answer, a broken answer or a busy provider never declines an order by itself', () => {
    fc.assert(
      fc.property(anyAttempt, news, (now, one) => {
        const { orderEvent, attempt: change } = decide(now, one);
        if (one.kind === 'unknown' || one.kind === 'pending') {
          expect(orderEvent === null || orderEvent === 'answer_unknown' || orderEvent === 'given_up').toBe(true);
          expect(change.state === undefined || change.state === 'UNKNOWN').toBe(true);
        }
        // "Nothing happened there" may end an attempt only while no earlier send of it is in the dark.
        if (one.kind === 'not_started' && now.state === 'UNKNOWN') expect(orderEvent).not.toBe('declined');
      }),
    );
  });

  test('an order is credited only for exactly what was asked for', () => {
    fc.assert(
      fc.property(anyAttempt, news, (now, one) => {
        const { orderEvent } = decide(now, one);
        if (orderEvent !== 'captured') return;
        expect(one).toMatchObject({ kind: 'succeeded', amountMinor: now.amountMinor, currency: now.currency });
      }),
    );
  });

  test('what stays open is looked at again, or a person is told; what ended is left alone', () => {
    fc.assert(
      fc.property(anyAttempt, news, (now, one) => {
        const decision = decide(now, one);
        const state = decision.attempt.state ?? now.state;
        if (OPEN_ATTEMPT_STATES.has(state)) {
          if (decision.attempt.resolveAt === null) expect(decision.deadLetter).not.toBeNull();
          if (decision.attempt.resolveAt) expect(decision.attempt.resolveAt.getTime()).toBeGreaterThan(NOW.getTime());
        } else if (decision.attempt.state) {
          expect(decision.attempt.resolveAt).toBeNull();
        }
      }),
    );
  });

  test('a new attempt follows only a definite decline of a direct one, and the order waits for it', () => {
    fc.assert(
      fc.property(anyAttempt, news, (now, one) => {
        const { tryAgainAt, attempt: change, orderEvent } = decide(now, one);
        if (!tryAgainAt) return;
        expect([one.kind, now.kind, change.state, orderEvent]).toEqual(['declined', 'direct', 'DECLINED', null]);
        expect(tryAgainAt.getTime()).toBeGreaterThan(NOW.getTime());
      }),
    );
  });

  test('a person is told whenever the machine gives up, and then the order can be moved to review', () => {
    fc.assert(
      fc.property(anyAttempt, news, (now, one) => {
        const { verdict, orderEvent, deadLetter } = decide(now, one);
        if (verdict !== 'given_up') return;
        expect(orderEvent).toBe('given_up');
        expect(deadLetter).not.toBeNull();
      }),
    );
    for (const state of ORDER_STATES.filter((one) => ['EXECUTING', 'REQUIRES_ACTION', 'UNKNOWN'].includes(one)))
      expect(stepsFor('given_up', state).at(-1), `given up in ${state}`).toBe('MANUAL_REVIEW');
  });

  test('the same news twice applies once', () => {
    fc.assert(
      fc.property(anyAttempt, news, (now, one) => {
        const first = decide(now, one);
        const after: AttemptNow = {
          ...now,
          state: first.attempt.state ?? now.state,
          tries: first.attempt.tries ?? now.tries,
        };
        if (OPEN_ATTEMPT_STATES.has(after.state)) return;
        expect(decide(after, one).orderEvent === null || first.verdict === 'given_up').toBe(true);
      }),
    );
  });
});

test.each([
  ['PENDING', success(), 'applied', 'SUCCEEDED', 'captured'],
  ['REQUIRES_ACTION', success(), 'applied', 'SUCCEEDED', 'captured'],
  ['UNKNOWN', success(), 'applied', 'SUCCEEDED', 'captured'],
  ['DECLINED', success(), 'late', 'SUCCEEDED', 'captured'],
  ['EXPIRED', success(), 'late', 'SUCCEEDED', 'captured'],
  ['CANCELLED', success(), 'late', 'SUCCEEDED', 'captured'],
  ['REFUSED', success(), 'late', 'SUCCEEDED', 'captured'],
  ['SUCCEEDED', success(), 'unchanged', undefined, null],
  ['PENDING', success({ amountMinor: 2_998n }), 'given_up', 'UNKNOWN', 'given_up'],
  ['PENDING', success({ currency: 'EUR' }), 'given_up', 'UNKNOWN', 'given_up'],
  ['EXPIRED', success({ amountMinor: 1n }), 'given_up', undefined, 'given_up'],
  ['PENDING', { kind: 'expired' }, 'applied', 'EXPIRED', 'expired'],
  ['REQUIRES_ACTION', { kind: 'cancelled' }, 'applied', 'CANCELLED', 'cancelled'],
  ['PENDING', { kind: 'unknown', reason: 'ETIMEDOUT' }, 'applied', 'UNKNOWN', 'answer_unknown'],
  ['REQUIRES_ACTION', { kind: 'unknown', reason: 'ETIMEDOUT' }, 'rescheduled', undefined, null],
  ['PENDING', { kind: 'pending', pspPaymentId: 'pi_1' }, 'noted', undefined, null],
  ['REQUIRES_ACTION', { kind: 'decline_noted', code: 'lost_card', pspPaymentId: 'pi_1' }, 'noted', undefined, null],
  ['PENDING', { kind: 'refused', code: 'bad', message: 'no' }, 'applied', 'REFUSED', 'declined'],
] as [AttemptState, Outcome, string, AttemptState | undefined, string | null][])(
  'an attempt that is %s and %o: %s',
  (state, one, verdict, next, orderEvent) => {
    const decision = decide(attempt({ state }), one);
    expect([decision.verdict, decision.attempt.state, decision.orderEvent]).toEqual([verdict, next, orderEvent]);
  },
);

test('silence is asked about after 1, 2, 4, 8 and 16 seconds, and then a person decides', () => {
  let now = attempt();
  const delays: (number | null | undefined)[] = [];
  for (let round = 0; round < 6; round += 1) {
    const { attempt: change, deadLetter } = decide(now, { kind: 'unknown', reason: 'ETIMEDOUT' });
    delays.push(secondsFromNow(change.resolveAt));
    expect(deadLetter).toBe(round < 5 ? null : 'outcome_unknown');
    now = attempt({ state: change.state ?? now.state, tries: change.tries ?? now.tries });
  }
  expect(delays).toEqual([1, 2, 4, 8, 16, null]);
});

test('a provider that never took the payment is tried as often, and then the order fails, because nothing was charged', () => {
  let now = attempt();
  for (let round = 0; round < 6; round += 1) {
    const down: Outcome = { kind: 'not_started', reason: 'ECONNREFUSED', retryAfterSeconds: null, countsAsTry: true };
    const decision = decide(now, down);
    if (round < 5) expect(decision).toMatchObject({ verdict: 'rescheduled', orderEvent: null });
    else
      expect(decision).toMatchObject({
        orderEvent: 'declined',
        deadLetter: 'psp_unavailable',
        attempt: { state: 'REFUSED' },
      });
    now = attempt({ tries: decision.attempt.tries ?? now.tries });
  }
});

test('while one send is in the dark, later refusals do not fail the order: a person decides in the end', () => {
  const down: Outcome = { kind: 'not_started', reason: 'ECONNREFUSED', retryAfterSeconds: null, countsAsTry: true };
  const decision = decide(attempt({ state: 'UNKNOWN', tries: 5 }), down);
  expect(decision).toMatchObject({ verdict: 'given_up', deadLetter: 'outcome_unknown', orderEvent: 'given_up' });
});

test('a page that could not be opened leaves the order as it is: nobody could have paid it', () => {
  const decision = decide(attempt({ kind: 'hosted' }), { kind: 'unknown', reason: 'ETIMEDOUT' });
  expect(decision).toMatchObject({ verdict: 'rescheduled', orderEvent: null, attempt: { tries: 1 } });
  expect(decision.attempt.state).toBeUndefined();
});

test('an open breaker uses up no try', () => {
  const open: Outcome = { kind: 'not_started', reason: 'breaker_open', retryAfterSeconds: 3, countsAsTry: false };
  let now = attempt();
  for (let round = 0; round < 50; round += 1) {
    const { attempt: change, verdict } = decide(now, open);
    expect(verdict).toBe('rescheduled');
    expect(secondsFromNow(change.resolveAt)).toBe(3);
    now = attempt({ tries: change.tries ?? now.tries });
  }
});

test("the provider's Retry-After is obeyed when it is longer than our own pause", () => {
  const limited: Outcome = { kind: 'not_started', reason: 'rate_limited', retryAfterSeconds: 30, countsAsTry: true };
  expect(secondsFromNow(decide(attempt(), limited).attempt.resolveAt)).toBe(30);
});

test("the bank's passing trouble makes a new attempt each time, until the attempts are used up", () => {
  const trouble: Outcome = {
    kind: 'declined',
    code: 'processing_error',
    message: '',
    pspPaymentId: 'pi_1',
    tryAgain: true,
  };
  for (let attemptNo = 1; attemptNo <= 5; attemptNo += 1) {
    const decision = decide(attempt({ attemptNo }), trouble);
    expect(secondsFromNow(decision.tryAgainAt)).toBe(RETRY_DELAYS_SECONDS[attemptNo - 1]);
  }
  expect(decide(attempt({ attemptNo: 6 }), trouble)).toMatchObject({ tryAgainAt: null, orderEvent: 'declined' });
  expect(decide(attempt({ kind: 'hosted' }), trouble)).toMatchObject({ tryAgainAt: null, orderEvent: 'declined' });
});

test('pauses are spread by up to a quarter, never shortened', () => {
  for (const random of [0, 0.5, 0.999]) {
    const pause = (nextTryAt(2, NOW, () => random) as Date).getTime() - NOW.getTime();
    expect(pause).toBeGreaterThanOrEqual(4_000);
    expect(pause).toBeLessThan(5_000);
  }
  expect(nextTryAt(RETRY_DELAYS_SECONDS.length, NOW, () => 0)).toBeNull();
});

test.each(FINAL_STATES.filter((state) => state !== 'SUCCEEDED'))(
  'money taken after %s is never overlooked, whatever else is odd about it',
  (state) => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 99_999_999n }), (amountMinor) => {
        const decision = decide(attempt({ state }), success({ amountMinor }));
        expect(decision.orderEvent ?? decision.deadLetter).not.toBeNull();
      }),
    );
  },
);
