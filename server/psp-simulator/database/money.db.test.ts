import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmptyDatabase, type TestDatabase } from '#testing';
import { prepareDatabase } from './prepare-database.ts';

let database: TestDatabase;
let attacker: pg.Client;

beforeAll(async () => {
  database = await createEmptyDatabase('psp_money');
  await prepareDatabase(database.url);
  attacker = new pg.Client({ connectionString: database.url });
  await attacker.connect();
  for (const row of [aPayout(), aTransfer(), aBankLine(), anItem(), aBankAccount()]) await attacker.query(row);
});
afterAll(async () => {
  await attacker.end();
  await database.drop();
});

/** A row that is right but for the change; values are SQL. */
function insertion(table: string, right: Record<string, string>) {
  return (change: Record<string, string> = {}) => {
    const row = { ...right, ...change };
    return `insert into ${table} (${Object.keys(row).join(', ')}) values (${Object.values(row).join(', ')})`;
  };
}

const common = { id: `gen_random_uuid()`, created: '0', amount: '100', currency: `'usd'`, metadata: `'{}'` };
const aPayout = insertion('payouts', {
  ...common,
  status: `'paid'`,
  automatic: 'true',
  arrival_date: '0',
  destination: `'ba'`,
  balance_transaction: `'txn'`,
  course: `'[]'`,
});
const aTransfer = insertion('transfers', {
  ...common,
  amount_reversed: '0',
  destination: `'acct'`,
  destination_payment: `'py'`,
  funding: `'bank'`,
});
const aReversal = insertion('transfer_reversals', { ...common, transfer: `'tr'`, destination_payment_refund: `'pyr'` });
const aBankLine = insertion('bank_lines', {
  id: 'gen_random_uuid()',
  at: '0',
  currency: `'usd'`,
  amount: '100',
  kind: `'payout'`,
  reference: `'po_1'`,
});
const anItem = insertion('payout_items', { transaction: `'txn_1'`, payout: `'po_1'` });
const aBankAccount = insertion('bank_accounts', {
  id: 'gen_random_uuid()',
  created: '0',
  owner: `'acct_1'`,
  facts: `'{"last4": "6789", "currency": "usd", "fate": "paid"}'`,
  status: `'new'`,
  default_for_currency: 'true',
  deleted: 'false',
  metadata: `'{}'`,
});

test.each([
  [aPayout({ amount: '0' }), 'payouts_amount_positive'],
  [aPayout({ status: `'lost'` }), 'payouts_status_known'],
  [aPayout({ status: `'canceled'` }), 'payouts_return_is_booked'],
  [aPayout({ failure_balance_transaction: `'txn'` }), 'payouts_return_is_booked'],
  [aPayout({ status: `'failed'`, failure_balance_transaction: `'txn'` }), 'payouts_failure_has_code'],
  [aPayout({ next_at: '1' }), 'payouts_next_has_time'],
  [anItem({ payout: `'po_2'` }), 'payout_items_pkey'],
  ['update payout_items set payout = payout', 'payout_items_append_only'],
  ['delete from payout_items', 'payout_items_append_only'],
  [aTransfer({ amount: '0' }), 'transfers_amount_positive'],
  [aTransfer({ amount_reversed: '101' }), 'transfers_reversed_within_amount'],
  [aTransfer({ amount_reversed: '-1' }), 'transfers_reversed_within_amount'],
  [aTransfer({ funding: `'pocket'` }), 'transfers_funding_known'],
  [aTransfer({ funding: `'balance'` }), 'transfers_booked_when_from_balance'],
  [aReversal({ amount: '0' }), 'transfer_reversals_amount_positive'],
  [aBankLine({ amount: '0', reference: `'po_2'` }), 'bank_lines_amount_not_zero'],
  [aBankLine({ kind: `'gift'`, amount: '-1' }), 'bank_lines_kind_known'],
  [aBankLine({ amount: '-100', reference: `'po_2'` }), 'bank_lines_sign_follows_kind'],
  [aBankLine({ kind: `'transfer'` }), 'bank_lines_sign_follows_kind'],
  [aBankLine(), 'bank_lines_once'],
  ['delete from bank_lines', 'bank_lines_append_only'],
  ['truncate bank_lines', 'bank_lines_append_only'],
  [aBankAccount({ owner: `'acct_2'`, status: `'lost'` }), 'bank_accounts_status_known'],
  [
    aBankAccount({ owner: `'acct_2'`, facts: `'{"last4": "6789", "number": "000123456789"}'` }),
    'bank_accounts_hold_no_number',
  ],
  [aBankAccount({ owner: `'acct_2'`, facts: `'{"last4": "000123456789"}'` }), 'bank_accounts_hold_no_number'],
  [aBankAccount(), 'bank_accounts_one_default'],
])('%s is refused by %s', async (attack, constraint) => {
  await expect(attacker.query(attack)).rejects.toMatchObject({ constraint });
});
