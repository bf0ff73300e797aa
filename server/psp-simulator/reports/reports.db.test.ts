import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY, MONDAY, type Money, startMoney } from '../payouts/testkit.ts';

let money: Money;
beforeAll(async () => {
  money = await startMoney();
  await story();
});
afterAll(() => money.simulator.stop());

const dateOf = (day: number) => new Date((MONDAY + day * DAY) * 1_000).toISOString().slice(0, 10);
const midnight = (day: number) => MONDAY - 9 * 3_600 + day * DAY;
const THURSDAY = dateOf(3);

let payout = '';
let first: { id: string; source: string };

/** Monday: two charges, one refunded in part. Wednesday: a payout. Thursday: it arrives, a seller is paid, the next one is sent back. */
async function story(): Promise<void> {
  const { stripe } = money;
  const one = await money.charge(10_000);
  first = { id: one.id, source: String(one.source) };
  await money.charge(2_999);
  await stripe.refunds.create({ charge: first.source, amount: 1_500 });
  await stripe.paymentIntents.create({
    amount: 700,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
    metadata: { order_ids: '=cmd|"calc", order_2' },
  });
  await money.clock({ to: midnight(2) });
  const [made] = (await stripe.payouts.list()).data;
  payout = made?.id ?? '';
  const account = await stripe.accounts.create({ type: 'custom', external_account: 'btok_us_verified' });
  await money.fault({ kind: 'payout_returned', count: '1' });
  await money.charge(5_000, 'pm_card_bypassPending');
  await money.clock({ to: midnight(3) + 60 });
  const transfer = await stripe.transfers.create({
    amount: 2_000,
    currency: 'usd',
    destination: account.id,
    metadata: { payout_id: 'pay_1' },
  });
  await stripe.transfers.createReversal(transfer.id, { amount: 500 });
  await money.clock({ to: midnight(8) });
}

async function file(name: string, date: string, currency = 'usd'): Promise<string> {
  const response = await money.get(`reports/${name}?date=${date}&currency=${currency}`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/csv');
  return response.text();
}

const rowsOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));

describe('the settlement file', () => {
  test('itemises the payouts that arrive on its day, with a control row that adds up to the payout', async () => {
    const [header, ...rows] = rowsOf(await file('settlement', THURSDAY));
    expect(header).toEqual([
      ...[
        'automatic_payout_id',
        'balance_transaction_id',
        'created',
        'available_on',
        'currency',
        'gross',
        'fee',
        'net',
      ],
      ...['reporting_category', 'source_id', 'charge_id', 'payment_intent_id', 'payment_metadata[order_ids]'],
    ]);
    const day = (at: number) => new Date(at * 1_000).toISOString().slice(0, 19).replace('T', ' ');
    expect(rows[0]).toEqual([
      ...[payout, first.id, day(MONDAY), day(midnight(2)), 'usd', '100.00', '3.20', '96.80', 'charge'],
      ...[first.source, first.source, expect.stringMatching(/^pi_/), 'order_10000'],
    ]);
    expect(rows.map((row) => [row[8], row[5], row[6], row[7]])).toEqual([
      ['charge', '100.00', '3.20', '96.80'],
      ['charge', '29.99', '1.17', '28.82'],
      ['refund', '-15.00', '0.00', '-15.00'],
      ['charge', '7.00', '0.50', '6.50'],
      ['', '121.99', '4.87', '117.12'],
    ]);
    expect(rows[2]?.[10]).toBe(first.source);
    expect(rows.at(-1)?.slice(0, 2)).toEqual(['control_total', '4']);
    expect((await money.stripe.payouts.retrieve(payout)).amount).toBe(11_712);
  });

  test('is the same however often it is asked for, quotes what needs it and defuses formulas', async () => {
    const text = await file('settlement', THURSDAY);
    expect(await file('settlement', THURSDAY)).toBe(text);
    expect(text).toContain(`,"'=cmd|""calc"", order_2"\n`);
  });

  test('of a day without payouts, or of another currency, has its control row only', async () => {
    for (const text of [await file('settlement', dateOf(2)), await file('settlement', THURSDAY, 'jpy')]) {
      expect(rowsOf(text)).toHaveLength(2);
      expect(rowsOf(text)[1]?.slice(0, 2)).toEqual(['control_total', '0']);
    }
  });
});

