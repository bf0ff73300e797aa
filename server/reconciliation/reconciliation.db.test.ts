import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { takePayment } from '#payments';
import { type PaymentSystem, samplePayment, startPaymentSystem } from '#testing';
import { closeException } from './close-exception.ts';
import { reconcileDay } from './reconcile-day.ts';
import { reconcileDue } from './reconcile-due.ts';
import { countDifferences, listDays, listDifferences } from './reconciliation.queries.ts';

const DAY = 86_400;
/** Longer than it takes from a payment to the end of the day on which it is in our bank, whatever the day. */
const IN_THE_BANK_AFTER = 10 * DAY;

let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('reconciliation');
});

afterAll(() => system.stop());

/** Pays, lets the money reach our bank, and answers the day on which it did. */
async function payIntoTheBank(...tokens: readonly string[]): Promise<string> {
  const known = await arrivals();
  for (const token of tokens) await takePayment(samplePayment({ token }), 'key:shop', { waitMs: 10_000 });
  await system.settleNow();
  await system.travel(IN_THE_BANK_AFTER);
  await system.settleNow();
  await reconcileDay();
  const days = (await arrivals()).filter((day) => !known.includes(day));
  expect(days).toHaveLength(1);
  return days[0] as string;
}

async function arrivals(): Promise<string[]> {
  const { rows } = await system.owner.query<{ day: string }>(
    `select distinct to_char(arrives_on, 'YYYY-MM-DD') as day from psp_bank_payouts order by day`,
  );
  return rows.map((row) => row.day);
}

interface Exception {
  readonly id: bigint;
  readonly source: string;
  readonly type: string;
  readonly class: string;
  readonly subject: string;
  readonly expected: string | null;
  readonly found: string | null;
  readonly closed: string | null;
}

async function exceptions(day: string): Promise<Exception[]> {
  const { rows } = await system.owner.query<Exception>(
    `select id::text, source, type, class, subject, expected_minor as expected, found_minor as found, resolution as closed
     from reconciliation_exceptions where day = $1 order by id`,
    [day],
  );
  return rows;
}

/** What every table of reconciliation holds, and what it is about: the number of rows, and their digest. */
async function dump(): Promise<unknown> {
  const tables = ['files', 'file_parts', 'rows', 'matches', 'exceptions', 'runs'].map(
    (name) => `reconciliation_${name}`,
  );
  const rows = await Promise.all(
    [...tables, 'psp_bank_payouts', 'psp_balance_transactions', 'ledger_transactions', 'ledger_entries'].map((table) =>
      system.owner.query(
        `select $1 as table, count(*)::int as rows, md5(string_agg(to_jsonb(t)::text, ',' order by to_jsonb(t)::text)) from ${table} t`,
        [table],
      ),
    ),
  );
  return rows.map((one) => one.rows[0]);
}

const file = (day: string) => ({ match: `settlement ${day} usd`, count: 1 });

test('a day is matched to the last row, in the settlement file and in the bank; doing it again changes nothing', async () => {
  const day = await payIntoTheBank('tok_visa_4242', 'tok_mastercard');
  const [report] = await reconcileDay(day);
  expect(report).toMatchObject({
    notTold: null,
    differences: [],
    settlement: { rows: 2, matched: 2, netMinor: 5_764n },
    bank: { rows: 1, matched: 1, netMinor: 5_764n },
    expected: { rows: 2, netMinor: 5_764n, bankRows: 1, bankMinor: 5_764n },
  });
  const before = await dump();
  await reconcileDay(day);
  await Promise.all([reconcileDay(day), reconcileDay(day)]);
  expect(await dump()).toEqual(before);
  expect(await system.problems()).toEqual([]);
});

