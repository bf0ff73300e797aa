import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RefundOutcome } from '#psp';
import { decideRefund, type RefundNow } from './decide-refund.ts';
import {
  OPEN_REFUND_STATES,
  REFUND_STATES,
  REFUND_TRANSITIONS,
  type RefundState,
  SECOND_REFUND,
} from './refund-state.ts';

const NOW = new Date('2026-01-01T12:00:00Z');
const known = { pspRefundId: 're_1', amountMinor: 2_999n, currency: 'USD' } as const;
const NEWS = {
  succeeded: { kind: 'succeeded', ...known },
  pending: { kind: 'pending', ...known },
  failed: { kind: 'failed', reason: 'lost_or_stolen_card', ...known },
  refused: { kind: 'refused', code: 'charge_already_refunded', message: 'no' },
  notStarted: { kind: 'not_started', reason: 'ECONNREFUSED', retryAfterSeconds: null, countsAsTry: true },
  unknown: { kind: 'unknown', reason: 'ETIMEDOUT' },
} as const satisfies Record<string, RefundOutcome>;

const refund = (state: RefundState, change: Partial<RefundNow> = {}): RefundNow => ({
  state,
  tries: 0,
  amountMinor: 2_999n,
  currency: 'USD',
  pspRefundId: state === 'SUCCEEDED' || state === 'FAILED_LATE' ? 're_1' : null,
  ...change,
});
const decide = (now: RefundNow, news: RefundOutcome) => decideRefund(now, news, NOW, () => 0.5);
const secondsUntil = (at: Date | null | undefined) => at && (at.getTime() - NOW.getTime()) / 1_000;

describe('the state table', () => {
  const reachable = (from: RefundState) => {
    const seen = new Set<RefundState>([from]);
    for (const one of seen) for (const to of REFUND_TRANSITIONS[one]) seen.add(to);
    return seen;
  };

  test('every state can be reached, and from every open one there is a way to an end', () => {
    expect([...reachable('REQUESTED')].toSorted()).toEqual([...REFUND_STATES].toSorted());
    for (const open of OPEN_REFUND_STATES)
      expect([...reachable(open)].some((one) => !OPEN_REFUND_STATES.has(one))).toBe(true);
  });

  test('money that went back can only come back; a failure is the end', () => {
    expect(REFUND_TRANSITIONS.SUCCEEDED).toEqual(['FAILED_LATE']);
    expect([...REFUND_TRANSITIONS.FAILED, ...REFUND_TRANSITIONS.FAILED_LATE]).toEqual([]);
  });
});

test.each(['SUBMITTED', 'UNKNOWN'] as const)('a refund that is %s takes every definite answer', (state) => {
  expect(decide(refund(state), NEWS.succeeded)).toMatchObject({
    verdict: 'applied',
    to: 'SUCCEEDED',
    change: { pspRefundId: 're_1', resolveAt: null },
    deadLetter: null,
  });
  expect(decide(refund(state), NEWS.failed)).toMatchObject({ to: 'FAILED', deadLetter: 'failed:lost_or_stolen_card' });
  expect(decide(refund(state), NEWS.refused)).toMatchObject({
    to: 'FAILED',
    deadLetter: 'refused:charge_already_refunded',
  });
});

test('no answer is never a failure: it is asked after 1, 2, 4, 8, 16 s, then a person is told and it goes on slowly', () => {
  const pauses = [0, 1, 2, 3, 4].map((tries) =>
    secondsUntil(decide(refund('UNKNOWN', { tries }), NEWS.unknown).change.resolveAt),
  );
  expect(pauses).toEqual([1, 2, 4, 8, 16].map((pause) => pause * 1.125));
  const last = decide(refund('UNKNOWN', { tries: 5 }), NEWS.unknown);
  expect(last).toMatchObject({ verdict: 'given_up', to: null, deadLetter: 'outcome_unknown' });
  expect(secondsUntil(last.change.resolveAt)).toBe(60 * 1.125);
  expect(decide(refund('SUBMITTED'), NEWS.unknown)).toMatchObject({ to: 'UNKNOWN', change: { tries: 1 } });
});

