import { afterAll, beforeAll, expect, test } from 'vitest';
import { lanePool } from '#db';
import { createCheckout, startHostedPayment, takePayment } from '#payments';
import { applyRefundOutcomes, listRefunds, requestRefund } from '#refunds';
import { type PaymentSystem, samplePayment, startPaymentSystem } from '#testing';
import { getWallet } from '#wallet';
import { bookTransactions } from './book-transactions.ts';
import { listDelays } from './list-delays.ts';
import { closeBookingLetter, retryBooking } from './open-questions.ts';
import { readFeed, readSooner } from './read-feed.ts';
import { releaseFunds } from './release-funds.ts';

const DAY = 86_400;
/** Longer than two business days, whatever the day. */
const SETTLED_AFTER = 5 * DAY;

let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('settlement', { webhooks: true });
});

afterAll(() => system.stop());

async function balances(...codes: string[]): Promise<bigint[]> {
  const { rows } = await system.owner.query<{ code: string; balance: string }>(
    'select code, balance from ledger_accounts where code = any($1)',
    [codes],
  );
  const byCode = new Map(rows.map((row) => [row.code, BigInt(row.balance)]));
  return codes.map((code) => byCode.get(code) ?? 0n);
}

interface Settled {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly cause: string | null;
}

async function transactionsOf(subjectId: string): Promise<Settled[]> {
  const { rows } = await system.owner.query<Settled>(
    'select id, type, state, cause from psp_balance_transactions where subject_id = $1 order by created_at, type',
    [subjectId],
  );
  return rows;
}

async function attemptOf(checkoutId: string): Promise<string> {
  const { rows } = await system.owner.query<{ id: string }>('select id from payment_attempts where checkout_id = $1', [
    checkoutId,
  ]);
  return rows[0]?.id ?? '';
}

async function pay(change: Parameters<typeof samplePayment>[0] = {}) {
  const request = samplePayment(change);
  await takePayment(request, 'key:shop', { waitMs: 10_000 });
  return { ...request, attemptId: await attemptOf(request.checkoutId) };
}

async function settleLater(): Promise<void> {
  await system.travel(SETTLED_AFTER);
  await system.settleNow();
}

test('a charge waits at the provider, is then settled less its fee, and the seller can be paid out', async () => {
  const { attemptId } = await pay({ orders: [{ seller: 'first' }] });
  await system.settleNow();
  expect(await transactionsOf(attemptId)).toMatchObject([{ type: 'charge', state: 'waiting' }]);
  expect((await getWallet('first')).balances).toMatchObject([{ pending: '29.25', available: '0.00' }]);
  const books = ['buyer:user_123:USD', 'psp_fees:platform:USD', 'psp_clearing:platform:USD', 'bank_cash:platform:USD'];
  const before = await balances(...books);

  await settleLater();
  expect(await transactionsOf(attemptId)).toMatchObject([{ type: 'charge', state: 'booked', cause: null }]);
  // The provider has paid it to our bank meanwhile.
  const moved = (await balances(...books)).map((balance, index) => balance - (before[index] ?? 0n));
  expect(moved).toEqual([-2_999n, 117n, 0n, 2_882n]);
  expect((await getWallet('first')).balances).toMatchObject([{ pending: '0.00', available: '29.25' }]);
  expect(await system.problems()).toEqual([]);
});

test('one charge for the orders of several sellers settles the buyer once and each seller on his own day', async () => {
  await system.owner.query(`insert into sellers (id, display_name) values ('patient', 'Patient')`);
  await system.owner.query(`insert into availability_delays (seller_id, days) values ('patient', 7)`);
  const { delays, more } = await listDelays();
  expect(delays).toMatchObject([
    { sellerName: null, days: 0 },
    { sellerName: 'Patient', days: 7 },
  ]);
  expect(more).toBe(false);
  const request = samplePayment({ orders: [{ seller: 'quick' }, { seller: 'patient', amount: '10.00' }] });
  const { payment: _, ...checkout } = request;
  await createCheckout(checkout, 'user:1');
  const { redirectUrl } = await startHostedPayment(request.checkoutId);
  await system.payPage(redirectUrl);
  await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });

  await settleLater();
  expect((await getWallet('quick')).balances).toMatchObject([{ pending: '0.00', available: '29.25' }]);
  expect((await getWallet('patient')).balances).toMatchObject([{ pending: '9.75', available: '0.00' }]);
  await system.travel(7 * DAY);
  await system.settleNow();
  expect((await getWallet('patient')).balances).toMatchObject([{ pending: '0.00', available: '9.75' }]);
  expect(await system.problems()).toEqual([]);
});

