import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lanePool, pool } from '#db';
import { newId, parseAmount } from '#kernel';
import {
  createTestDatabase,
  earn,
  type MigratedDatabase,
  openBank,
  openOwnerPool,
  openPayableSeller,
  owe,
} from '#testing';
import { approvePayout, cancelPayout } from './decide-by-person.ts';
import { payOutScheduled, setPayoutSchedule } from './pay-out-scheduled.ts';
import { getPayoutSettings, unverifiedSellers } from './payable-sellers.queries.ts';
import { payoutStatement, payoutStatementCsv } from './payout-statement.ts';
import { getPayout, listPayouts } from './payouts.queries.ts';
import { requestPayout } from './request-payout.ts';
import { verifySeller } from './verify-seller.ts';

let database: MigratedDatabase;
let owner: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase('payouts');
  process.env.DATABASE_URL = database.url;
  owner = openOwnerPool(database.url);
});

afterAll(async () => {
  await Promise.all([owner.end(), pool().end(), lanePool().end()]);
  await database.drop();
});

/** A seller of its own that can be paid out, with this much available in dollars. */
async function seller(available = '0'): Promise<string> {
  const id = newId('seller');
  await openPayableSeller(owner, id);
  if (available !== '0') await earn(id, parseAmount(available, 'USD').amountMinor);
  return id;
}

const request = (sellerId: string, amount: string | null = null, requestedBy = 'user:bo') =>
  requestPayout({
    sellerId,
    currency: 'USD',
    amountMinor: amount === null ? null : parseAmount(amount, 'USD').amountMinor,
    requestedBy,
  });

async function balances(sellerId: string): Promise<Record<string, bigint>> {
  const { rows } = await owner.query<{ kind: string; balance: string }>(
    'select kind, (-balance)::text as balance from ledger_accounts where owner_id = $1',
    [sellerId],
  );
  return Object.fromEntries(rows.map(({ kind, balance }) => [kind, BigInt(balance)]));
}

describe('asking for a payout', () => {
  test('takes all that is available, sets it aside, and needs nobody below the limit', async () => {
    const sellerId = await seller('120.50');
    const id = await request(sellerId);
    expect(await getPayout(id)).toMatchObject({
      amount: '120.50',
      state: 'APPROVED',
      requestedBy: 'user:bo',
      needsApproval: false,
      approvedBy: 'policy',
      steps: [{ from: 'REQUESTED', to: 'APPROVED', actor: 'policy' }],
    });
    expect(await balances(sellerId)).toMatchObject({ seller_available: 0n, seller_reserved: 12_050n });
    const { rows } = await owner.query('select payload from outbox where key = $1 order by id', [id]);
    expect(rows.map(({ payload }) => payload.state)).toEqual(['REQUESTED', 'APPROVED']);
  });

  test.each([
    ['120.51', 'payout_exceeds_available'],
    ['0.99', 'payout_below_minimum'],
  ])('%s of 120.50 is refused as %s, and leaves no trace', async (amount, code) => {
    const sellerId = await seller('120.50');
    await expect(request(sellerId, amount)).rejects.toMatchObject({ code });
    expect(await balances(sellerId)).toMatchObject({ seller_available: 12_050n });
    expect((await listPayouts({ sellerId })).rows).toEqual([]);
  });

  test('a seller that owes the platform is paid nothing', async () => {
    const sellerId = await seller('10.00');
    await owe(sellerId, 2_000n);
    await expect(request(sellerId)).rejects.toMatchObject({ code: 'payout_exceeds_available' });
    await expect(request(sellerId, '5.00')).rejects.toMatchObject({ code: 'payout_exceeds_available' });
  });

  test('an unverified seller earns, and is paid out once a person has verified it, which stays on record', async () => {
    const sellerId = newId('seller');
    await owner.query(`insert into sellers (id, display_name) values ($1, 'New')`, [sellerId]);
    await earn(sellerId, 5_000n);
    await openBank(owner, sellerId, 'USD');
    await expect(request(sellerId)).rejects.toMatchObject({ code: 'seller_not_payable' });
    expect((await unverifiedSellers()).map((one) => one.sellerId)).toContain(sellerId);
    await verifySeller(sellerId, 'user:fin', 'papers seen');
    await verifySeller(sellerId, 'user:fin', 'again');
    await request(sellerId);
    const { rows } = await owner.query('select actor, reason from seller_verifications where seller_id = $1', [
      sellerId,
    ]);
    expect(rows).toEqual([{ actor: 'user:fin', reason: 'papers seen' }]);
  });

  test('a seller without a working bank account in the currency is not paid', async () => {
    const sellerId = await seller('50.00');
    await earn(sellerId, 5_000n, 'JPY');
    const yen = { sellerId, currency: 'JPY', amountMinor: null, requestedBy: 'user:bo' } as const;
    await expect(requestPayout(yen)).rejects.toMatchObject({ code: 'seller_not_payable' });
    await owner.query(
      `update bank_accounts set state = 'failed', failure_code = 'account_closed' where seller_id = $1`,
      [sellerId],
    );
    await expect(request(sellerId)).rejects.toMatchObject({ code: 'seller_not_payable' });
  });

  test('the database itself keeps a payout within what is available, should the code forget', async () => {
    const sellerId = await seller('50.00');
    const id = await request(sellerId, '20.00');
    const forged = `insert into payouts (id, seller_id, bank_account_id, currency, amount_minor, account_id, first_seq, last_seq, opening_minor,
        moved_minor, left_minor, requested_by, needs_approval)
      select 'po_forged', seller_id, bank_account_id, currency, 4000, account_id, last_seq + 2, last_seq + 1, left_minor, 1000, 0, 'x', false
      from payouts where id = $1`;
    await expect(owner.query(forged, [id])).rejects.toMatchObject({ constraint: 'payouts_taken_when_requested' });
  });
});

