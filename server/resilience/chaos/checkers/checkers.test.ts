import { describe, expect, test } from 'vitest';
import type { Books } from '../books.ts';
import type { Evidence } from '../evidence.ts';
import type { Call, Json } from '../history.ts';
import type { Plan } from '../plan.ts';
import { CHECKERS, judge } from './index.ts';
import { HONEST_MONEY, MONEY_LIES } from './money-lies.ts';

/** A run in which all went well, told the way the harness tells it; each test makes one lie of it. */
const ORDER = { payment_order_id: 'p0.1', amount: '29.99', currency: 'USD' };
const BODY = { checkout_id: 'p0', credit_card_info: { token: 'tok_visa_4242' }, payment_orders: [ORDER] };
const REFUSED = { checkout_id: 'x1', payment_orders: [{ ...ORDER, payment_order_id: 'x1.1', amount: '0' }] };
const shown = (status: string) => ({
  checkout_id: 'p0',
  created_at: '2026-01-01T00:00:00Z',
  payment_orders: [{ ...ORDER, status }],
});
const BALANCED = { balanced: true, currencies: [{ currency: 'USD', difference_minor: '0' }] };

const PLAN = {
  seed: '1',
  operations: [
    { client: 0, deed: { kind: 'pay', body: BODY, prefer: null, key: 'key-0' } },
    { client: 1, deed: { kind: 'invalid', body: REFUSED, code: 'amount_zero' } },
    { client: 2, deed: { kind: 'other_body', of: 0 } },
  ],
} as unknown as Plan;

function call(change: Partial<Call>): Call {
  const answered = { verdict: 'ok', status: 202, answer: null, replayed: false, reason: null } as const;
  const asked = { process: 'client-0', op: 0, name: 'POST /payments', path: '/payments', key: null, body: undefined };
  const made = { ...asked, ...answered, begunAt: 0, endedAt: 1, ...change };
  return { ...made, text: change.text ?? JSON.stringify(made.answer) };
}

const paid = (at: number, change: Partial<Call> = {}) =>
  call({ body: BODY, key: 'key-0', answer: shown('SUCCESS'), begunAt: at, endedAt: at + 1, ...change });
const looked = (at: number, status: string) =>
  call({
    name: 'GET /payments/{id}',
    path: '/payments/p0',
    status: 200,
    answer: shown(status),
    begunAt: at,
    endedAt: at + 1,
  });
const refused = (op: number, body: Json, reason: string) =>
  call({ op, body, verdict: 'fail', status: 400, reason, process: `client-${op}` });

const BOOKS: Books = {
  orders: [
    {
      id: 'p0.1',
      checkout_id: 'p0',
      principal: 'north',
      flow: 'direct',
      amount: '2999',
      currency: 'USD',
      state: 'SUCCESS',
    },
  ],
  transitions: [
    { order_id: 'p0.1', from_state: 'NOT_STARTED', to_state: 'EXECUTING', actor: 'api' },
    { order_id: 'p0.1', from_state: 'EXECUTING', to_state: 'SUCCESS', actor: 'api' },
  ],
  attempts: [{ id: 'att_1', state: 'SUCCEEDED', amount: '2999', currency: 'USD', order_ids: ['p0.1'] }],
  captures: [{ order_id: 'p0.1', amount: '2999', currency: 'USD' }],
  outbox: [{ order_id: 'p0.1', state: 'SUCCESS' }],
  ...HONEST_MONEY.books,
  refundTransitions: [],
  alerts: [],
  deadLetters: [],
  refundLetters: [],
};
const CHARGE = { id: 'ch_1', amount: 2999, currency: 'usd', attempt_id: 'att_1', order_ids: ['p0.1'] };
const REFUND = {
  id: 're_1',
  amount: 2999,
  currency: 'usd',
  status: 'succeeded',
  attempt_id: 'att_1',
  refund_id: 'rf_1',
} as const;
const OUR_REFUND = {
  id: 'rf_1',
  attempt_id: 'att_1',
  order_id: null,
  request_id: null,
  state: 'SUCCEEDED',
  amount: '2999',
  currency: 'USD',
};
const UNKNOWN_ATTEMPT = { id: 'att_1', state: 'UNKNOWN', amount: '2999', currency: 'USD', order_ids: ['p0.1'] };
const EXTRA = { checkout_id: 'p0', payment_orders: [ORDER, { ...ORDER, payment_order_id: 'p0.extra' }] };

