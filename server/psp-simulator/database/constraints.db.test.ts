import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmptyDatabase, type TestDatabase } from '#testing';
import { prepareDatabase } from './prepare-database.ts';

/** Files whose constraints are attacked here, by name; those of the first tables are in books/books.db.test.ts. */
const FILES = ['disputes.sql'];

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
  const named = [...sql.join('\n').matchAll(/constraint (\w+)\s+(?:check|unique)/g)].map((match) => match[1]);
  expect(named.length).toBeGreaterThan(5);
  expect([...new Set(ATTACKS.map(([, constraint]) => constraint))].sort()).toEqual([...new Set(named)].sort());
});