describe('at once', () => {
  test('of approvals and cancellations at once exactly one counts', async () => {
    const sellerId = await seller('20000.00');
    const id = await request(sellerId);
    const words = Array.from({ length: 20 }, (_, index) =>
      index % 2 === 0
        ? approvePayout(id, { actor: 'user:fin' })
        : cancelPayout(id, { actor: 'user:bo', reason: 'changed my mind' }),
    );
    await Promise.allSettled(words);
    const { state, steps } = await getPayout(id);
    expect(state).toBe('CANCELLED');
    expect(steps.filter((step) => step.to === 'CANCELLED')).toHaveLength(1);
    expect(await balances(sellerId)).toMatchObject({ seller_available: 2_000_000n, seller_reserved: 0n });
  });
});

describe('approval', () => {
  test('above the limit it waits for a second person, never the one who asked', async () => {
    const sellerId = await seller('20000.00');
    const id = await request(sellerId, '10000.01');
    expect(await getPayout(id)).toMatchObject({ state: 'REQUESTED', needsApproval: true, resolveAt: null });
    await expect(approvePayout(id, { actor: 'user:bo' })).rejects.toMatchObject({ code: 'second_person_needed' });
    await approvePayout(id, { actor: 'user:fin' });
    await approvePayout(id, { actor: 'user:cy' });
    expect(await getPayout(id)).toMatchObject({ state: 'APPROVED', approvedBy: 'user:fin' });
  });

  test('at the limit it needs nobody', async () => {
    const id = await request(await seller('20000.00'), '10000.00');
    expect(await getPayout(id)).toMatchObject({ state: 'APPROVED', needsApproval: false });
  });
});