test('whoever reads, books and releases at once, and however often: each is booked once', async () => {
  const payments = [];
  for (let made = 0; made < 5; made += 1) payments.push(await pay({ token: 'tok_bypassPending' }));
  await system.owner.query('update psp_feeds set read_at = now()');
  await Promise.all(Array.from({ length: 4 }, () => readFeed()));
  await Promise.all(Array.from({ length: 4 }, () => bookTransactions(2)));
  await Promise.all(Array.from({ length: 4 }, () => releaseFunds(2)));
  // The whole list again, from the beginning.
  await system.owner.query(`update psp_feeds set read_through = 'epoch'`);
  await system.settleNow();
  for (const { attemptId } of payments) expect(await transactionsOf(attemptId)).toMatchObject([{ state: 'booked' }]);
  const { rows } = await system.owner.query(
    `select count(*)::int as orders, count(released_at)::int as released from order_funds where payment_order_id = any($1)`,
    [payments.map(({ orders }) => orders[0]?.paymentOrderId)],
  );
  expect(rows).toEqual([{ orders: 5, released: 5 }]);
  expect(await system.problems()).toEqual([]);
});

interface BankSide {
  readonly type: string;
  readonly state: string;
  readonly reversed: boolean;
}

/** The payouts to our bank that were made since, oldest first. */
async function payoutsSince(at: Date): Promise<BankSide[]> {
  const { rows } = await system.owner.query<BankSide>(
    `select t.type, t.state, l.reversal_of is not null as reversed from psp_balance_transactions t
     left join ledger_transactions l on l.id = t.ledger_transaction_id
     where t.type like 'payout%' and t.created_at > $1 order by t.created_at, t.type`,
    [at],
  );
  return rows;
}

async function pspTime(): Promise<Date> {
  await system.settleNow();
  const { rows } = await system.owner.query<{ now: Date }>('select psp_time as now from psp_feeds');
  return rows[0]?.now ?? new Date();
}

test('what the provider pays to our bank is in our bank once it says so, and no sooner', async () => {
  await system.travel(SETTLED_AFTER);
  const before = await pspTime();
  const [clearing = 0n, bank = 0n] = await balances('psp_clearing:platform:USD', 'bank_cash:platform:USD');
  await pay({ token: 'tok_bypassPending', orders: [{ amount: '100.00' }] });
  // The next midnight of a business day makes the payout, and the bank has it a business day later.
  for (let day = 0; (await payoutsSince(before)).length === 0 && day < 5; day += 1) {
    await system.travel(DAY);
    await system.settleNow();
  }
  expect(await payoutsSince(before)).toMatchObject([{ type: 'payout', state: 'waiting' }]);
  expect(await balances('bank_cash:platform:USD')).toEqual([bank]);
  await system.travel(SETTLED_AFTER);
  await system.settleNow();
  expect(await payoutsSince(before)).toEqual([{ type: 'payout', state: 'booked', reversed: false }]);
  // 100.00 less the fee of 3.20.
  expect(await balances('psp_clearing:platform:USD', 'bank_cash:platform:USD')).toEqual([clearing, bank + 9_680n]);
  expect(await system.problems()).toEqual([]);
});

test.each(['payout_failed', 'payout_returned'])(
  'a payout of the provider that ends as %s is taken back, once',
  async (kind) => {
    await system.travel(SETTLED_AFTER);
    const before = await pspTime();
    const [bank = 0n] = await balances('bank_cash:platform:USD');
    await system.fault({ kind, count: 1 });
    await pay({ token: 'tok_bypassPending', orders: [{ amount: '100.00' }] });
    await system.travel(SETTLED_AFTER + 2 * DAY);
    await system.settleNow();
    const payouts = await payoutsSince(before);
    expect(payouts.filter((one) => one.type === 'payout_failure')).toEqual([
      { type: 'payout_failure', state: 'booked', reversed: true },
    ]);
    // What came back is paid out again, on the next day that it can be.
    await settleLater();
    expect(await balances('bank_cash:platform:USD')).toEqual([bank + 9_680n]);
    expect(await system.problems()).toEqual([]);
  },
);

