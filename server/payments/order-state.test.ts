import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ATTEMPT_STATES, OPEN_ATTEMPT_STATES } from './attempt-state.ts';
import {
  eventStatusOf,
  ORDER_STATES,
  ORDER_STEPS,
  ORDER_TRANSITIONS,
  type OrderEvent,
  type OrderState,
  SETTLED_STATES,
  stepsFor,
} from './order-state.ts';

const EVENTS = Object.keys(ORDER_STEPS) as OrderEvent[];
const state = fc.constantFrom(...ORDER_STATES);

function reachable(from: OrderState): Set<OrderState> {
  const seen = new Set<OrderState>([from]);
  for (const one of seen) for (const to of ORDER_TRANSITIONS[one]) seen.add(to);
  return seen;
}

test('every state can be reached from the start', () => {
  expect([...reachable('NOT_STARTED')].toSorted()).toEqual([...ORDER_STATES].toSorted());
});

test('money that was taken never turns back into not taken', () => {
  for (const taken of ['SUCCESS', 'LATE_SUCCESS', 'AUTO_REFUNDING'] as const)
    for (const not of [
      'NOT_STARTED',
      'EXECUTING',
      'REQUIRES_ACTION',
      'UNKNOWN',
      'FAILED',
      'EXPIRED',
      'CANCELLED',
    ] as const)
      expect(reachable(taken).has(not)).toBe(false);
});

test('the terminal states are those that only refunds and disputes may leave', () => {
  expect(ORDER_STATES.filter((one) => ORDER_TRANSITIONS[one].length === 0)).toEqual(['SUCCESS', 'AUTO_REFUNDING']);
});

test('from every state that waits for somebody there is a way to a settled one', () => {
  for (const one of ORDER_STATES) expect([...reachable(one)].some((end) => SETTLED_STATES.has(end))).toBe(true);
});

test('every step that an event takes is a legal transition, and nothing starts where it ends', () => {
  for (const event of EVENTS) {
    for (const from of ORDER_STATES) {
      let at: OrderState = from;
      for (const to of stepsFor(event, from)) {
        expect(ORDER_TRANSITIONS[at], `${event}: ${at} → ${to}`).toContain(to);
        at = to;
      }
    }
  }
});

test('the same news again changes nothing', () => {
  for (const event of EVENTS) {
    for (const from of ORDER_STATES) {
      const once = stepsFor(event, from).at(-1);
      if (once) expect(stepsFor(event, once), `${event} twice from ${from}`).toEqual([]);
    }
  }
});

test('whatever news comes in whatever order, an order whose money was taken keeps it, and is taken once', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 30 }), (news) => {
      let at: OrderState = 'NOT_STARTED';
      let captures = 0;
      for (const event of news) {
        const steps = stepsFor(event, at);
        at = steps.at(-1) ?? at;
        if (event === 'captured' && steps.length > 0) captures += 1;
        if (captures > 0) expect(['SUCCESS', 'LATE_SUCCESS', 'AUTO_REFUNDING']).toContain(at);
      }
      expect(captures).toBeLessThanOrEqual(1);
    }),
    { numRuns: 2_000 },
  );
});

test('every transition of the table is taken by some event', () => {
  const taken = new Set<string>();
  for (const event of EVENTS) {
    for (const from of ORDER_STATES) {
      let at: OrderState = from;
      for (const to of stepsFor(event, from)) {
        taken.add(`${at}→${to}`);
        at = to;
      }
    }
  }
  const all = ORDER_STATES.flatMap((from) => ORDER_TRANSITIONS[from].map((to) => `${from}→${to}`));
  expect(all.filter((one) => !taken.has(one))).toEqual([]);
});

test('an order that waits for an answer takes every definite answer', () => {
  for (const from of ['EXECUTING', 'REQUIRES_ACTION', 'UNKNOWN'] as const)
    for (const event of ['captured', 'declined', 'expired', 'cancelled', 'given_up'] as const)
      expect(stepsFor(event, from), `${event} in ${from}`).not.toEqual([]);
});

test('a person who looks at an order is not left with it once the provider gives its last word', () => {
  for (const event of ['declined', 'expired', 'cancelled'] as const)
    expect(stepsFor(event, 'MANUAL_REVIEW'), event).toEqual(['FAILED']);
  expect(stepsFor('captured', 'MANUAL_REVIEW')).toEqual(['SUCCESS']);
});

test('an order in doubt waits for the shopper once the provider says that it does', () => {
  for (const from of ['EXECUTING', 'UNKNOWN', 'MANUAL_REVIEW'] as const)
    expect(stepsFor('action_required', from), from).toEqual(['REQUIRES_ACTION']);
});

test('money taken is noticed in every state in which it can be taken', () => {
  const unaware = ORDER_STATES.filter((one) => stepsFor('captured', one).length === 0);
  expect(unaware).toEqual(['NOT_STARTED', 'SUCCESS', 'LATE_SUCCESS', 'AUTO_REFUNDING']);
});

test('attempts that are open are exactly those without a last word', () => {
  expect(ATTEMPT_STATES.filter((one) => OPEN_ATTEMPT_STATES.has(one))).toEqual([
    'PENDING',
    'REQUIRES_ACTION',
    'UNKNOWN',
  ]);
});

describe('the status of a checkout follows from its orders', () => {
  test.each([
    [['NOT_STARTED', 'NOT_STARTED'], 'NOT_STARTED'],
    [['NOT_STARTED', 'EXECUTING'], 'PROCESSING'],
    [['SUCCESS', 'EXECUTING'], 'PROCESSING'],
    [['FAILED', 'UNKNOWN'], 'PROCESSING'],
    [['SUCCESS', 'REQUIRES_ACTION'], 'PROCESSING'],
    [['SUCCESS', 'SUCCESS'], 'COMPLETED'],
    [['SUCCESS', 'FAILED'], 'PARTIALLY_COMPLETED'],
    [['SUCCESS', 'EXPIRED'], 'PARTIALLY_COMPLETED'],
    [['FAILED', 'FAILED'], 'FAILED'],
    [['FAILED', 'EXPIRED'], 'FAILED'],
    [['EXPIRED', 'EXPIRED'], 'EXPIRED'],
    [['EXPIRED', 'CANCELLED'], 'EXPIRED'],
    [['LATE_SUCCESS', 'LATE_SUCCESS'], 'FAILED'],
    [['FAILED', 'MANUAL_REVIEW'], 'PROCESSING'],
  ] as const)('%j is %s', (states, status) => {
    expect(eventStatusOf(states)).toBe(status);
  });

  test('it does not depend on the order of the orders', () => {
    fc.assert(
      fc.property(fc.array(state, { minLength: 1, maxLength: 6 }), (states) => {
        expect(eventStatusOf(states.toReversed())).toBe(eventStatusOf(states));
        expect(eventStatusOf(states.toSorted())).toBe(eventStatusOf(states));
      }),
    );
  });

  test('it is COMPLETED only when every order succeeded, and never FAILED while one may still be charged', () => {
    fc.assert(
      fc.property(fc.array(state, { minLength: 1, maxLength: 6 }), (states) => {
        const status = eventStatusOf(states);
        expect(status === 'COMPLETED').toBe(states.every((one) => one === 'SUCCESS'));
        if (status === 'FAILED' || status === 'EXPIRED') {
          const open = ['EXECUTING', 'REQUIRES_ACTION', 'UNKNOWN', 'MANUAL_REVIEW', 'SUCCESS'];
          expect(states.filter((one) => open.includes(one))).toEqual([]);
        }
      }),
    );
  });
});
