import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Enquiry, Outcome } from '#psp';
import {
  ATTEMPT_STATES,
  type AttemptState,
  ENQUIRY_DELAYS_SECONDS,
  MAX_SENDS,
  nextAttemptAt,
  nextLookAt,
  OPEN_ATTEMPT_STATES,
  RETRY_DELAYS_SECONDS,
  START_DEADLINE_SECONDS,
  TRIES_UNTIL_TOLD,
  whenReachable,
} from './attempt-state.ts';
import { decideOutcome } from './decide-outcome.ts';
import type { AttemptNow, Circumstances } from './decision.ts';
import { ORDER_STATES, stepsFor } from './order-state.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const FINAL_STATES = ATTEMPT_STATES.filter((state) => !OPEN_ATTEMPT_STATES.has(state));

function attempt(change: Partial<AttemptNow> = {}): AttemptNow {
  return {
    state: 'PENDING',
    kind: 'direct',
    attemptNo: 1,
    tries: 0,
    sends: 1,
    since: NOW,
    amountMinor: 2_999n,
    currency: 'USD',
    isWanted: true,
    ...change,
  };
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

const decide = (now: AttemptNow, news: Enquiry, how?: Circumstances) => decideOutcome(now, news, NOW, () => 0, how);
/** The attempt after news about it. */
const after = (now: AttemptNow, news: Enquiry, how?: Circumstances): AttemptNow => {
  const { state, tries, sends } = decide(now, news, how).attempt;
  return {
    ...now,
    ...(state && { state }),
    ...(tries !== undefined && { tries }),
    ...(sends !== undefined && { sends }),
  };
};
const SILENCE: Outcome = { kind: 'unknown', reason: 'ETIMEDOUT' };
const ASKS: Outcome = {
  kind: 'action_required',
  pspPaymentId: 'pi_1',
  pspSessionId: null,
  pageUrl: 'https://psp.test',
};
const AWAY: Outcome = { kind: 'not_started', reason: 'ECONNREFUSED', retryAfterSeconds: null, countsAsTry: false };
const LIMITED: Outcome = { kind: 'not_started', reason: 'rate_limited', retryAfterSeconds: null, countsAsTry: true };
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000);
const secondsFromNow = (date: Date | null | undefined) => date && (date.getTime() - NOW.getTime()) / 1_000;

const news: fc.Arbitrary<Enquiry> = fc.oneof(
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
  fc.record({ kind: fc.constant('absent' as const) }),
);