test('a list longer than a page is read in pages, and a reader that dies on the way is followed by one that goes on', async () => {
  const { rows: kept } = await system.owner.query<{ n: number }>(
    'select count(*)::int as n from psp_balance_transactions',
  );
  const pages: string[] = [];
  system.wire.rule((call, forward) => {
    pages.push(call.path);
    return forward();
  });
  await system.owner.query(`update psp_feeds set read_at = now(), read_through = 'epoch', page_through = now(), page_after = (
    select max(id) from psp_balance_transactions)`);
  await readFeed();
  system.wire.rule();
  expect(pages).toHaveLength(1);
  expect(pages[0]).toContain('starting_after=');
  const { rows } = await system.owner.query(
    "select page_after, page_through, read_through > now() - interval '1 hour' as moved from psp_feeds",
  );
  expect(rows).toEqual([{ page_after: null, page_through: null, moved: true }]);
  const { rows: now } = await system.owner.query<{ n: number }>(
    'select count(*)::int as n from psp_balance_transactions',
  );
  expect(now).toEqual(kept);
});

test('a provider that does not answer is asked again later, and nothing is lost', async () => {
  const { attemptId } = await pay();
  await system.owner.query('update psp_feeds set read_at = now()');
  system.wire.rule(async () => 'cut');
  expect(await readFeed()).toBe(0);
  system.wire.rule();
  expect(await readFeed(), 'not at once').toBe(0);
  await readSooner();
  expect(await readFeed()).toBeGreaterThan(0);
  expect(await transactionsOf(attemptId)).toHaveLength(1);
});

test('the provider’s word that its balance moved has its list read at once', async () => {
  await pay();
  await system.settleNow();
  const isDue = async () => {
    await system.handleInbox();
    const { rows } = await system.owner.query<{ due: boolean }>('select read_at <= now() as due from psp_feeds');
    return rows[0]?.due;
  };
  await system.travel(SETTLED_AFTER);
  await expect.poll(isDue, { timeout: 10_000 }).toBe(true);
});

test('a settled charge that nobody told us of is the news that it was made', async () => {
  const request = samplePayment({ token: 'tok_answer_lost' });
  await takePayment(request, 'key:shop', { waitMs: 0 });
  await system.reaches(request.checkoutId, 'UNKNOWN');
  await settleLater();
  await system.reaches(request.checkoutId, 'SUCCESS');
  await system.settleNow();
  expect(await transactionsOf(await attemptOf(request.checkoutId))).toMatchObject([{ state: 'booked' }]);
  expect(await system.problems()).toEqual([]);
});

test('late money, its refund, and the refund that comes back are settled each on its own', async () => {
  const request = samplePayment({ orders: [{ seller: 'late' }] });
  const { payment: _, ...checkout } = request;
  await createCheckout(checkout, 'user:1');
  const { redirectUrl } = await startHostedPayment(request.checkoutId);
  await system.payPage(redirectUrl, '4000000000005126');
  // The shopper had gone back in another window; what the page took came too late.
  await system.owner.query(
    `with a as (update payment_attempts set state = 'CANCELLED', resolve_at = null, finished_at = now() where checkout_id = $1),
     t as (insert into order_transitions (payment_order_id, seq, from_state, to_state, reason, actor)
       select payment_order_id, state_seq + 1, state, 'CANCELLED', 'test', 'test' from payment_orders where checkout_id = $1)
     update payment_orders set state = 'CANCELLED', state_seq = state_seq + 1 where checkout_id = $1`,
    [request.checkoutId],
  );
  await settleLater();
  await system.reaches(request.checkoutId, 'LATE_SUCCESS');
  await system.settleNow();
  await system.refundNow();
  const { rows } = await system.owner.query<{ id: string; psp_refund_id: string }>(
    `select r.id, r.psp_refund_id from refunds r join payment_attempts a on a.id = r.attempt_id where a.checkout_id = $1`,
    [request.checkoutId],
  );
  const [refund] = rows;
  await system.travel(DAY);
  const money = { amountMinor: 2_999n, currency: 'USD' as const };
  await applyRefundOutcomes(lanePool(), [
    {
      refundId: refund?.id ?? '',
      actor: 'webhook',
      outcome: { kind: 'failed', reason: 'closed', pspRefundId: refund?.psp_refund_id ?? '', ...money },
    },
  ]);
  await settleLater();
  expect(await transactionsOf(refund?.id ?? '')).toMatchObject([
    { type: 'refund', state: 'booked' },
    { type: 'refund_failure', state: 'booked' },
  ]);
  const { rows: reversed } = await system.owner.query(
    `select count(*)::int as n from ledger_transactions r join psp_balance_transactions f on f.ledger_transaction_id = r.id
     join psp_balance_transactions o on o.ledger_transaction_id = r.reversal_of
     where f.type = 'refund_failure' and o.type = 'refund' and f.source_id = o.source_id`,
  );
  expect(reversed).toEqual([{ n: 1 }]);
  expect(await system.problems()).toEqual([]);
});

