import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { takePayment } from '#payments';
import { requestRefund } from '#refunds';
import { type PaymentSystem, samplePayment, startPaymentSystem, webhookEvent } from '#testing';
import { bookTransactions } from './book-transactions.ts';
import { readFeed, readSooner } from './read-feed.ts';

/** What has a balance transaction that waits looked at before its time, and what does not. */
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('look_sooner');
  // The provider's clock, without which nothing is due.
  await readFeed();
  system.wire.rule(async (call, forward) => (call.path.startsWith('/v1/payouts/') ? onItsWay(call.path) : forward()));
});

beforeEach(async () => {
  await system.owner.query(`update psp_feeds set read_at = now() + interval '1 hour'`);
  await system.owner.query(
    `update psp_balance_transactions set state = 'refused', cause = 'over', look_at = null where state = 'waiting'`,
  );
});

afterAll(() => system.stop());

async function onItsWay(path: string) {
  const id = path.split('/').at(-1);
  const body = JSON.stringify({ id, object: 'payout', status: 'in_transit' });
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

/** A payout to our bank that is looked at again in an hour. */
async function payOut(name: string, { days = 0, tries = 1 } = {}): Promise<void> {
  await system.owner.query(
    `insert into psp_balance_transactions
       (id, type, amount_minor, fee_minor, net_minor, currency, source_id, created_at, available_on, seen_at, tries, look_at)
     values ('txn_' || $1, 'payout', -1000, 0, -1000, 'USD', 'po_' || $1, '2026-01-01', '2026-01-01', now() - make_interval(days => $2), $3,
             now() + interval '1 hour')`,
    [name, days, tries],
  );
}

/** Which of those that wait are due, by name. */
async function due(): Promise<string[]> {
  const { rows } = await system.owner.query<{ name: string }>(
    `select substr(id, 5) as name from psp_balance_transactions where state = 'waiting' and look_at <= now() order by id`,
  );
  return rows.map((row) => row.name);
}

async function tell(type: string, account: string | null): Promise<void> {
  const body = webhookEvent(type, { id: 'po_told', object: 'payout', status: 'paid', metadata: {} }, { account });
  await system.owner.query(
    `insert into webhook_inbox (source, account, event_id, type, payload) values ('psp', $1, $2, $3, $4)`,
    [account ?? 'platform', (JSON.parse(body) as { id: string }).id, type, body],
  );
  expect(await system.handleInbox()).toBe(1);
}

test('a payout of a seller’s own moves nothing of ours: ours is left to its time, and the list too', async () => {
  await payOut('ours');
  await tell('payout.paid', 'acct_of_a_seller');
  const reading = async () => (await system.owner.query('select read_at <= now() as due from psp_feeds')).rows;
  expect(await due()).toEqual([]);
  expect(await reading()).toEqual([{ due: false }]);
  await tell('payout.paid', null);
  expect(await due()).toEqual(['ours']);
  expect(await reading()).toEqual([{ due: true }]);
});

test('a person is told of what has waited for days, not of what was looked at often', async () => {
  await payOut('often', { days: 2, tries: 200 });
  await payOut('long', { days: 5, tries: 200 });
  await payOut('pushed_again', { days: 5, tries: 3 });
  await readSooner();
  expect(await bookTransactions(100)).toBe(3);
  const { rows } = await system.owner.query(
    `select subject_id as id, cause from dead_letters where kind = 'settlement' and resolved_at is null`,
  );
  expect(rows).toEqual([{ id: 'txn_long', cause: 'waits: the payout is on its way' }]);
});

test('what somebody works at is passed over: nobody waits for him, and nobody for another in turn', async () => {
  await payOut('busy');
  await payOut('idle');
  const client = await system.owner.connect();
  try {
    await client.query('begin');
    await client.query(`select from psp_balance_transactions where id = 'txn_busy' for no key update`);
    await readSooner();
    expect(await due()).toEqual(['idle']);
  } finally {
    await client.query('rollback');
    client.release();
  }
});

test('news that comes while the provider is asked is not put off: it is looked at again', async () => {
  await payOut('asked');
  await readSooner();
  system.wire.rule(async (call, forward) => {
    if (!call.path.startsWith('/v1/payouts/')) return forward();
    await readSooner();
    return onItsWay(call.path);
  });
  expect(await bookTransactions(100)).toBe(1);
  expect(await due()).toEqual(['asked']);
});

test('what waits for the end of a refund is looked at once that is known', async () => {
  const request = samplePayment();
  await takePayment(request, 'key:shop', { waitMs: 10_000 });
  const paymentId = request.orders[0]?.paymentOrderId ?? '';
  const id = await requestRefund({ paymentId, reason: 'other', actor: 'key:shop' }, {});
  await system.owner.query(
    `insert into psp_balance_transactions
       (id, type, amount_minor, fee_minor, net_minor, currency, source_id, subject_id, created_at, available_on, look_at)
     select 'txn_refunded', 'refund', -amount_minor, 0, -amount_minor, currency, 're_refunded', id, now(), now(), now() + interval '1 hour'
     from refunds where request_id = $1`,
    [id],
  );
  expect(await due()).toEqual([]);
  await system.refundNow();
  expect(await due()).toEqual(['refunded']);
});
