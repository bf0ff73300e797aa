import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DisputeFacts, DisputeStage } from '#psp';
import { type DisputeDecision, type DisputeNow, decideDispute } from './decide-dispute.ts';
import { DISPUTE_STATES, DISPUTE_TRANSITIONS, type DisputeState, OPEN_DISPUTE_STATES } from './dispute-state.ts';

const NOW = new Date('2026-01-01T12:00:00Z');
const MOVED = { amountMinor: 10_000n, feeMinor: 1_500n };

/** What the provider shows in each stage. */
const facts = (stage: DisputeStage, change: Partial<DisputeFacts> = {}): DisputeFacts => ({
  pspDisputeId: 'du_1',
  pspPaymentId: 'pi_1',
  amountMinor: 10_000n,
  currency: 'USD',
  reason: 'fraudulent',
  stage,
  dueBy: null,
  openedAt: NOW,
  withdrawn: stage.startsWith('inquiry') ? null : MOVED,
  reinstated: stage === 'won' ? { amountMinor: 10_000n, feeMinor: 0n } : null,
  ...change,
});

const START: DisputeNow = {
  state: 'INQUIRY',
  tries: 0,
  withdrawn: null,
  reinstated: null,
  accepted: false,
  booked: { opened: false, closed: false },
};

/** The dispute after a decision, as the transaction leaves it. */
function after(before: DisputeNow, decision: DisputeDecision): DisputeNow {
  return {
    ...before,
    state: decision.steps.at(-1) ?? before.state,
    withdrawn: decision.withdrawn,
    reinstated: decision.reinstated,
    tries: decision.tries,
    booked: {
      opened: before.booked.opened || decision.bookings.includes('opened'),
      closed: before.booked.closed || decision.bookings.some((booking) => booking !== 'opened'),
    },
  };
}

function play(news: readonly DisputeFacts[], start = START) {
  const bookings: string[] = [];
  let dispute = start;
  for (const one of news) {
    const decision = decideDispute(dispute, one, NOW, () => 0.5);
    bookings.push(...decision.bookings);
    dispute = after(dispute, decision);
  }
  return { dispute, bookings };
}

describe('the state table', () => {
  test('every state can be reached, and from every open one there is a way to an end', () => {
    const reachable = (from: DisputeState) => {
      const seen = new Set<DisputeState>([from]);
      for (const one of seen) for (const to of DISPUTE_TRANSITIONS[one]) seen.add(to);
      return seen;
    };
    expect([...reachable('INQUIRY')].toSorted()).toEqual([...DISPUTE_STATES].toSorted());
    for (const open of OPEN_DISPUTE_STATES)
      expect([...reachable(open)].some((one) => !OPEN_DISPUTE_STATES.has(one))).toBe(true);
  });
});

test.each([
  ['won', 'WON', 'won'],
  ['lost', 'LOST', 'lost'],
] as const)(
  'news of a dispute that is %s, in any order and number, ends the same and is booked once',
  (end, state, booking) => {
    const story = [facts('inquiry'), facts('open'), facts('under_review'), facts(end)];
    const news = fc
      .array(fc.constantFrom(...story), { maxLength: 12 })
      .chain((more) => fc.shuffledSubarray([...story, ...more], { minLength: story.length + more.length }));
    fc.assert(
      fc.property(news, (told) => {
        const { dispute, bookings } = play(told);
        expect(dispute.state).toBe(state);
        expect(bookings).toEqual(['opened', booking]);
      }),
      { numRuns: 2_000 },
    );
  },
);

test('money that the provider does not show is not booked; it is asked about, then a person is told', () => {
  const { dispute, bookings } = play([facts('lost', { withdrawn: null })]);
  expect(bookings).toEqual([]);
  expect(dispute).toMatchObject({ state: 'LOST', tries: 1 });
  expect(decideDispute(dispute, facts('lost', { withdrawn: null }), NOW, () => 0.5).resolveAt).not.toBeNull();
  expect(play([facts('lost')], dispute).bookings).toEqual(['opened', 'lost']);
});

test('one that is won is booked so once the provider shows what it gave back', () => {
  const { dispute, bookings } = play([facts('open'), facts('won', { reinstated: null })]);
  expect(bookings).toEqual(['opened']);
  expect(dispute).toMatchObject({ state: 'WON', tries: 1 });
  expect(play([facts('won')], dispute).bookings).toEqual(['won']);
});

test('one that we accepted is ACCEPTED when it is lost, and booked as lost', () => {
  const { dispute, bookings } = play([facts('open'), facts('lost')], { ...START, accepted: true });
  expect(dispute.state).toBe('ACCEPTED');
  expect(bookings).toEqual(['opened', 'lost']);
});

test('an amount given back that is not the one taken is not booked, and told to a person', () => {
  const odd = facts('won', { reinstated: { amountMinor: 9_000n, feeMinor: 0n } });
  const { dispute } = play([facts('open')]);
  expect(decideDispute(dispute, odd, NOW, () => 0.5)).toMatchObject({
    steps: ['WON'],
    bookings: [],
    deadLetter: 'amount_mismatch',
  });
});

test('another end than the one that is known changes nothing, and a person is told', () => {
  const { dispute } = play([facts('open'), facts('lost')]);
  expect(decideDispute(dispute, facts('won'), NOW, () => 0.5)).toMatchObject({
    verdict: 'contradicted',
    steps: [],
    bookings: [],
    deadLetter: 'contradicted',
  });
});