const HONEST: Evidence = {
  plan: PLAN,
  calls: [
    call({ body: BODY, key: 'key-0', verdict: 'info', status: null, reason: 'timed out' }),
    paid(2),
    paid(4, { replayed: true }),
    refused(1, REFUSED, 'amount_zero'),
    refused(2, EXTRA, 'idempotency_mismatch'),
    looked(6, 'SUCCESS'),
    call({ op: -1, name: 'GET /ledger/balance', path: '/ledger/balance', status: 200, answer: BALANCED }),
    ...HONEST_MONEY.calls,
  ],
  books: BOOKS,
  journal: [CHARGE],
  refundJournal: HONEST_MONEY.refundJournal,
  provider: HONEST_MONEY.provider,
  settled: true,
  providerAudit: { balanced: true, problems: {} },
  broken: [],
  unsettled: [],
  notReady: [],
  leaks: [],
  accidents: [],
  logs: [],
};

const paidWith = (token: string): Plan => ({
  ...PLAN,
  operations: [{ client: 0, deed: { kind: 'pay', body: { ...BODY, credit_card_info: { token } } } } as never],
});
const order = (change: object): Pick<Evidence, 'books'> => ({
  books: { ...BOOKS, orders: [{ ...(BOOKS.orders[0] as object), ...change } as never] },
});
const books = (change: Partial<Books>): Pick<Evidence, 'books'> => ({ books: { ...BOOKS, ...change } });
const calls = (...more: Call[]): Pick<Evidence, 'calls'> => ({ calls: [...HONEST.calls, ...more] });
const bulk = (result: object) =>
  call({
    name: 'POST /payments/bulk',
    status: 200,
    body: { payments: [{ ...BODY, checkout_id: 'b', payment_orders: [{ ...ORDER, payment_order_id: 'b.1' }] }] },
    answer: { results: [result] },
  });
const other = { ...ORDER, payment_order_id: 'p9.1' };
const otherAnswer = { ...shown('SUCCESS'), checkout_id: 'p9', payment_orders: [{ ...other, status: 'SUCCESS' }] };

test('a run in which all went well has no violation', () => {
  expect(judge(HONEST)).toEqual([]);
});

