import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PayoutOutcome } from '#psp';
import { decideApproval, decideCancellation, decidePayout, decideSending, type PayoutNow } from './decide-payout.ts';
import {
  moneyMoved,
  OPEN_PAYOUT_STATES,
  PAYOUT_STATES,
  PAYOUT_TRANSITIONS,
  type PayoutState,
  SECOND_PAYOUT,
  SENT_PAYOUT_STATES,
} from './payout-state.ts';

const NOW = new Date('2026-01-01T12:00:00Z');
const known = { pspPayoutId: 'po_psp', amountMinor: 2_999n, currency: 'USD' } as const;
const NEWS = {
  paid: { kind: 'paid', ...known },
  pending: { kind: 'pending', ...known },
  failed: { kind: 'failed', reason: 'account_closed', ...known },
  refused: { kind: 'refused', code: 'balance_insufficient', message: 'no' },
  notStarted: { kind: 'not_started', reason: 'rate_limited', retryAfterSeconds: 9, countsAsTry: true },
  unknown: { kind: 'unknown', reason: 'ETIMEDOUT' },
} as const satisfies Record<string, PayoutOutcome>;

const payout = (state: PayoutState, change: Partial<PayoutNow> = {}): PayoutNow => ({
  id: 'po_1',
  state,
  tries: 0,
  amountMinor: 2_999n,
  currency: 'USD',
  pspPayoutId: state === 'PAID' || state === 'RETURNED' ? 'po_psp' : null,
  requestedBy: 'user:bo',
  ...change,
});
const decide = (now: PayoutNow, news: PayoutOutcome) => decidePayout(now, news, NOW, () => 0);
const secondsUntil = (at: Date | null | undefined) => at && (at.getTime() - NOW.getTime()) / 1_000;

describe('the state table', () => {
  const reachable = (from: PayoutState) => {
    const seen = new Set<PayoutState>([from]);
    for (const one of seen) for (const to of PAYOUT_TRANSITIONS[one]) seen.add(to);
    return seen;
  };

  test('every state can be reached, and from every open one there is a way to an end', () => {
    expect([...reachable('REQUESTED')].toSorted()).toEqual([...PAYOUT_STATES].toSorted());
    for (const open of OPEN_PAYOUT_STATES)
      expect([...reachable(open)].some((one) => !OPEN_PAYOUT_STATES.has(one))).toBe(true);
  });

  test('nothing is cancelled that may have been sent, and what arrived can only come back', () => {
    for (const state of PAYOUT_STATES)
      if (PAYOUT_TRANSITIONS[state].includes('CANCELLED')) expect(['REQUESTED', 'APPROVED']).toContain(state);
    expect(PAYOUT_TRANSITIONS.PAID).toEqual(['RETURNED']);
    for (const end of ['FAILED', 'RETURNED', 'CANCELLED'] as const) expect(PAYOUT_TRANSITIONS[end]).toEqual([]);
  });

  test('on every way through the table what was booked is taken back once, latest first, or stays booked to the end', () => {
    const walk = (state: PayoutState, booked: readonly string[], seen: ReadonlySet<string>) => {
      if (state === 'PAID') expect(booked).toEqual(['requested', 'sent', 'paid']);
      if (['FAILED', 'RETURNED', 'CANCELLED'].includes(state)) expect(booked).toEqual([]);
      for (const to of PAYOUT_TRANSITIONS[state]) {
        if (seen.has(`${state} ${to}`)) continue;
        const { forward = [], back = [] } = moneyMoved(state, to);
        const left = [...booked, ...forward];
        for (const step of back) expect(left.pop()).toBe(step);
        walk(to, left, new Set([...seen, `${state} ${to}`]));
      }
    };
    walk('REQUESTED', ['requested'], new Set());
    expect.hasAssertions();
  });
});

test.each(['SUBMITTED', 'UNKNOWN'] as const)('a payout that is %s takes every definite answer', (state) => {
  expect(decide(payout(state), NEWS.paid)).toMatchObject({
    verdict: 'applied',
    to: 'PAID',
    change: { pspPayoutId: 'po_psp', resolveAt: null },
    deadLetter: null,
    bank: { failureCode: null },
  });
  expect(decide(payout(state), NEWS.failed)).toMatchObject({
    to: 'FAILED',
    change: { error: 'failed:account_closed', resolveAt: null, recallAt: NOW },
    deadLetter: 'failed:account_closed',
    bank: { failureCode: 'account_closed' },
  });
  expect(decide(payout(state), NEWS.refused)).toMatchObject({
    to: 'FAILED',
    change: { recallAt: NOW },
    deadLetter: 'refused:balance_insufficient',
    bank: { failureCode: 'balance_insufficient' },
  });
});

