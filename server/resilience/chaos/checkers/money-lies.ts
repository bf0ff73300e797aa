import type { Books } from '../books.ts';
import type { Evidence } from '../evidence.ts';
import type { Call } from '../history.ts';
import type { DisputeRow, LineRow, PayoutRow } from '../money-books.ts';
import type { ProviderBooks } from '../provider-books.ts';

/** Money that went out as it should, told the way the harness tells it: a part of an order, a dispute that is won, a payout, one called off. */
const USD = { currency: 'USD' } as const;
const REFUND = { id: 'rf_0', attempt_id: 'att_1', order_id: 'p0.1', request_id: 'rrq_0', amount: '1000', ...USD };
const DISPUTE: DisputeRow = {
  ...{
    id: 'dsp_0',
    psp_dispute_id: 'du_0',
    state: 'WON',
    amount: '1999',
    withdrawn: '1999',
    reinstated: '1999',
    ...USD,
  },
  ...{ opened: 1, won: 1, lost: 0, said: ['evidence'], told: false },
};
const PAYOUT: PayoutRow = {
  ...{ id: 'po_0', seller_id: 'seller_1', state: 'PAID', amount: '500', ...USD, approved_by: 'key:south' },
  ...{ taken: '500', left_bank: '500', overdrawn: false, told: false },
};
const CANCELLED = { ...PAYOUT, id: 'po_1', state: 'CANCELLED', approved_by: null, taken: '0', left_bank: '0' };

const line = (id: string, type: string, source: string, amount: string, fee: string, net: string) =>
  ({ id, type, source, amount, fee, net, ...USD, available_on: '1800000000' }) as const;
const LINES = [
  line('txn_1', 'charge', 'ch_1', '2999', '117', '2882'),
  line('txn_2', 'refund', 're_0', '-1000', '0', '-1000'),
  line('txn_3', 'adjustment', 'du_0', '-1999', '1500', '-3499'),
  line('txn_4', 'adjustment', 'du_0', '1999', '0', '1999'),
];
const BOOKED: readonly LineRow[] = LINES.map((one) => ({ ...one, state: 'booked', told: false }));

const HONEST_BOOKS: Pick<Books, 'refunds' | 'lines' | 'disputes' | 'payouts' | 'keys' | 'clearing'> = {
  refunds: [{ ...REFUND, state: 'SUCCEEDED' }],
  lines: BOOKED,
  disputes: [DISPUTE],
  payouts: [PAYOUT, CANCELLED],
  keys: [
    { key: 'refund-0', subject_id: 'rrq_0' },
    { key: 'payout-0', subject_id: 'po_0' },
    { key: 'payout-1', subject_id: 'po_1' },
    { key: 'refund-9', subject_id: null },
  ],
  clearing: [{ ...USD, amount: '382' }],
};

const PROVIDER: ProviderBooks = {
  lines: LINES,
  refunds: [{ id: 're_0', ours: 'rf_0', amount: '1000', ...USD, status: 'succeeded' }],
  disputes: [{ id: 'du_0', ours: 'att_1', amount: '1999', ...USD, status: 'won' }],
  payouts: [{ id: 'po_psp', ours: 'po_0', amount: '500', ...USD, status: 'paid' }],
  transfers: [{ id: 'tr_0', ours: 'po_0', amount: '500', ...USD, status: 'made' }],
  balance: [{ ...USD, amount: '382' }],
};

function call(name: string, path: string, key: string, change: Partial<Call> = {}): Call {
  const asked = { process: 'client-7', op: -1, name, path, key, body: {}, begunAt: 0, endedAt: 1 };
  const answered = { verdict: 'ok', status: 202, answer: {}, text: '', replayed: false, reason: null } as const;
  return { ...asked, ...answered, ...change };
}

