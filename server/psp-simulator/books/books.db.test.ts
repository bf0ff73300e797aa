import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmptyDatabase, type TestDatabase } from '#testing';
import { prepareDatabase } from '../database/prepare-database.ts';
import { createStore, type Store } from '../database/store.ts';
import { type Booking, postCharge } from './post-charge.ts';

let database: TestDatabase;
let store: Store;
let attacker: pg.Client;

beforeAll(async () => {
  database = await createEmptyDatabase('psp_books');
  await prepareDatabase(database.url);
  store = createStore(database.url, 2);
  attacker = new pg.Client({ connectionString: database.url });
  await attacker.connect();
});
afterAll(async () => {
  await attacker.end();
  await store.close();
  await database.drop();
});

let charges = 0;

function booking(amount = 2_999): Booking {
  charges += 1;
  return postCharge({
    id: `ch_${charges}`,
    created: 1_750_000_000,
    amount,
    currency: 'usd',
    description: null,
    settles: 'later',
  });
}

function post({ transaction, entries }: Booking): Promise<void> {
  return store.commit({ book_transactions: [transaction], book_entries: entries });
}

function aRefund(change: Record<string, string>): string {
  const row = { id: `'re'`, created: '0', amount: '1', currency: `'usd'`, charge: `'ch'`, payment_intent: `'pi'` };
  const all = { ...row, status: `'succeeded'`, balance_transaction: `'txn'`, metadata: `'{}'`, ...change };
  return `insert into refunds (${Object.keys(all).join(', ')}) values (${Object.values(all).join(', ')})`;
}

test('the schema can be prepared again, by two processes at once, without harm', async () => {
  await post(booking());
  await Promise.all([prepareDatabase(database.url), prepareDatabase(database.url)]);
  const { rows } = await attacker.query('select count(*)::int as count from book_transactions');
  expect(rows[0].count).toBeGreaterThan(0);
});

test('a booking that does not balance is refused by the database, whatever the code thinks', async () => {
  const { transaction, entries } = booking();
  const short = entries.map((entry, index) => (index === 0 ? { ...entry, amount: entry.amount - 1 } : entry));
  await expect(post({ transaction, entries: short })).rejects.toMatchObject({ constraint: 'book_entries_balance' });
  await expect(post({ transaction, entries: entries.slice(0, 1) })).rejects.toMatchObject({
    constraint: 'book_entries_balance',
  });
});

test('entries without their transaction, or in another currency, are refused', async () => {
  const { transaction, entries } = booking();
  await expect(store.commit({ book_entries: entries })).rejects.toMatchObject({ constraint: 'book_entries_balance' });
  const foreign = entries.map((entry) => ({ ...entry, currency: 'eur' }));
  await expect(post({ transaction, entries: foreign })).rejects.toMatchObject({ constraint: 'book_entries_balance' });
});

test('a charge is booked once', async () => {
  const first = booking();
  await post(first);
  const second = { ...first.transaction, id: 'txn_other' };
  const entries = first.entries.map((entry) => ({ ...entry, transaction: 'txn_other' }));
  await expect(post({ transaction: second, entries })).rejects.toMatchObject({
    constraint: 'book_transactions_once_per_purpose',
  });
});

test.each([
  ['update book_entries set amount = amount + 1', 'book_entries_append_only'],
  ['delete from book_entries', 'book_entries_append_only'],
  ['truncate book_entries', 'book_entries_append_only'],
  ['update book_transactions set fee = 0', 'book_transactions_append_only'],
  ['delete from book_transactions', 'book_transactions_append_only'],
  [`insert into book_entries values ('t', 1, 'card_network', 'usd', 0)`, 'book_entries_amount_not_zero'],
  [`insert into book_entries values ('t', 1, 'pocket', 'usd', 1)`, 'book_entries_account_known'],
  [
    `insert into book_transactions values ('t', 0, 0, 'charge', 'usd', 9, 1, 9, 's')`,
    'book_transactions_net_is_amount_less_fee',
  ],
  [
    `insert into payment_intents select id, 0, 100, 99, 'usd', 'succeeded', null, null, 's', null, null, null, null, null,
       null, null, null, null, null, '{}' from (values ('pi_bad')) as x(id)`,
    'payment_intents_received_only_on_success',
  ],
  ...[101, -1].map((refunded): [string, string] => [
    `insert into charges (id, created, payment_intent, amount, currency, status, balance_transaction, risk_level, payment_method, card,
       billing_details, authenticated, metadata, amount_refunded)
     values ('ch', 0, 'pi', 100, 'usd', 'succeeded', 'txn', 'normal', 'pm', '{}', '{}', false, '{}', ${refunded})`,
    'charges_refunded_within_amount',
  ]),
  [aRefund({ amount: '0' }), 'refunds_amount_positive'],
  [aRefund({ status: `'lost'` }), 'refunds_status_known'],
  [aRefund({ status: `'failed'` }), 'refunds_failure_is_booked'],
  [aRefund({ next_status: `'succeeded'` }), 'refunds_next_has_time'],
  [
    `insert into payment_methods values ('pm', 0, '{"number": "4242424242424242", "last4": "4242"}', '{}', '{}', '{}')`,
    'payment_methods_hold_no_card_number',
  ],
])('%s is refused by %s', async (attack, constraint) => {
  await expect(attacker.query(attack)).rejects.toMatchObject({ constraint });
});

test('one bad request in a batch fails alone; the others of its commit are kept', async () => {
  const [good1, bad, good2] = [booking(100), booking(200), booking(300)];
  const unbalanced = { transaction: bad.transaction, entries: bad.entries.slice(1) };
  const settled = await Promise.allSettled([post(good1), post(unbalanced), post(good2)]);
  expect(settled.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  const ids = [good1, bad, good2].map((one) => one.transaction.id);
  const { rows } = await attacker.query('select id from book_transactions where id = any($1) order by amount', [ids]);
  expect(rows.map((row) => row.id)).toEqual([good1.transaction.id, good2.transaction.id]);
});

test('every constraint named in the schema is there', async () => {
  const files = ['schema.sql', 'books.sql', 'disputes.sql'].map((file) => `../database/${file}`);
  const sql = (await Promise.all(files.map((file) => readFile(new URL(file, import.meta.url), 'utf8')))).join('\n');
  const named = [...sql.matchAll(/constraint (\w+)\s+check/g)].map((match) => match[1]);
  const { rows } = await attacker.query(`select conname from pg_constraint where contype = 'c'`);
  expect(named.length).toBeGreaterThan(15);
  expect(rows.map((row) => row.conname)).toEqual(expect.arrayContaining(named));
});
