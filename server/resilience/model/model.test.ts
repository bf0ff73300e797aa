import { expect, test } from 'vitest';
import type { Enquiry, Outcome } from '#psp';
import { checkAll } from './check.ts';
import { Core } from './core.ts';
import { Expected } from './expected.ts';
import { runModel } from './run-model.ts';
import { openSellers } from './sellers.ts';

const RUNS = 1_000;

test('the pure core and the model agree after every step of many random histories', { timeout: 120_000 }, () => {
  const report = runModel({ seed: 20_261_126, runs: RUNS });
  expect(report.violations).toEqual([]);
  expect(report.operations).toBeGreaterThan(10 * RUNS);
  const kinds: Enquiry['kind'][] = [
    'succeeded',
    'action_required',
    'pending',
    'declined',
    'decline_noted',
    'expired',
    'cancelled',
    'refused',
    'not_started',
    'unknown',
    'absent',
  ];
  const must = [
    ...['create', 'repeat-request', 'learn', 'learn-again', 'retry', 'open-page', 'ask-again', 'opened', 'refused'],
    ...['hear-nothing', 'called off'],
    ...kinds.map((kind) => `news ${kind}`),
    ...['applied', 'noted', 'rescheduled', 'unchanged', 'late', 'given_up'].map((verdict) => `verdict ${verdict}`),
    ...['EXECUTING SUCCESS', 'REQUIRES_ACTION EXPIRED', 'REQUIRES_ACTION CANCELLED', 'UNKNOWN MANUAL_REVIEW'].map(
      (move) => `move ${move}`,
    ),
    ...['FAILED EXECUTING', 'FAILED LATE_SUCCESS', 'EXPIRED LATE_SUCCESS', 'CANCELLED LATE_SUCCESS'].map(
      (move) => `move ${move}`,
    ),
    ...['UNKNOWN SUCCESS', 'UNKNOWN FAILED', 'MANUAL_REVIEW SUCCESS', 'MANUAL_REVIEW FAILED'].map(
      (move) => `move ${move}`,
    ),
    ...['UNKNOWN REQUIRES_ACTION', 'MANUAL_REVIEW REQUIRES_ACTION'].map((move) => `move ${move}`),
  ];
  expect(must.filter((name) => !report.sometimes[name])).toEqual([]);
});

test('the same seed gives the same steps', () => {
  const [first, second] = [runModel({ seed: 7, runs: 20 }), runModel({ seed: 7, runs: 20 })];
  expect(second.sometimes).toEqual(first.sometimes);
  expect(second.operations).toBe(first.operations);
  expect(runModel({ seed: 8, runs: 20 }).sometimes).not.toEqual(first.sometimes);
});

/** A paid order in the core and, unless it is doctored, the same in the model. */
function paid(): { core: Core; expected: Expected } {
  const core = new Core();
  const expected = new Expected();
  openSellers(core.tables);
  const buyer = { userId: 'ann', email: 'ann@example.com', name: 'Ann' };
  const amount = { amountMinor: 2_999n, currency: 'USD' as const };
  const orders = [{ paymentOrderId: 'order', sellerAccount: 'usual', amount }];
  core.accept({
    principal: 'key:shop',
    request: { checkoutId: 'checkout', buyer, payment: { token: 'tok_visa' }, orders },
  });
  const order = { id: 'order', checkoutId: 'checkout', sellerId: 'usual', buyerId: 'ann', currency: 'USD' as const };
  expected.orders.set('order', { ...order, grossMinor: 2_999n, feeMinor: 74n, stage: 'new' });
  const [attempt] = core.tables.attempts.values();
  if (!attempt) throw new Error('a payment by token has an attempt');
  expected.opened(attempt);
  const told = { kind: 'succeeded' as const, pspPaymentId: 'pi_1', chargeId: 'ch_1', cardLast4: null };
  const outcome: Outcome = { ...told, ...amount };
  core.learn([{ attemptId: attempt.id, outcome, asEvent: true }]);
  expected.learn(attempt.id, outcome, { state: 'SUCCEEDED', followUpId: null });
  return { core, expected };
}

test('a healthy order passes', () => {
  const { core, expected } = paid();
  expect(() => checkAll(expected, core)).not.toThrow();
});

test.each<[string, RegExp, (core: Core) => void]>([
  ['an entry of another amount', /^I1:/, ({ tables }) => Object.assign(tables.entries[0] ?? {}, { amountMinor: 1n })],
  ['an entry that is gone', /^I3:/, ({ tables }) => tables.entries.pop()],
  ['an entry of another currency', /^I4:/, ({ tables }) => Object.assign(tables.entries[0] ?? {}, { currency: 'JPY' })],
  ['a balance moved without an entry', /^I6:/, ({ tables }) => (tables.account('buyer:ann:USD').balance += 1n)],
  [
    'a capture of another amount',
    /^I13:/,
    ({ tables }) => tables.captures.set('order', { attemptId: 'a', amountMinor: 1n, currency: 'USD' }),
  ],
  ['a capture that is gone', /^I15:/, ({ tables }) => tables.captures.delete('order')],
  ['a state without its history', /^I16:/, ({ tables }) => (tables.order('order').state = 'FAILED')],
  [
    'a transition written twice',
    /^I16:/,
    ({ tables }) => tables.transitions.push({ orderId: 'order', seq: 3, from: 'SUCCESS', to: 'SUCCESS' }),
  ],
  ['news that was never told on', /^I30:/, ({ tables }) => tables.outbox.pop()],
  ['news that was told twice', /^I30:/, ({ tables }) => tables.outbox.push({ key: 'order', state: 'SUCCESS' })],
])('the checks see %s', (_, problem, spoil) => {
  const { core, expected } = paid();
  spoil(core);
  expect(() => checkAll(expected, core)).toThrow(problem);
});

test('the model sees who holds what: a cent between two accounts is noticed though every invariant holds', () => {
  const { core, expected } = paid();
  const { entries } = core.tables;
  const code = (kind: string) =>
    core.tables.account(kind === 'fees' ? 'platform_fees:platform:USD' : 'seller_pending:usual:USD');
  for (const [kind, cent] of [
    ['fees', -1n],
    ['seller', 1n],
  ] as const) {
    const account = code(kind);
    account.balance += cent;
    const entry = entries.find((one) => one.accountId === account.id);
    Object.assign(entry ?? {}, { amountMinor: account.balance, balanceAfter: account.balance });
  }
  expect(() => checkAll(expected, core)).toThrow(/holds -?\d+ instead of/);
});

test.each<[string, Outcome, string]>([
  ['failed on silence', { kind: 'unknown', reason: 'ETIMEDOUT' }, 'DECLINED'],
  [
    'left open by a decline',
    { kind: 'declined', code: 'no', message: '', pspPaymentId: null, tryAgain: false },
    'PENDING',
  ],
  ['ended by a step on the way', { kind: 'pending', pspPaymentId: 'pi_1' }, 'EXPIRED'],
])('the model refuses an attempt that is %s', (_, outcome, state) => {
  const expected = new Expected();
  expected.orders.set('o', {
    ...{ id: 'o', checkoutId: 'c', sellerId: 's', buyerId: 'b', currency: 'USD' as const },
    ...{ grossMinor: 1n, feeMinor: 0n, stage: 'new' as const },
  });
  expected.opened({ id: 'a', kind: 'direct', orderIds: ['o'] });
  expect(() => expected.learn('a', outcome, { state, followUpId: null })).toThrow();
});
