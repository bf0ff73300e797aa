import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmptyDatabase, type TestDatabase } from '#testing';
import { prepareDatabase } from './prepare-database.ts';

/** Files whose constraints are attacked here, by name; those of the first tables are in books/books.db.test.ts. */
const FILES = ['disputes.sql', 'delayed.sql', 'webhooks.sql'];

let database: TestDatabase;
let attacker: pg.Client;

beforeAll(async () => {
  database = await createEmptyDatabase('psp_rules');
  await prepareDatabase(database.url);
  attacker = new pg.Client({ connectionString: database.url });
  await attacker.connect();
});
afterAll(async () => {
  await attacker.end();
  await database.drop();
});

/** An insert of one row of SQL literals. */
function into(table: string, row: Record<string, string>, change: Record<string, string>): string {
  const all = { ...row, ...change };
  return `insert into ${table} (${Object.keys(all).join(', ')}) values (${Object.values(all).join(', ')})`;
}

const aDispute = (change: Record<string, string>) =>
  into(
    'disputes',
    {
      ...{ id: `'du'`, created: '0', amount: '100', currency: `'usd'`, charge: `'ch'`, payment_intent: `'pi'` },
      ...{ reason: `'fraudulent'`, status: `'needs_response'`, evidence: `'{}'`, submission_count: '0', due_by: '0' },
      ...{ withdrawal: `'txn'`, metadata: `'{}'` },
    },
    change,
  );

const anIntent = (change: Record<string, string>) =>
  into(
    'payment_intents',
    {
      ...{ id: `'pi'`, created: '0', amount: '100', amount_received: '0', currency: `'usd'`, client_secret: `'s'` },
      ...{ status: `'requires_capture'`, metadata: `'{}'` },
    },
    change,
  );

const aRefund = (change: Record<string, string>) =>
  into(
    'refunds',
    {
      ...{ id: `'re'`, created: '0', amount: '1', currency: `'usd'`, charge: `'ch'`, payment_intent: `'pi'` },
      ...{ status: `'succeeded'`, balance_transaction: `'txn'`, metadata: `'{}'` },
    },
    change,
  );

const anEndpoint = (change: Record<string, string>) =>
  into(
    'webhook_endpoints',
    {
      id: `'we'`,
      created: '0',
      url: `'u'`,
      secret: `'s'`,
      enabled_events: `'[]'`,
      status: `'enabled'`,
      metadata: `'{}'`,
    },
    change,
  );

const aMethod = (change: Record<string, string>) =>
  into(
    'payment_methods',
    { id: `'pm'`, created: '0', behaviour: `'{}'`, billing_details: `'{}'`, metadata: `'{}'` },
    change,
  );

const aSession = (change: Record<string, string>) =>
  into(
    'checkout_sessions',
    {
      ...{ id: `'cs'`, created: '0', status: `'open'`, payment_status: `'paid'`, amount_total: '1', currency: `'usd'` },
      ...{
        payment_intent: `'pi'`,
        url: `'u'`,
        success_url: `'u'`,
        expires_at: '0',
        line_items: `'[]'`,
        metadata: `'{}'`,
      },
    },
    change,
  );

const aCharge = (change: Record<string, string>) =>
  into(
    'charges',
    {
      ...{ id: `'ch'`, created: '0', payment_intent: `'pi'`, amount: '100', currency: `'usd'`, status: `'succeeded'` },
      ...{ balance_transaction: `'txn'`, risk_level: `'normal'`, payment_method: `'pm'`, card: `'{}'` },
      ...{ billing_details: `'{}'`, authenticated: 'false', metadata: `'{}'` },
    },
    change,
  );