const SHOWN = { refund_id: 'rf_0', payment_order_id: 'p0.1', amount: '10.00', ...USD };
const PAYOUT_SHOWN = { payout_id: 'po_0', amount: '5.00', ...USD };
const WISH = { seller_id: 'seller_1', currency: 'USD' };
const CALLS: readonly Call[] = [
  call('POST /payments/{id}/refunds', '/payments/p0.1/refunds', 'refund-0', { answer: { refunds: [SHOWN] } }),
  call('POST /payments/{id}/refunds', '/payments/p0.1/refunds', 'refund-9', { verdict: 'fail', status: 409 }),
  call('POST /payouts', '/payouts', 'payout-0', { body: WISH, answer: PAYOUT_SHOWN }),
  call('POST /payouts', '/payouts', 'payout-1', { body: WISH, answer: { ...PAYOUT_SHOWN, payout_id: 'po_1' } }),
  call('POST /payouts/{id}/approve', '/payouts/po_0/approve', 'approve-0'),
  call('POST /payouts/{id}/cancel', '/payouts/po_1/cancel', 'cancel-1'),
  call('POST /disputes/{id}/evidence', '/disputes/dsp_0/evidence', 'evidence-0'),
  call('GET /refunds/{id}', '/refunds/rf_0', '', { process: 'final', key: null, answer: { status: 'SUCCEEDED' } }),
  call('GET /payouts/{id}', '/payouts/po_0', '', { process: 'final', key: null, answer: { state: 'PAID' } }),
];

/** The part of a run that leads money out, to be added to the rest of an honest one. */
export const HONEST_MONEY = {
  books: HONEST_BOOKS,
  provider: PROVIDER,
  calls: CALLS,
  refundJournal: [
    { id: 're_0', amount: 1000, currency: 'usd', status: 'succeeded', attempt_id: 'att_1', refund_id: 'rf_0' },
  ],
} as const satisfies Partial<Omit<Evidence, 'books'>> & { readonly books: unknown };

/** A lie about such a run, of which `honest` is all the rest. */
type Lie = readonly [lie: string, change: (honest: Evidence) => Partial<Evidence>];

const books = (change: Partial<Books>) => (honest: Evidence) => ({ books: { ...honest.books, ...change } });
const provider = (change: Partial<ProviderBooks>) => () => ({ provider: { ...PROVIDER, ...change } });
const also =
  (...more: Call[]) =>
  (honest: Evidence) => ({ calls: [...honest.calls, ...more] });
const deed = (part: 'refunds' | 'disputes' | 'payouts' | 'transfers', change: object) =>
  provider({ [part]: PROVIDER[part].map((one) => ({ ...one, ...change })) });
const refund = (change: object) => books({ refunds: [{ ...REFUND, state: 'SUCCEEDED', ...change }] });
const dispute = (change: Partial<DisputeRow>) => books({ disputes: [{ ...DISPUTE, ...change }] });
const payout = (change: Partial<PayoutRow>) => books({ payouts: [{ ...PAYOUT, ...change }, CANCELLED] });
const booked = (change: Partial<LineRow>) =>
  books({ lines: BOOKED.map((one, place) => (place === 0 ? { ...one, ...change } : one)) });