const anyAttempt: fc.Arbitrary<AttemptNow> = fc.record({
  state: fc.constantFrom(...ATTEMPT_STATES),
  kind: fc.constantFrom('direct' as const, 'hosted' as const),
  attemptNo: fc.integer({ min: 1, max: 8 }),
  tries: fc.integer({ min: 0, max: 30 }),
  sends: fc.integer({ min: 0, max: MAX_SENDS }),
  since: fc.integer({ min: 0, max: 2 * START_DEADLINE_SECONDS }).map(ago),
  amountMinor: fc.constant(2_999n),
  currency: fc.constant('USD' as const),
  isWanted: fc.boolean(),
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
        if (one.kind === 'unknown' || one.kind === 'pending' || (one.kind === 'absent' && now.isWanted)) {
          // A page that was never shown may expire: nobody can have paid on it.
          if (now.kind === 'hosted' && now.state === 'PENDING' && change.state === 'EXPIRED') return;
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

  test('what stays open is looked at again, for ever; what ended is left alone', () => {
    fc.assert(
      fc.property(anyAttempt, news, (now, one) => {
        const decision = decide(now, one);
        const state = decision.attempt.state ?? now.state;
        if (OPEN_ATTEMPT_STATES.has(state)) {
          expect(decision.attempt.resolveAt).not.toBeNull();
          if (decision.attempt.resolveAt) expect(decision.attempt.resolveAt.getTime()).toBeGreaterThan(NOW.getTime());
        } else if (decision.attempt.state) {
          expect(decision.attempt.resolveAt).toBeNull();
        }
      }),
    );
  });

  test('unclear news uses up no try when it came out of turn, or because the provider could not be reached', () => {
    fc.assert(
      fc.property(anyAttempt, news, (now, one) => {
        const notReached = one.kind === 'not_started' && !one.countsAsTry;
        for (const outOfTurn of notReached ? [true, false] : [true]) {
          const { verdict, attempt: change } = decide(now, one, { outOfTurn });
          if (verdict === 'rescheduled') expect(change.tries ?? now.tries).toBe(now.tries);
        }
      }),
    );
  });

  test('who was asked about an attempt in doubt is told when it is in doubt no longer, and only then', () => {
    fc.assert(
      fc.property(anyAttempt, news, (now, one) => {
        const { answers, attempt: change } = decide(now, one);
        const leavesDoubt = now.state === 'UNKNOWN' && change.state !== undefined && change.state !== 'UNKNOWN';
        if (leavesDoubt) expect(answers).toContain('outcome_unknown');
        if (now.state === 'PENDING' || now.state === 'REQUIRES_ACTION') expect(answers).toEqual([]);
        if (answers.includes('amount_mismatch')) expect(one).toMatchObject({ amountMinor: now.amountMinor });
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
  ['UNKNOWN', ASKS, 'applied', 'REQUIRES_ACTION', 'action_required'],
  ['REQUIRES_ACTION', ASKS, 'noted', undefined, 'action_awaited'],
] as [AttemptState, Outcome, string, AttemptState | undefined, string | null][])(
  'an attempt that is %s and %o: %s',
  (state, one, verdict, next, orderEvent) => {
    const decision = decide(attempt({ state }), one);
    expect([decision.verdict, decision.attempt.state, decision.orderEvent]).toEqual([verdict, next, orderEvent]);
  },
);

test('silence is asked about after seconds, then a person is told and it is asked about after minutes, hours, and each day for ever', () => {
  const minutes = (count: number) => count * 60;
  const hours = (count: number) => count * 3_600;
  let now = attempt();
  const pauses: (number | null | undefined)[] = [];
  const told: number[] = [];
  for (let round = 1; round <= 20; round += 1) {
    const { attempt: change, deadLetter, verdict } = decide(now, SILENCE);
    pauses.push(secondsFromNow(change.resolveAt));
    if (deadLetter) told.push(round);
    expect([deadLetter, verdict]).toEqual(round < 6 ? [null, 'applied'] : ['outcome_unknown', 'given_up']);
    now = after(now, SILENCE);
  }
  expect(pauses).toEqual([
    ...[1, 2, 4, 8, 16],
    ...[1, 2, 5, 10, 15, 30].map(minutes),
    ...[1, 2, 4, 8, 12, 24, 24, 24, 24].map(hours),
  ]);
  expect(told[0]).toBe(TRIES_UNTIL_TOLD);
  expect(pauses.length).toBeGreaterThan(RETRY_DELAYS_SECONDS.length + ENQUIRY_DELAYS_SECONDS.length);
});

test('whoever has waited for an hour is told, also when the looks used up no try', () => {
  const late = attempt({ state: 'UNKNOWN', tries: 1, since: ago(START_DEADLINE_SECONDS) });
  expect(decide(late, SILENCE, { outOfTurn: true })).toMatchObject({
    deadLetter: 'outcome_unknown',
    orderEvent: 'given_up',
    attempt: { tries: TRIES_UNTIL_TOLD },
  });
});

describe('an attempt that the provider never heard of', () => {
  const ABSENT: Enquiry = { kind: 'absent' };

  test('is in the dark as after any silence while an order waits for it', () => {
    fc.assert(
      fc.property(anyAttempt, (now) => {
        const wanted = { ...now, isWanted: true };
        expect(decide(wanted, ABSENT)).toEqual(decide(wanted, { kind: 'unknown', reason: 'absent' }));
      }),
    );
  });

  test('and that no order waits for is called off after the quick looks and a minute more, and nobody is told', () => {
    let now = attempt({ state: 'UNKNOWN', tries: 1, isWanted: false });
    const pauses: (number | null | undefined)[] = [];
    for (let look = 1; look <= 5; look += 1) {
      const decision = decide(now, ABSENT);
      expect(decision).toMatchObject({ verdict: 'rescheduled', orderEvent: null, deadLetter: null });
      pauses.push(secondsFromNow(decision.attempt.resolveAt));
      now = after(now, ABSENT);
    }
    expect(pauses).toEqual([2, 4, 8, 16, 60]);
    expect(decide(now, ABSENT, { outOfTurn: true })).toMatchObject({ verdict: 'rescheduled', attempt: { tries: 6 } });
    expect(decide(now, ABSENT)).toMatchObject({
      verdict: 'applied',
      orderEvent: null,
      deadLetter: null,
      answers: ['outcome_unknown'],
      attempt: { state: 'CANCELLED', declineCode: 'never_reached_psp', resolveAt: null },
    });
  });
});

describe('a provider that says it is busy (429)', () => {
  test('is tried as often as one that is silent, and then the order fails, because nothing was charged', () => {
    let now = attempt();
    for (let round = 1; round <= 6; round += 1) {
      const decision = decide(now, LIMITED, { sent: true });
      if (round < 6) expect(decision).toMatchObject({ verdict: 'rescheduled', orderEvent: null });
      else
        expect(decision).toMatchObject({
          orderEvent: 'declined',
          deadLetter: 'psp_unavailable',
          attempt: { state: 'REFUSED', declineCode: 'psp_unavailable' },
        });
      now = after(now, LIMITED, { sent: true });
    }
  });

  test('gets the pause it asks for when that is longer than our own, also when a page is open', () => {
    const limited: Outcome = { kind: 'not_started', reason: 'rate_limited', retryAfterSeconds: 90, countsAsTry: true };
    for (const state of ['PENDING', 'UNKNOWN', 'REQUIRES_ACTION'] as const)
      expect(secondsFromNow(decide(attempt({ state }), limited).attempt.resolveAt)).toBe(90);
  });
});

describe('a provider that cannot be reached', () => {
  test('uses up no try and no send, and is tried less and less often: from a second up to a minute', () => {
    const pauses = [0, 4, 20, 100, 240, 3_599].map((age) => {
      const decision = decide(attempt({ since: ago(age) }), AWAY, { sent: true });
      expect(decision).toMatchObject({ verdict: 'rescheduled', orderEvent: null, attempt: { tries: 0, sends: 0 } });
      return secondsFromNow(decision.attempt.resolveAt);
    });
    expect(pauses).toEqual([1, 1, 5, 25, 60, 60]);
  });

  test('for an hour fails the order, because nothing was charged, and a person may have it sent after all', () => {
    const late = attempt({ since: ago(START_DEADLINE_SECONDS) });
    expect(decide(late, AWAY, { sent: true })).toMatchObject({
      orderEvent: 'declined',
      deadLetter: 'psp_unavailable',
      attempt: { state: 'REFUSED', resolveAt: null },
    });
    expect(decide({ ...late, kind: 'hosted' }, AWAY)).toMatchObject({ orderEvent: 'declined', deadLetter: null });
  });

  test.each([
    ['an answer stayed out', attempt({ state: 'UNKNOWN', tries: 2, since: ago(START_DEADLINE_SECONDS) })],
    ['a process died in mid-send', attempt({ since: ago(START_DEADLINE_SECONDS) })],
  ])('never fails an order while one send is in the dark (%s): a person decides, and asking goes on', (_, now) => {
    const decision = decide(now, AWAY);
    expect(decision).toMatchObject({
      verdict: 'given_up',
      deadLetter: 'outcome_unknown',
      orderEvent: 'given_up',
      attempt: { tries: TRIES_UNTIL_TOLD },
    });
    expect(secondsFromNow(decision.attempt.resolveAt)).toBe(60);
  });
});

describe('a page that could not be opened', () => {
  test('leaves the order as it is, however often it is asked for: nobody could have paid', () => {
    for (let tries = 0; tries < 20; tries += 1) {
      const decision = decide(attempt({ kind: 'hosted', tries }), SILENCE);
      expect(decision).toMatchObject({ verdict: 'rescheduled', orderEvent: null, deadLetter: null });
      expect(decision.attempt.state).toBeUndefined();
    }
  });

  test('expires after an hour, without a word about declines', () => {
    const late = attempt({ kind: 'hosted', since: ago(START_DEADLINE_SECONDS) });
    expect(decide(late, SILENCE)).toMatchObject({ orderEvent: 'expired', attempt: { state: 'EXPIRED' } });
  });
});

test('a wrong amount is asked about again, slowly, and never sent again', () => {
  const decision = decide(attempt(), success({ amountMinor: 1n }));
  expect(decision.attempt.tries).toBe(TRIES_UNTIL_TOLD);
  expect(secondsFromNow(decision.attempt.resolveAt)).toBe(60);
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
    const jitter = () => random;
    for (const [at, seconds] of [
      [nextLookAt(3, NOW, jitter), 4],
      [nextLookAt(99, NOW, jitter), 86_400],
      [nextAttemptAt(3, NOW, jitter), 4],
      [whenReachable(40, NOW, jitter), 10],
    ] as const) {
      const pause = secondsFromNow(at) ?? 0;
      expect(pause).toBeGreaterThanOrEqual(seconds);
      expect(pause).toBeLessThan(seconds * 1.25);
    }
  }
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