describe('the bank statement', () => {
  test('has a line for each payout, transfer and return, with the balance after it, and adds up', async () => {
    const [header, ...rows] = rowsOf(await file('bank_statement', THURSDAY));
    expect(header).toEqual(['date', 'amount', 'currency', 'reference', 'details', 'balance']);
    expect(rows).toEqual([
      [THURSDAY, '117.12', 'usd', payout, '', '117.12'],
      [THURSDAY, '-20.00', 'usd', expect.stringMatching(/^tr_/), 'pay_1', '97.12'],
      [THURSDAY, '5.00', 'usd', expect.stringMatching(/^trr_/), 'pay_1', '102.12'],
      ['control_total', '102.12', 'usd', '3', '0.00', '102.12'],
    ]);
  });

  test('goes on from day to day: what a payout brought, and what was sent back', async () => {
    const friday = rowsOf(await file('bank_statement', dateOf(4)));
    expect(friday.slice(1)).toMatchObject([
      [dateOf(4), '48.25', 'usd', expect.stringMatching(/^po_/), '', '150.37'],
      ['control_total', '48.25', 'usd', '1', '102.12', '150.37'],
    ]);
    const monday = rowsOf(await file('bank_statement', dateOf(7)));
    expect(monday[1]?.slice(1, 3)).toEqual(['-48.25', 'usd']);
    expect(monday.at(-1)).toEqual(['control_total', '-48.25', 'usd', '1', '150.37', '102.12']);
  });

  test('says what the payouts of the API say', async () => {
    const payouts = await money.stripe.payouts.list({ status: 'paid', limit: 100 });
    const days = Array.from({ length: 9 }, (_, day) => file('bank_statement', dateOf(day)));
    const lines = (await Promise.all(days)).flatMap(rowsOf).filter(([, , , reference]) => reference?.startsWith('po_'));
    const sum = (of: string) =>
      lines.filter((line) => line[3] === of).reduce((total, line) => total + Number(line[1]), 0);
    for (const { id, amount } of payouts.data) expect(Math.round(sum(id) * 100)).toBe(amount);
  });
});

describe('a file that goes wrong', () => {
  let whole: string[] = [];
  beforeEach(async () => {
    whole = (await file('settlement', THURSDAY)).split(/(?<=\n)/);
  });

  async function spoiled(kind: string): Promise<Response> {
    await money.fault({ kind, count: '1', match: `settlement ${THURSDAY} usd` });
    await file('bank_statement', THURSDAY);
    return money.get(`reports/settlement?date=${THURSDAY}&currency=usd`);
  }
  const withoutFirst = () => whole.toSpliced(1, 1).join('');

  test('is missing', async () => {
    expect((await spoiled('file_missing')).status).toBe(404);
  });

  test('comes twice', async () => {
    expect(await (await spoiled('file_twice')).text()).toBe([...whole, ...whole].join(''));
  });

  test('is cut off in its last row', async () => {
    const text = await (await spoiled('file_truncated')).text();
    const last = whole.at(-2) ?? '';
    expect(text).toBe(whole.slice(0, -2).join('') + last.slice(0, last.length / 2));
  });

  test('is one cent off, which its control row gives away', async () => {
    const text = await (await spoiled('file_one_cent_off')).text();
    expect(rowsOf(text)[1]?.slice(5, 8)).toEqual(['100.01', '3.20', '96.81']);
    expect(
      text
        .split(/(?<=\n)/)
        .toSpliced(1, 1)
        .join(''),
    ).toBe(withoutFirst());
  });

  test('has a row that nobody knows', async () => {
    const lines = (await (await spoiled('file_unknown_row')).text()).split(/(?<=\n)/);
    expect(lines[2]).toContain('ch_unknown');
    expect(lines.toSpliced(2, 1)).toEqual(whole);
  });

  test('lacks a row', async () => {
    expect(await (await spoiled('file_row_missing')).text()).toBe(withoutFirst());
  });

  test('is journaled, and right again the next time', async () => {
    const journal = await money.get('faults/journal?kind=file_row_missing');
    expect(await journal.json()).toMatchObject({ data: [{ subject: `settlement ${THURSDAY} usd` }] });
    expect(await file('settlement', THURSDAY)).toBe(whole.join(''));
  });
});

test.each([
  `settlement?date=${dateOf(9)}&currency=usd`,
  'settlement?date=2026-02-30&currency=usd',
  `settlement?date=${THURSDAY}&currency=xxx`,
  `bank_statement?date=${THURSDAY}`,
])('%s is refused', async (path) => {
  expect((await money.get(`reports/${path}`)).status).toBe(400);
});