export const MONEY_LIES: Readonly<Record<string, readonly Lie[]>> = {
  'what was asked to go out goes out once': [
    ['an accepted refund is gone', books({ refunds: [] })],
    ['it is kept with another amount', refund({ amount: '999' })],
    ['it is of another order', refund({ order_id: 'p9.1' })],
    ['an accepted payout is gone', books({ payouts: [CANCELLED] })],
    ['it is of another seller', payout({ seller_id: 'seller_2' })],
    ['it is over another amount', payout({ amount: '501' })],
    ['an approval is gone', payout({ approved_by: null })],
    ['a payout was sent that was called off', books({ payouts: [PAYOUT, { ...CANCELLED, state: 'PAID' }] })],
    ['evidence is gone', dispute({ said: [] })],
    ['an acceptance is gone', also(call('POST /disputes/{id}/accept', '/disputes/dsp_0/accept', 'accept-0'))],
    [
      'a refund was made twice under one key',
      (honest) =>
        books({
          refunds: [...honest.books.refunds, { ...REFUND, id: 'rf_9', request_id: 'rrq_9', state: 'SUCCEEDED' }],
        })(honest),
    ],
    [
      'a refund is shown as it is not',
      also(call('GET /refunds/{id}', '/refunds/rf_0', '', { process: 'final', answer: { status: 'SUBMITTED' } })),
    ],
    [
      'a payout cannot be found any more',
      also(call('GET /payouts/{id}', '/payouts/po_0', '', { process: 'final', verdict: 'fail', answer: null })),
    ],
    ['a payout was made that nobody asked for', books({ payouts: [PAYOUT, CANCELLED, { ...PAYOUT, id: 'po_9' }] })],
    [
      'a refused refund was made',
      books({ keys: HONEST_BOOKS.keys.map((row) => ({ ...row, subject_id: row.subject_id ?? 'rrq_0' })) }),
    ],
  ],
  'our refunds are those of the provider': [
    ['more went back than was taken', refund({ amount: '3000' })],
    ['more went back at the provider than was taken', deed('refunds', { amount: '3000' })],
    ['a refund is not ours', deed('refunds', { ours: null })],
    [
      'it is there twice',
      provider({ refunds: [...PROVIDER.refunds, { ...PROVIDER.refunds[0], id: 're_9' } as never] }),
    ],
    ['it is not there', provider({ refunds: [] })],
    ['it failed there', deed('refunds', { status: 'failed' })],
    ['we call one failed that went through', refund({ state: 'FAILED' })],
    ['it never ended, and nobody was told', refund({ state: 'UNKNOWN' })],
  ],
  'disputes end as their banks decided': [
    ['a dispute is not in our books', books({ disputes: [] })],
    ['one is in our books alone', provider({ disputes: [] })],
    ['the bank decided otherwise', deed('disputes', { status: 'lost' })],
    ['it is over another amount', deed('disputes', { amount: '2000' })],
    ['its money was booked twice', dispute({ opened: 2 })],
    ['its money did not come back', dispute({ won: 0 })],
    ['it came back and is lost as well', dispute({ lost: 1 })],
    ['another amount was taken', dispute({ withdrawn: '1998' })],
  ],
  'payouts arrive once, or are available again': [
    ['more was taken than was there', payout({ overdrawn: true })],
    [
      'it was sent twice',
      provider({ payouts: [...PROVIDER.payouts, { ...PROVIDER.payouts[0], id: 'po_x' } as never] }),
    ],
    ['it was never sent', provider({ payouts: [] })],
    ['it failed at the bank', deed('payouts', { status: 'failed' })],
    ['another amount was sent', deed('payouts', { amount: '501' })],
    ['a payout is not ours', deed('payouts', { ours: 'po_9' })],
    ['too much lies in the account of the seller', deed('transfers', { amount: '1000' })],
    ['a failed one is not available again', payout({ state: 'FAILED', left_bank: '0' })],
    ['one that was called off was sent', deed('payouts', { ours: 'po_1' })],
  ],
  'the provider and our books agree line by line': [
    ['a line is missing', books({ lines: BOOKED.slice(1) })],
    ['a line is there twice', books({ lines: [...BOOKED, BOOKED[0] as LineRow] })],
    ['a line is invented', books({ lines: [...BOOKED, { ...(BOOKED[0] as LineRow), id: 'txn_9' }] })],
    ['it has another type', booked({ type: 'payment' })],
    ['it has another source', booked({ source: 'ch_2' })],
    ['it has another amount', booked({ amount: '3000' })],
    ['it has another fee', booked({ fee: '118' })],
    ['it has another net', booked({ net: '2883' })],
    ['it is in another currency', booked({ currency: 'EUR' })],
    ['it is available on another day', booked({ available_on: '1800000001' })],
    ['it is not booked, and nobody was told', booked({ state: 'waiting' })],
    ['the provider has less than we say', provider({ balance: [{ ...USD, amount: '381' }] })],
    [
      'the provider has a currency that we do not',
      provider({ balance: [...PROVIDER.balance, { currency: 'JPY', amount: '1' }] }),
    ],
  ],
};