test('silence is never a failure: it is asked about again, and a person is told after the quick tries', () => {
  const first = decide(payout('SUBMITTED'), NEWS.unknown);
  expect(first).toMatchObject({ to: 'UNKNOWN', verdict: 'rescheduled', deadLetter: null });
  expect(secondsUntil(first.change.resolveAt)).toBe(1);
  const last = decide(payout('UNKNOWN', { tries: 5 }), NEWS.unknown);
  expect(last).toMatchObject({ to: null, verdict: 'given_up', deadLetter: 'outcome_unknown' });
  expect(secondsUntil(last.change.resolveAt)).toBeGreaterThan(0);
});

test('what did not reach the provider stays what it was, and waits as long as the provider asks', () => {
  const decision = decide(payout('SUBMITTED'), NEWS.notStarted);
  expect(decision).toMatchObject({ to: null, verdict: 'rescheduled' });
  expect(secondsUntil(decision.change.resolveAt)).toBe(9);
});

test('another amount is not believed', () => {
  for (const kind of ['paid', 'pending'] as const)
    expect(decide(payout('SUBMITTED'), { ...NEWS[kind], amountMinor: 3_000n })).toMatchObject({
      to: 'UNKNOWN',
      deadLetter: 'amount_mismatch',
    });
});

test('a payout that had arrived may come back, days later, and its money is brought back too', () => {
  expect(decide(payout('PAID'), NEWS.failed)).toMatchObject({
    verdict: 'late',
    to: 'RETURNED',
    change: { recallAt: NOW },
    deadLetter: 'returned:account_closed',
  });
});

test.each(['REQUESTED', 'APPROVED', 'CANCELLED', 'FAILED'] as const)(
  'money that the provider sent for a payout that is %s is told to a person, and changes nothing',
  (state) => {
    expect(decide(payout(state), NEWS.paid)).toMatchObject({ to: null, change: {}, deadLetter: SECOND_PAYOUT });
    expect(decide(payout(state), NEWS.failed).verdict).toBe('unchanged');
  },
);

test('whatever comes in whatever order, only moves of the table are made, and an end is left only by coming back', () => {
  const news = fc.constantFrom(...Object.values(NEWS));
  fc.assert(
    fc.property(fc.constantFrom(...PAYOUT_STATES), fc.array(news, { maxLength: 12 }), (start, all) => {
      let now = payout(start);
      for (const one of all) {
        const { to, change } = decide(now, one);
        if (to) expect(PAYOUT_TRANSITIONS[now.state]).toContain(to);
        now = { ...now, ...change, state: to ?? now.state };
        if (SENT_PAYOUT_STATES.has(now.state)) expect(change.resolveAt).not.toBeNull();
      }
    }),
    { numRuns: 2_000 },
  );
});

describe('what people decide', () => {
  test('somebody else approves, and approving again changes nothing', () => {
    expect(decideApproval(payout('REQUESTED'), 'user:fin', NOW)).toMatchObject({
      to: 'APPROVED',
      change: { approvedBy: 'user:fin', resolveAt: NOW },
    });
    expect(decideApproval(payout('APPROVED'), 'user:fin', NOW).verdict).toBe('unchanged');
    expect(() => decideApproval(payout('REQUESTED'), 'user:bo', NOW)).toThrow('Whoever asked for a payout');
  });

  test('what is sent can no longer be called off, and what was called off is not sent', () => {
    for (const state of ['REQUESTED', 'APPROVED'] as const)
      expect(decideCancellation(payout(state), 'why')).toMatchObject({ to: 'CANCELLED', reason: 'why' });
    for (const state of ['SUBMITTED', 'UNKNOWN', 'PAID', 'FAILED', 'RETURNED'] as const)
      expect(() => decideCancellation(payout(state), 'why')).toThrow('can no longer be cancelled');
    for (const state of PAYOUT_STATES)
      expect(decideSending(payout(state), NOW).to).toBe(state === 'APPROVED' ? 'SUBMITTED' : null);
  });
});