describe('cancelling', () => {
  test('gives everything back, once, as the mirror of what was taken', async () => {
    const sellerId = await seller('30.00');
    const id = await request(sellerId);
    await cancelPayout(id, { actor: 'user:bo', reason: 'wrong bank' });
    await cancelPayout(id, { actor: 'user:bo', reason: 'again' });
    expect(await balances(sellerId)).toMatchObject({ seller_available: 3_000n, seller_reserved: 0n });
    const { rows } = await owner.query(
      `select t.kind, r.kind as reverses from ledger_transactions t left join ledger_transactions r on r.id = t.reversal_of
       where t.source_id = $1 order by t.id`,
      [id],
    );
    expect(rows).toEqual([
      { kind: 'payout_requested', reverses: null },
      { kind: 'payout_released', reverses: 'payout_requested' },
    ]);
    await expect(approvePayout(id, { actor: 'user:fin' })).rejects.toMatchObject({ code: 'payout_state_conflict' });
  });

  test("another seller's payout and no payout answer alike", async () => {
    const id = await request(await seller('30.00'));
    const other = { actor: 'user:max', reason: 'mine', sellerId: await seller() };
    await expect(cancelPayout(id, other)).rejects.toMatchObject({ code: 'not_found' });
    await expect(cancelPayout('po_none', other)).rejects.toMatchObject({ code: 'not_found' });
    await expect(payoutStatement(id, other.sellerId)).rejects.toMatchObject({ code: 'not_found' });
    await expect(getPayout(id, other.sellerId)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('the statement', () => {
  test('names every movement since the payout before, and comes to the amount whatever was left or came back', async () => {
    const sellerId = await seller('100.00');
    const first = await request(sellerId, '60.00');
    await earn(sellerId, 2_500n);
    await owe(sellerId, 500n);
    await cancelPayout(first, { actor: 'user:bo', reason: 'too soon' });
    const second = await request(sellerId, '90.00');
    const third = await request(sellerId);
    const lines = async (id: string) =>
      (await payoutStatement(id)).lines.map(({ kind, amount }) => `${kind} ${amount}`);
    expect(await lines(first)).toEqual(['funds_available 100.00', 'left_available -40.00']);
    expect(await lines(second)).toEqual([
      'carried_over 40.00',
      'funds_available 25.00',
      'funds_available -5.00',
      'payout_released 60.00',
      'left_available -30.00',
    ]);
    expect(await lines(third)).toEqual(['carried_over 30.00']);
    const csv = payoutStatementCsv(await payoutStatement(second))
      .trimEnd()
      .split('\r\n');
    expect(csv).toHaveLength(7);
    expect(csv.at(-1)).toBe(`${second},5,total,,,,90.00,USD`);
  });
});

describe('schedules', () => {
  const due = (sellerId: string) =>
    owner.query(`update payout_schedules set next_on = current_date - 1 where seller_id = $1`, [sellerId]);

  test('a due schedule pays all currencies once, however many workers look and however often one dies half way', async () => {
    const sellerId = await seller('75.00');
    await openBank(owner, sellerId, 'EUR');
    await earn(sellerId, 4_200n, 'EUR');
    await setPayoutSchedule(sellerId, { every: 'daily', onDay: null }, 'user:bo');
    await due(sellerId);
    const { rows: before } = await owner.query('select next_on::text from payout_schedules where seller_id = $1', [
      sellerId,
    ]);
    await Promise.all([payOutScheduled(10), payOutScheduled(10)]);
    // As if the worker had died before it planned the next day.
    await owner.query('update payout_schedules set next_on = $2 where seller_id = $1', [sellerId, before[0].next_on]);
    await earn(sellerId, 1_000n);
    expect(await payOutScheduled(10)).toBe(1);
    expect(await payOutScheduled(10)).toBe(0);
    const { rows } = await listPayouts({ sellerId });
    expect(rows.map(({ amount, currency }) => `${amount} ${currency}`).toSorted()).toEqual(['42.00 EUR', '75.00 USD']);
    expect(rows.every((row) => row.requestedBy === 'schedule' && row.scheduledFor === before[0].next_on)).toBe(true);
  });

  test('who has too little or cannot be paid is looked at again on the next day, and stops nobody', async () => {
    const [poor, rich] = [await seller('0.50'), await seller('50.00')];
    for (const sellerId of [poor, rich]) {
      await setPayoutSchedule(sellerId, { every: 'weekly', onDay: 3 }, 'user:bo');
      await due(sellerId);
    }
    expect(await payOutScheduled(10)).toBe(2);
    expect((await listPayouts({ sellerId: poor })).rows).toEqual([]);
    expect((await listPayouts({ sellerId: rich })).rows).toHaveLength(1);
    const { schedule } = await getPayoutSettings(poor);
    expect(schedule).toMatchObject({ every: 'weekly', onDay: 3 });
    expect(Date.parse(schedule.nextOn ?? '')).toBeGreaterThan(Date.now() - 86_400_000);
  });

  test('going back to manual plans nothing', async () => {
    const sellerId = await seller('50.00');
    await setPayoutSchedule(sellerId, { every: 'daily', onDay: null }, 'user:bo');
    await setPayoutSchedule(sellerId, { every: 'manual', onDay: null }, 'user:bo');
    expect((await getPayoutSettings(sellerId)).schedule).toEqual({ every: 'manual', onDay: null, nextOn: null });
  });
});

test('a list is paged without a gap or a repetition, and filters by state', async () => {
  const sellerId = await seller('100.00');
  const made: string[] = [];
  for (let index = 0; index < 5; index += 1) made.push(await request(sellerId, '2.00'));
  await cancelPayout(made[1] ?? '', { actor: 'user:bo', reason: 'no' });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listPayouts({ sellerId, limit: 2, cursor });
    seen.push(...page.rows.map((row) => row.id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(seen).toEqual(made.toReversed());
  expect((await listPayouts({ sellerId, states: ['CANCELLED'] })).rows.map((row) => row.id)).toEqual([made[1]]);
});