const LIES: Readonly<Record<keyof typeof CHECKERS, readonly (readonly [lie: string, change: Partial<Evidence>])[]>> = {
  ...Object.fromEntries(
    Object.entries(MONEY_LIES).map(([checker, lies]) => [
      checker,
      lies.map(([lie, change]) => [lie, change(HONEST)] as const),
    ]),
  ),
  'the books add up on every snapshot': [
    ['an invariant broke in mid-fault', { broken: ['I6: a gap'] }],
    ['the system found one broken itself', books({ alerts: [{ subject: 'I6', detail: 'a gap' }] })],
  ],
  'what was acknowledged survives': [
    ['an accepted payment is gone', books({ orders: [], transitions: [], outbox: [], captures: [], attempts: [] })],
    ['it is kept with another amount', order({ amount: '2998' })],
    ['it is kept in another currency', order({ currency: 'EUR' })],
    ['what was shown as SUCCESS is not', order({ state: 'FAILED' })],
    ['what was shown as SUCCESS has no capture', books({ captures: [] })],
    ['it could not be found any more', calls({ ...looked(9, 'SUCCESS'), verdict: 'fail', status: 404, answer: null })],
    ['one of many was accepted and is gone', calls(bulk({ status: 202, payment: { payment_orders: [] } }))],
  ],
  'the same request gets the same answer': [
    ['the key was answered with another text', calls(paid(8, { text: 'another' }))],
    [
      'the payment was made anew',
      calls(paid(8, { key: null, answer: { ...shown('SUCCESS'), created_at: '2026-01-01T00:00:09Z' } })),
    ],
  ],
  'what was refused leaves nothing': [
    [
      'a refused order is in the books',
      books({ orders: [...BOOKS.orders, { ...(BOOKS.orders[0] as never as object), id: 'x1.1' } as never] }),
    ],
    [
      'the order that was smuggled in is in the books',
      books({ orders: [...BOOKS.orders, { ...(BOOKS.orders[0] as never as object), id: 'p0.extra' } as never] }),
    ],
    ['a refused order was charged', { journal: [CHARGE, { ...CHARGE, id: 'ch_2', order_ids: ['x1.1'] }] }],
  ],
  'answers are those that were agreed on': [
    ['a good request was refused', calls(refused(0, BODY, 'idempotency_mismatch'))],
    ['a bad request was accepted', calls(call({ op: 1, body: REFUSED, answer: shown('SUCCESS') }))],
    ['a bad request was refused for another reason', calls(refused(1, REFUSED, 'amount_malformed'))],
    ['a known id was accepted with another body', calls(call({ op: 2, body: EXTRA, answer: shown('SUCCESS') }))],
    ['somebody met a defect', calls(call({ verdict: 'info', status: 500, reason: 'internal_error' }))],
    ['one of many was refused', calls(bulk({ status: 409, problem: { code: 'idempotency_mismatch' } }))],
    ['one of many met a defect', calls(bulk({ status: 500, problem: { code: 'internal_error' } }))],
  ],
  'every payment ends as the bank decided': [
    [
      'money came after the payment was called over',
      books({
        transitions: [
          ...BOOKS.transitions,
          { order_id: 'p0.1', from_state: 'FAILED', to_state: 'LATE_SUCCESS', actor: 'webhook' },
        ],
      }),
    ],
    ['a good card was declined', order({ state: 'FAILED' })],
    ['a declined card was taken', { plan: paidWith('tok_chargeDeclined') }],
  ],
  'our captures are the charges of the provider': [
    [
      'a charge is not in our books',
      { journal: [CHARGE, { ...CHARGE, id: 'ch_2', attempt_id: 'att_2', order_ids: [] }] },
    ],
    ['an order was charged twice', { journal: [CHARGE, { ...CHARGE, id: 'ch_2', attempt_id: 'att_2' }] }],
    ['we hold what was never charged', { journal: [] }],
    ['another amount was charged', { journal: [{ ...CHARGE, amount: 3000 }] }],
    ['an order was charged that we do not know', { journal: [{ ...CHARGE, order_ids: ['p0.1', 'stranger'] }] }],
    ['a refund is not in our books', { refundJournal: [REFUND] }],
    ['we gave back what the provider did not', books({ refunds: [OUR_REFUND] })],
    ['it went back twice', { ...books({ refunds: [OUR_REFUND] }), refundJournal: [REFUND, { ...REFUND, id: 're_2' }] }],
    ['a charge is not in our books, of which nobody was told', books({ attempts: [UNKNOWN_ATTEMPT] })],
    ['another amount went back', { ...books({ refunds: [OUR_REFUND] }), refundJournal: [{ ...REFUND, amount: 1 }] }],
    ["the provider's books are broken", { providerAudit: { balanced: false, problems: { intents_charged_twice: 1 } } }],
  ],
  'debits equal credits in every answer': [
    [
      'a caller was shown books that differ',
      calls(call({ name: 'GET /ledger/balance', answer: { ...BALANCED, balanced: false } })),
    ],
    [
      'a currency differs',
      calls(call({ name: 'GET /ledger/balance', answer: { balanced: true, currencies: [{ difference_minor: '1' }] } })),
    ],
  ],
  'no state goes back': [
    ['SUCCESS was EXECUTING again', calls(looked(8, 'EXECUTING'))],
    ['the books say less than a caller saw', { ...order({ state: 'EXECUTING' }) }],
  ],
  'the outbox tells every change': [
    ['a change is missing', books({ outbox: [] })],
    ['a change is told twice', books({ outbox: [...BOOKS.outbox, ...BOOKS.outbox] })],
    ['a change is invented', books({ outbox: [{ order_id: 'p0.1', state: 'UNKNOWN' }, ...BOOKS.outbox] })],
    ['an order is invented', books({ outbox: [...BOOKS.outbox, { order_id: 'ghost', state: 'SUCCESS' }] })],
  ],
  'everything comes to its end': [
    ['an order never did', { unsettled: ['order p0.1 is EXECUTING'] }],
    ['a door is not ready', { notReady: ['door-1 is not ready'] }],
  ],
  'nothing is held on to': [['a transaction is open', { leaks: ['a transaction'] }]],
  'no process ends by itself': [['a worker did', { accidents: ['worker-1 ended by itself'] }]],
  'no output tells a secret or a defect': [
    ['a card number was printed', { logs: [{ what: 'log', detail: 'door-1' }] }],
  ],
};

test('every checker has a lie that it must find', () => {
  expect(Object.keys(LIES).sort()).toEqual(Object.keys(CHECKERS).sort());
  for (const lies of Object.values(LIES)) expect(lies.length).toBeGreaterThan(0);
});

describe.each(Object.entries(LIES))('%s', (checker, lies) => {
  test.each(lies)('finds that %s', (_, change) => {
    expect(CHECKERS[checker]?.({ ...HONEST, ...change })).not.toEqual([]);
  });
});