describe('each thing that can go wrong with a file is one exception', () => {
  test('missing: said, and closed by the file that comes after all', async () => {
    const day = await payIntoTheBank('tok_visa_4242');
    await system.fault({ kind: 'file_missing', ...file(day) });
    const [report] = await reconcileDay(day);
    expect(report?.differences).toEqual([
      { source: 'settlement', type: 'file_missing', class: 'for_finance', count: 1 },
    ]);
    expect((await reconcileDay(day))[0]?.differences).toEqual([]);
    expect(await exceptions(day)).toMatchObject([
      { type: 'file_missing', closed: 'match: the file and the books agree now' },
    ]);
  });

  test('truncated: nothing of it is matched; the whole file is its next version', async () => {
    const day = await payIntoTheBank('tok_visa_4242', 'tok_visa_4242');
    await system.fault({ kind: 'file_truncated', ...file(day) });
    const [report] = await reconcileDay(day);
    expect(report).toMatchObject({ settlement: null, differences: [{ type: 'file_truncated', count: 1 }] });
    await reconcileDay(day);
    expect(await exceptions(day)).toMatchObject([
      { type: 'file_truncated', closed: 'match: the file and the books agree now' },
      { type: 'file_changed', subject: 'version 2', closed: null },
    ]);
  });

  test('one cent off: found in the row and in the control total', async () => {
    const day = await payIntoTheBank('tok_visa_4242');
    await system.fault({ kind: 'file_one_cent_off', ...file(day) });
    await reconcileDay(day);
    expect(await exceptions(day)).toMatchObject([
      { type: 'amount_differs', class: 'for_finance', expected: '2999', found: '3000' },
      { type: 'control_total_differs', class: 'to_investigate', expected: '2882', found: '2883' },
    ]);
  });

  test('an unknown row: the provider is asked, and knows nothing of it', async () => {
    const day = await payIntoTheBank('tok_visa_4242');
    await system.fault({ kind: 'file_unknown_row', ...file(day) });
    await reconcileDay(day);
    const found = await exceptions(day);
    expect(found.filter((one) => one.closed === null)).toMatchObject([
      { type: 'control_total_differs' },
      { type: 'unknown_row', class: 'to_investigate', found: '100' },
    ]);
    expect(found.filter((one) => one.closed !== null)).toMatchObject([{ type: 'missing_in_books' }]);
  });

  test('a row that is missing: what our books expected is said by name', async () => {
    const day = await payIntoTheBank('tok_visa_4242', 'tok_visa_4242');
    await system.fault({ kind: 'file_row_missing', ...file(day) });
    await reconcileDay(day);
    expect(await exceptions(day)).toMatchObject([
      { type: 'missing_in_file', class: 'for_finance', expected: '2882', found: null },
      { type: 'control_total_differs', expected: '5764', found: '2882' },
    ]);
  });

  test('twice: harmless', async () => {
    const day = await payIntoTheBank('tok_visa_4242');
    await system.fault({ kind: 'file_twice', ...file(day) });
    const [report] = await reconcileDay(day);
    expect(report).toMatchObject({ differences: [], settlement: { rows: 1, matched: 1 } });
    expect(await exceptions(day)).toEqual([]);
  });

  test.each(['file_missing', 'file_truncated', 'file_one_cent_off', 'file_unknown_row', 'file_row_missing'])(
    '%s in the bank statement is said as well',
    async (kind) => {
      const day = await payIntoTheBank('tok_visa_4242');
      await system.fault({ kind, match: `bank_statement ${day} usd`, count: 1 });
      const [report] = await reconcileDay(day);
      const types = report?.differences.map((one) => `${one.source} ${one.type}`).toSorted();
      expect(types).toEqual(
        {
          file_missing: ['bank_statement file_missing'],
          file_truncated: ['bank_statement file_truncated'],
          file_one_cent_off: ['bank_statement bank_amount_differs', 'bank_statement control_total_differs'],
          file_unknown_row: ['bank_statement control_total_differs', 'bank_statement unknown_row'],
          file_row_missing: ['bank_statement control_total_differs', 'bank_statement missing_in_file'],
        }[kind],
      );
    },
  );
});

test('what our books lack is asked for, booked, and matched, be it in the file or in the bank', async () => {
  const known = await arrivals();
  await takePayment(samplePayment(), 'key:shop', { waitMs: 10_000 });
  await system.travel(IN_THE_BANK_AFTER);
  // As if the list had passed over it: our side believes that it has read further than this.
  await system.owner.query(`update psp_feeds set read_through = now() + interval '100 years'`);
  await reconcileDay();
  const [day = ''] = (await arrivals()).filter((one) => !known.includes(one));
  await reconcileDay(day);
  await system.owner.query(`update psp_feeds set read_through = 'epoch'`);
  expect(await exceptions(day)).toMatchObject(
    ['bank_statement', 'settlement'].map((source) => ({
      ...{
        source,
        type: 'missing_in_books',
        class: 'fixed_by_rule',
        closed: 'match: the file and the books agree now',
      },
    })),
  );
  await system.settleNow();
  expect(await system.problems()).toEqual([]);
});

test('a person closes a difference with a reason; it stays closed, and comes again only when it changes', async () => {
  const day = await payIntoTheBank('tok_visa_4242');
  await system.fault({ kind: 'file_one_cent_off', ...file(day) });
  await reconcileDay(day);
  const [amount, control] = await exceptions(day);
  await closeException(String(amount?.id), 'user:finance', 'the provider corrects it');
  await expect(closeException(String(amount?.id), 'user:finance', 'again')).rejects.toMatchObject({
    code: 'not_found',
  });
  await system.fault({ kind: 'file_one_cent_off', ...file(day) });
  await reconcileDay(day);
  expect((await exceptions(day)).map((one) => [one.id, one.closed])).toEqual([
    [amount?.id, 'user:finance: the provider corrects it'],
    [control?.id, null],
  ]);
});