test('a refund that came back, of which every message was lost, has failed once that is settled', async () => {
  await system.fault({ kind: 'webhook_drop', match: 'refund.', count: 10 });
  const { orders } = await pay({ token: 'tok_refundFail', orders: [{ seller: 'unlucky' }] });
  const paymentId = orders[0]?.paymentOrderId ?? '';
  await requestRefund({ paymentId, reason: 'other', actor: 'user:1' }, {});
  await system.refundNow();
  const [refund] = (await listRefunds({ of: paymentId })).rows;
  expect(refund?.state).toBe('SUCCEEDED');

  await settleLater();
  expect((await listRefunds({ of: paymentId })).rows).toMatchObject([{ state: 'FAILED_LATE' }]);
  await system.settleNow();
  expect(await transactionsOf(refund?.id ?? '')).toMatchObject([
    { type: 'refund', state: 'booked' },
    { type: 'refund_failure', state: 'booked' },
  ]);
  expect((await getWallet('unlucky')).balances).toMatchObject([{ pending: '0.00', available: '29.25' }]);
  expect(await system.problems()).toEqual([]);
});

test('what is none of ours, or of a type nobody knows, is booked to suspense and asked about, and holds up nobody', async () => {
  const [before = 0n] = await balances('suspense:platform:USD');
  const now = `now() - interval '1 hour'`;
  await system.owner.query(`insert into psp_balance_transactions
    (id, type, amount_minor, fee_minor, net_minor, currency, source_id, subject_id, created_at, available_on) values
    ('txn_foreign', 'charge', 1000, 59, 941, 'USD', 'ch_x', 'att_of_nobody', ${now}, ${now}),
    ('txn_odd', 'climate_order_purchase', -300, 0, -300, 'USD', 'clo_1', null, ${now}, ${now}),
    ('txn_sum', 'charge', 1000, 59, 942, 'USD', 'ch_y', null, ${now}, ${now}),
    ('txn_money', 'charge', 1000, 59, 941, 'PLN', 'ch_z', null, ${now}, ${now})`);
  const { attemptId } = await pay({ token: 'tok_bypassPending' });
  await system.settleNow();
  const { rows } = await system.owner.query(
    `select t.id, t.state, t.cause, d.cause as asked from psp_balance_transactions t left join dead_letters d
     on d.kind = 'settlement' and d.subject_id = t.id and d.resolved_at is null where t.id like 'txn\\_%' and t.source_id ~ '^(ch_[xyz]|clo_1)$' order by t.id`,
  );
  expect(rows).toEqual([
    { id: 'txn_foreign', state: 'suspense', cause: 'not_ours', asked: 'not_ours' },
    { id: 'txn_money', state: 'refused', cause: 'currency_unknown', asked: 'currency_unknown' },
    {
      id: 'txn_odd',
      state: 'suspense',
      cause: 'unknown_type:climate_order_purchase',
      asked: 'unknown_type:climate_order_purchase',
    },
    { id: 'txn_sum', state: 'refused', cause: 'sums_do_not_add_up', asked: 'sums_do_not_add_up' },
  ]);
  expect(await balances('suspense:platform:USD')).toEqual([before - 700n]);
  expect(await transactionsOf(attemptId)).toMatchObject([{ state: 'booked' }]);
  expect(await system.problems()).toEqual([]);
  // Tried again, what cannot be booked is refused again; closed, it is known to somebody and stays as it is.
  await retryBooking('txn_sum', 'user:1', 'once more');
  await system.settleNow();
  for (const id of ['txn_foreign', 'txn_sum', 'txn_money'])
    await closeBookingLetter(id, 'user:1', 'the provider says so');
  await expect(closeBookingLetter('txn_sum', 'user:1', 'twice')).rejects.toMatchObject({ code: 'not_found' });
  const { rows: left } = await system.owner.query(
    `select t.state, d.resolution from psp_balance_transactions t join dead_letters d on d.subject_id = t.id where t.id = 'txn_sum' order by d.id`,
  );
  expect(left).toEqual([
    { state: 'refused', resolution: 'user:1: once more' },
    { state: 'refused', resolution: 'user:1: the provider says so' },
  ]);
  expect(await balances('suspense:platform:USD')).toEqual([before - 700n]);
  expect(await system.problems()).toEqual([]);
});