describe('what only looks like a lie is none', () => {
  test.each<readonly [string, Partial<Evidence>]>([
    ['two looks at the same time see two states', calls({ ...looked(6, 'EXECUTING'), begunAt: 1, endedAt: 7 })],
    ['a stored answer shows how it was', calls(paid(8, { replayed: true }))],
    [
      'a request that nobody knows about was never accepted',
      calls(call({ body: { checkout_id: 'p9', payment_orders: [other] }, verdict: 'info', status: 503 })),
    ],
    [
      'a look before the payment finds nothing',
      calls({ ...looked(0, 'SUCCESS'), begunAt: 0, verdict: 'fail', status: 404, answer: null, op: -1 }),
    ],
  ])('%s', (_, change) => {
    expect(judge({ ...HONEST, ...change })).toEqual([]);
  });

  test('a payment that was given up because the provider could not be reached, and a person was told', () => {
    const deadLetters = [{ attempt_id: 'att_1', cause: 'psp_unavailable', open: true }];
    const failed = { ...HONEST, ...order({ state: 'FAILED' }) };
    const found = CHECKERS['every payment ends as the bank decided']?.({
      ...failed,
      books: { ...failed.books, deadLetters },
    });
    expect(found).toEqual([]);
  });

  test('a charge and a refund whose end we do not claim to know, and a person was told', () => {
    const attempts = [UNKNOWN_ATTEMPT, { ...UNKNOWN_ATTEMPT, id: 'att_2', state: 'SUCCEEDED', order_ids: ['p0.2'] }];
    const deadLetters = [{ attempt_id: 'att_1', cause: 'amount_mismatch', open: true }];
    const refunds = [{ ...OUR_REFUND, attempt_id: 'att_2', state: 'UNKNOWN' }];
    const unsure = { ...BOOKS, attempts, deadLetters, refunds, refundLetters: [{ refund_id: 'rf_1' }] };
    const journal = [CHARGE, { ...CHARGE, id: 'ch_2', attempt_id: 'att_2' }];
    const refundJournal = [{ ...REFUND, attempt_id: 'att_2' }];
    const agrees = CHECKERS['our captures are the charges of the provider'];
    expect(agrees?.({ ...HONEST, books: unsure, journal, refundJournal })).toEqual([]);
    expect(agrees?.({ ...HONEST, books: { ...unsure, deadLetters: [] }, journal, refundJournal })).toHaveLength(1);
    expect(agrees?.({ ...HONEST, books: { ...unsure, refundLetters: [] }, journal, refundJournal })).toHaveLength(1);
  });

  test('an inquiry that took nothing and of which every message was lost', () => {
    const inquiry = { id: 'du_9', ours: 'att_1', amount: '1', currency: 'USD', status: 'warning_closed' };
    const asked = (status: string) => {
      const disputes = [...HONEST.provider.disputes, { ...inquiry, status }];
      return CHECKERS['disputes end as their banks decided']?.({
        ...HONEST,
        provider: { ...HONEST.provider, disputes },
      });
    };
    expect(asked('warning_closed')).toEqual([]);
    expect(asked('lost')).toHaveLength(1);
  });

  test('what the provider lists is not here yet, where no days have passed', () => {
    const lines = CHECKERS['the provider and our books agree line by line'];
    expect(lines?.({ ...HONEST, ...books({ lines: [] }), settled: false })).toEqual([]);
    expect(lines?.({ ...HONEST, ...books({ lines: [] }) })).not.toEqual([]);
  });

  test('money that came too late on a page that the provider had called over', () => {
    const late = { order_id: 'p0.1', from_state: 'EXPIRED', to_state: 'LATE_SUCCESS', actor: 'webhook' };
    const told = (story: string) => ({
      plan: { ...PLAN, operations: [{ client: 0, deed: { kind: 'hosted', body: BODY, story } } as never] },
      ...books({ transitions: [late] }),
    });
    const ends = CHECKERS['every payment ends as the bank decided'];
    expect(ends?.({ ...HONEST, ...told('told_expired_then_pays') })).toEqual([]);
    expect(ends?.({ ...HONEST, ...told('expires_then_pays') })).toHaveLength(1);
  });

  test('but an answer about an order that is nowhere is one', () => {
    expect(judge({ ...HONEST, ...calls(looked(8, 'SUCCESS'), call({ answer: otherAnswer })) })).not.toEqual([]);
  });
});