test('what a person reads: days that tie out, what is open by type, differences page by page', async () => {
  const { days, nextCursor } = await listDays({ limit: 2 });
  expect(days).toHaveLength(2);
  const further = await listDays({ limit: 500, cursor: nextCursor ?? '' });
  expect(new Set([...days, ...further.days].map((one) => `${one.day} ${one.currency}`)).size).toBe(
    2 + further.days.length,
  );
  const tied = further.days.find((one) => one.settlement.file?.rows === 2 && one.open === 0 && one.closed === 0);
  expect(tied?.settlement).toMatchObject({
    tiesOut: true,
    file: { net: '57.64', matched: 2 },
    expected: { net: '57.64' },
  });
  const counts = await countDifferences();
  expect(counts.reduce((sum, one) => sum + one.count, 0)).toBe(
    (await listDifferences({ open: true, limit: 500 })).differences.length,
  );
  const first = await listDifferences({ limit: 3 });
  const second = await listDifferences({ limit: 500, cursor: first.nextCursor ?? '' });
  const ids = [...first.differences, ...second.differences].map((one) => Number(one.id));
  expect(ids).toEqual(ids.toSorted((one, other) => other - one));
  const { rows } = await system.owner.query('select count(*)::int as all from reconciliation_exceptions');
  expect(ids).toHaveLength(rows[0].all);
  await expect(listDifferences({ cursor: 'elsewhere' })).rejects.toMatchObject({ code: 'validation_failed' });
});

test('a provider that does not answer leaves everything as it was', async () => {
  const day = await payIntoTheBank('tok_visa_4242');
  const before = await dump();
  system.wire.rule(async (call, forward) => (call.path.includes('/reports/') ? 'cut' : forward()));
  const [report] = await reconcileDay(day);
  system.wire.rule();
  expect(report?.notTold).toContain('settlement');
  expect(await dump()).toEqual(before);
});

test('days that nobody reconciled are caught up with, a day that is not over is refused', async () => {
  await reconcileDay();
  await system.travel(3 * DAY);
  await system.settleNow();
  expect(await reconcileDue()).toBeGreaterThanOrEqual(3);
  const { rows } = await system.owner.query<{ day: string; today: string }>(
    `select to_char(r.day, 'YYYY-MM-DD') as day, to_char(psp_time at time zone 'UTC', 'YYYY-MM-DD') as today
     from reconciliation_runs r, psp_feeds where r.day > (psp_time at time zone 'UTC')::date - 4 order by r.day`,
  );
  expect(rows).toHaveLength(3);
  const today = rows[0]?.today ?? '';
  expect(await reconcileDue(), 'again, only what waits for a file').toBeLessThan(3);
  await expect(reconcileDay(today)).rejects.toMatchObject({ code: 'validation_failed' });
  await expect(reconcileDay('2026-02-30')).rejects.toMatchObject({ code: 'validation_failed' });
});

test('a currency whose file was not told is compared on a later night, though others were on its own', async () => {
  for (const currency of ['USD', 'EUR'] as const)
    await takePayment(samplePayment({ orders: [{ currency }] }), 'key:shop', { waitMs: 10_000 });
  await system.settleNow();
  await system.travel(DAY);
  await system.settleNow();
  system.wire.rule(async (call, forward) =>
    call.path.includes('/reports/') && call.path.includes('currency=eur') ? 'cut' : forward(),
  );
  await reconcileDue();
  system.wire.rule();
  const { rows } = await system.owner.query<{ day: string }>(
    `select to_char((psp_time at time zone 'UTC')::date - 1, 'YYYY-MM-DD') as day from psp_feeds`,
  );
  const cut = rows[0]?.day ?? '';
  expect(await comparedOn(cut)).toEqual(['USD']);

  await system.travel(DAY);
  await system.settleNow();
  await reconcileDue();
  expect(await comparedOn(cut)).toEqual(['EUR', 'USD']);
  // Before its first movement there is nothing of a currency to compare.
  const { rows: all } = await system.owner.query<{ days: number }>(
    `select count(*)::int as days from reconciliation_runs where currency = 'EUR'`,
  );
  expect(all).toEqual([{ days: 2 }]);
  expect(await reconcileDue(), 'again, only what waits for a file').toBeLessThan(3);
});

async function comparedOn(day: string): Promise<string[]> {
  const { rows } = await system.owner.query<{ currency: string }>(
    'select currency from reconciliation_runs where day = $1 order by currency',
    [day],
  );
  return rows.map((row) => row.currency);
}