test('what was never sent stays what it was; an open breaker uses no retry up', () => {
  expect(decide(refund('SUBMITTED'), NEWS.notStarted)).toMatchObject({
    verdict: 'rescheduled',
    to: null,
    change: { tries: 1 },
  });
  const breaker = { ...NEWS.notStarted, countsAsTry: false, retryAfterSeconds: 3 };
  expect(decide(refund('SUBMITTED', { tries: 2 }), breaker)).toMatchObject({ change: { tries: 2 } });
  expect(decide(refund('SUBMITTED', { tries: 5 }), NEWS.notStarted)).toMatchObject({ deadLetter: 'psp_unavailable' });
});

test('a pending refund waits for its end, also when it had been given up for unknown', () => {
  expect(decide(refund('SUBMITTED', { tries: 3 }), NEWS.pending)).toMatchObject({
    verdict: 'noted',
    to: null,
    change: { pspRefundId: 're_1', tries: 0 },
  });
  expect(decide(refund('UNKNOWN'), NEWS.pending)).toMatchObject({ to: 'SUBMITTED' });
});

test.each([{ amountMinor: 3_000n }, { amountMinor: 2_998n }, { currency: 'EUR' as const }])(
  'a refund of another amount (%o) is booked by nobody, and asked about again',
  (lie) => {
    for (const news of [NEWS.succeeded, NEWS.pending])
      expect(decide(refund('SUBMITTED'), { ...news, ...lie })).toMatchObject({
        verdict: 'given_up',
        to: 'UNKNOWN',
        deadLetter: 'amount_mismatch',
      });
  },
);

test('a refund that had succeeded and fails is taken back, once, and a person is told', () => {
  expect(decide(refund('SUCCEEDED'), NEWS.failed)).toMatchObject({
    verdict: 'late',
    to: 'FAILED_LATE',
    deadLetter: 'failed_late:lost_or_stolen_card',
  });
  expect(decide(refund('FAILED_LATE'), NEWS.failed)).toMatchObject({ verdict: 'unchanged', to: null });
});

test('news that comes again or out of order changes nothing', () => {
  for (const news of [NEWS.succeeded, NEWS.pending, NEWS.unknown, NEWS.refused, NEWS.notStarted])
    expect(decide(refund('SUCCEEDED'), news).verdict).toBe('unchanged');
  const failed = refund('FAILED', { pspRefundId: 're_1' });
  for (const news of Object.values(NEWS)) expect(decide(failed, news).verdict).toBe('unchanged');
});

test('a refund that the provider made beside ours is never overlooked, and never booked', () => {
  const other = { ...NEWS.succeeded, pspRefundId: 're_2' };
  for (const one of [refund('SUCCEEDED'), refund('SUBMITTED', { pspRefundId: 're_1' }), refund('FAILED')])
    expect(decide(one, other)).toMatchObject({ verdict: 'given_up', to: null, change: {}, deadLetter: SECOND_REFUND });
  expect(decide(refund('SUCCEEDED'), { ...NEWS.failed, pspRefundId: 're_2' }).verdict).toBe('unchanged');
});

test('whatever news comes in whatever order, steps are legal, what is open is looked at again, and money moves at most there and back', () => {
  const news = fc.constantFrom<RefundOutcome>(...Object.values(NEWS));
  fc.assert(
    fc.property(fc.array(news, { maxLength: 20 }), (all) => {
      let now = refund('SUBMITTED');
      let resolveAt: Date | null = NOW;
      const moved: RefundState[] = [];
      for (const one of all) {
        const { to, change } = decide(now, one);
        if (to) expect(REFUND_TRANSITIONS[now.state]).toContain(to);
        if (to) moved.push(to);
        if (change.resolveAt !== undefined) resolveAt = change.resolveAt;
        now = { ...now, ...change, state: to ?? now.state };
        expect(resolveAt === null).toBe(!OPEN_REFUND_STATES.has(now.state));
      }
      expect(moved.filter((to) => to === 'SUCCEEDED').length).toBeLessThanOrEqual(1);
      expect(moved.filter((to) => to === 'FAILED' || to === 'FAILED_LATE').length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 2_000 },
  );
});
