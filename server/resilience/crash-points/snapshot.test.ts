import { expect, test } from 'vitest';
import { differences, type Edge, withoutDetours } from './snapshot.ts';

const END = [
  'charge ~c1.o1 2999 usd',
  'entry order_captured buyer:~buyer:USD 2999',
  'order ~c1.o1 SUCCESS 2999 USD 75',
];

test('equal ends have no difference', () => {
  expect(differences(END, [...END].reverse())).toEqual([]);
});

test.each([
  ['a charge that is missing', END.slice(1), ['missing: charge ~c1.o1 2999 usd']],
  ['a charge that was made twice', [...END, END[0] ?? ''], ['unexpected: charge ~c1.o1 2999 usd']],
  [
    'an amount that is a cent off',
    END.map((line) => line.replace('USD 2999', 'USD 2998')),
    ['missing: entry order_captured buyer:~buyer:USD 2999', 'unexpected: entry order_captured buyer:~buyer:USD 2998'],
  ],
  [
    'another state',
    END.map((line) => line.replace('SUCCESS', 'FAILED')),
    ['missing: order ~c1.o1 SUCCESS 2999 USD 75', 'unexpected: order ~c1.o1 FAILED 2999 USD 75'],
  ],
])('%s is reported', (_, doctored, reported) => {
  expect(differences(END, doctored)).toEqual(reported);
});

const edges = (...states: string[]): Edge[] =>
  states.slice(1).map((to, index) => ({ of: 'o1', name: 'o1', from: states[index] as string, to }));

test('a history may go over UNKNOWN, and nowhere else', () => {
  const straight = edges('NOT_STARTED', 'EXECUTING', 'SUCCESS');
  expect(withoutDetours(edges('NOT_STARTED', 'EXECUTING', 'UNKNOWN', 'SUCCESS'))).toEqual(straight);
  expect(withoutDetours(straight)).toEqual(straight);
  for (const other of [
    edges('NOT_STARTED', 'EXECUTING', 'FAILED', 'EXECUTING', 'SUCCESS'),
    edges('NOT_STARTED', 'EXECUTING', 'UNKNOWN', 'MANUAL_REVIEW', 'SUCCESS'),
    edges('NOT_STARTED', 'EXECUTING', 'UNKNOWN'),
  ])
    expect(withoutDetours(other)).toEqual(other);
});

test('a refund that was unknown for a while and is on its way again has gone nowhere', () => {
  const straight = edges('REQUESTED', 'SUBMITTED', 'SUCCEEDED');
  expect(withoutDetours(edges('REQUESTED', 'SUBMITTED', 'UNKNOWN', 'SUBMITTED', 'SUCCEEDED'))).toEqual(straight);
  expect(withoutDetours(edges('REQUESTED', 'SUBMITTED', 'UNKNOWN', 'SUCCEEDED'))).toEqual(straight);
});

test('the histories of two orders are not mixed', () => {
  const mixed = [...edges('EXECUTING', 'UNKNOWN'), { of: 'o2', name: 'o2', from: 'EXECUTING', to: 'SUCCESS' }];
  expect(withoutDetours(mixed)).toEqual(mixed);
});