const ATTACKS: readonly (readonly [attack: string, constraint: string])[] = [
  [aCharge({ next: `'vanish'`, next_at: 'now()' }), 'charges_next_known'],
  [aCharge({ next: `'dispute'` }), 'charges_next_has_time'],
  [aRefund({ status: `'lost'` }), 'refunds_status_known'],
  [aRefund({ status: `'canceled'` }), 'refunds_failure_is_booked'],
  [aRefund({ failure_balance_transaction: `'txn'` }), 'refunds_failure_is_booked'],
  [aRefund({ status: `'failed'`, failure_balance_transaction: `'txn'` }), 'refunds_failure_is_booked'],
  [anEndpoint({ previous_secret: `'s'` }), 'webhook_endpoints_previous_secret_ends'],
  [
    `insert into webhook_deliveries values ('evt', 'we', 1, 'dropped', 0, null, false, 'late')`,
    'webhook_deliveries_flaw_known',
  ],
  [aCharge({ status: `'lost'`, balance_transaction: 'null' }), 'charges_status_known'],
  [aCharge({ released: '-1' }), 'charges_released_not_negative'],
  [aCharge({ released: '101' }), 'charges_refunded_within_amount'],
  [aCharge({ released: '60', amount_refunded: '41' }), 'charges_refunded_within_amount'],
  [aCharge({ amount_refunded: '-1' }), 'charges_refunded_within_amount'],
  [aCharge({ sepa_debit: `'{}'` }), 'charges_of_one_kind'],
  [
    `${aCharge({})}; ${aCharge({ id: `'ch_2'`, status: `'authorized'`, balance_transaction: 'null' })}`,
    'charges_one_live_per_intent',
  ],
  [anIntent({ capture_method: `'later'` }), 'payment_intents_capture_known'],
  [anIntent({ status: `'held'` }), 'payment_intents_status_known'],
  [anIntent({ amount_received: '1' }), 'payment_intents_received_only_on_success'],
  [anIntent({ status: `'succeeded'`, amount_received: '99' }), 'payment_intents_received_only_on_success'],
  [
    anIntent({ status: `'succeeded'`, amount_received: '0', capture_method: `'manual'` }),
    'payment_intents_received_only_on_success',
  ],
  [aMethod({ sepa_debit: `'{"iban": "AT611904300234573201", "last4": "3201"}'` }), 'payment_methods_hold_no_iban'],
  [aMethod({}), 'payment_methods_of_one_kind'],
  [aSession({}), 'checkout_sessions_paid_only_when_complete'],
  [aDispute({ amount: '0' }), 'disputes_amount_positive'],
  [`${aDispute({})}; ${aDispute({ id: `'du_2'` })}`, 'disputes_one_per_charge'],
  [aDispute({ reason: `'because'` }), 'disputes_reason_known'],
  [aDispute({ status: `'forgiven'` }), 'disputes_status_known'],
  [aDispute({ submission_count: '2' }), 'disputes_evidence_once'],
  [aDispute({ withdrawal: 'null' }), 'disputes_inquiry_moves_nothing'],
  [aDispute({ status: `'warning_needs_response'` }), 'disputes_inquiry_moves_nothing'],
  [aDispute({ status: `'won'` }), 'disputes_won_is_reinstated'],
  [aDispute({ reinstatement: `'txn'` }), 'disputes_won_is_reinstated'],
  [aDispute({ next: `'expire'` }), 'disputes_next_has_time'],
];

test.each(ATTACKS)('%s is refused by %s', async (attack, constraint) => {
  await expect(attacker.query(attack)).rejects.toMatchObject({ constraint });
});

test('every named constraint is attacked', async () => {
  const sql = await Promise.all(FILES.map((file) => readFile(new URL(file, import.meta.url), 'utf8')));
  const rules = /constraint (\w+)\s+(?:check|unique)|unique index if not exists (\w+)/g;
  const named = [...sql.join('\n').matchAll(rules)].map(([, constraint, index]) => constraint ?? index);
  expect(named.length).toBeGreaterThan(5);
  expect([...new Set(ATTACKS.map(([, constraint]) => constraint))].sort()).toEqual([...new Set(named)].sort());
});
