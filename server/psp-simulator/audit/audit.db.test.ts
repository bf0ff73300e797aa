import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY, type Money, startMoney } from '../payouts/testkit.ts';
import { audit } from './audit.ts';
import { QUESTIONS } from './questions.ts';

let money: Money;
let attacker: pg.Client;

beforeAll(async () => {
  money = await startMoney();
  await oneOfEverything();
  attacker = new pg.Client({ connectionString: money.simulator.database.url });
  await attacker.connect();
});
afterAll(async () => {
  await attacker.end();
  await money.simulator.stop();
});

async function oneOfEverything(): Promise<void> {
  const { stripe } = money;
  const paid = await money.charge(10_000);
  await stripe.refunds.create({ charge: String(paid.source), amount: 100 });
  const disputed = await money.charge(3_000);
  await stripe.rawRequest('POST', '/v1/test_helpers/disputes', { charge: String(disputed.source) });
  const price_data = { currency: 'usd', unit_amount: 500, product_data: { name: 'Mug' } };
  const line_items = [{ quantity: 1, price_data }];
  const account = await stripe.accounts.create({ type: 'custom', external_account: 'btok_us_verified' });
  const transfer = await stripe.transfers.create({ amount: 500, currency: 'usd', destination: account.id });
  await stripe.transfers.createReversal(transfer.id, { amount: 200 });
  await stripe.payouts.create({ amount: 300, currency: 'usd' }, { stripeAccount: account.id });
  await money.charge(2_000, 'pm_card_bypassPending');
  const manual = await stripe.payouts.create({ amount: 100, currency: 'usd' });
  await stripe.payouts.cancel(manual.id);
  await money.fault({ kind: 'payout_failed', match: 'platform', count: '1' });
  await money.clock({ advance: 6 * DAY });
  await money.charge(700, 'pm_card_bypassPending');
  await stripe.payouts.create({ amount: 100, currency: 'usd' });
  await stripe.checkout.sessions.create({ mode: 'payment', success_url: 'https://shop.example', line_items });
}

/** What breaks each rule, where nothing protects the books: the database's own guards are off. */
const ATTACKS: Record<keyof typeof QUESTIONS, string> = {
  transactions_out_of_balance: 'update book_entries set amount = amount + 1 where line = 1',
  currencies_out_of_balance: 'update book_entries set amount = amount + 1 where line = 1',
  entries_without_transaction: `delete from book_transactions where type = 'charge'`,
  transactions_that_differ_from_entries: `update book_transactions set amount = amount + 1, net = net + 1 where type = 'charge'`,
  balances_that_differ_from_transactions: `update book_transactions set amount = amount + 1, net = net + 1 where type = 'charge'`,
  accounts_below_zero: `update book_transactions set amount = amount - 400, net = net - 400 where type = 'payment'`,
  gross_differs_from_entries: `update book_transactions set amount = amount + 1, net = net + 1 where type = 'refund'`,
  charges_without_booking: `update charges set balance_transaction = 'txn_nobody' where status = 'succeeded'`,
  bookings_without_charge: 'delete from charges',
  intents_charged_twice: `insert into charges select (json_populate_record(c, '{"id": "ch_twin"}')).* from charges c limit 1`,
  intents_that_disagree: `update payment_intents set status = 'canceled', amount_received = 0`,
  holds_that_disagree: `update payment_intents set status = 'processing', amount_received = 0`,
  sessions_that_disagree: `update checkout_sessions set status = 'expired'`,
  refunds_without_booking: 'update refunds set amount = amount + 1',
  failed_refunds_without_booking: `update refunds set status = 'failed', failure_balance_transaction = 'txn_nobody', failure_reason = 'x'`,
  bookings_without_refund: 'delete from refunds',
  charges_refunded_wrongly: 'update charges set amount_refunded = amount_refunded + 1',
  disputes_without_withdrawal: 'update disputes set amount = amount + 1',
  won_disputes_without_reversal: `update disputes set status = 'won', reinstatement = 'txn_nobody'`,
  bookings_without_dispute: 'delete from disputes',
  disputes_without_disputed_charge: 'update charges set disputed = not disputed',
  payouts_without_booking: 'update payouts set amount = amount + 1',
  returned_payouts_without_booking: `update payouts set status = 'paid', failure_balance_transaction = null, failure_code = null
    where status = 'failed'`,
  bookings_without_payout: `delete from payouts where status = 'failed'`,
  payouts_that_differ_from_items: `delete from payout_items i using book_transactions t where t.id = i.transaction and t.type = 'charge'`,
  items_without_payout: 'delete from payouts where automatic',
  money_in_transit_that_differs_from_payouts: `update payouts set status = 'paid', course = '[]', next_at = null where status = 'pending'`,
  transfers_without_booking: 'update transfers set amount = amount + 1',
  transfers_reversed_wrongly: 'update transfers set amount_reversed = amount_reversed + 1',
  transfers_on_their_way: `update book_entries set account = 'transfers_in_transit' where account = 'bank'`,
  statement_that_differs_from_payouts: `delete from bank_lines where kind = 'payout'`,
  statement_that_differs_from_transfers: `delete from bank_lines where kind = 'transfer'`,
  statement_lines_without_reason: `update bank_lines set reference = 'po_nobody' where kind = 'payout'`,
};

async function brokenRules(attack: string): Promise<string[]> {
  await attacker.query('begin');
  try {
    await attacker.query('set local session_replication_role = replica');
    await attacker.query('drop index charges_one_live_per_intent');
    const { rowCount } = await attacker.query(attack);
    expect(rowCount).toBeGreaterThan(0);
    const { problems } = await audit({ rows: async (_, text) => (await attacker.query(text)).rows });
    return Object.keys(problems).filter((rule) => Number(problems[rule]) > 0);
  } finally {
    await attacker.query('rollback');
  }
}

test('the books of one of everything are clean', async () => {
  expect(await money.problems()).toEqual({});
});

test.each(Object.entries(ATTACKS))('%s is seen', async (rule, attack) => {
  expect(await brokenRules(attack)).toContain(rule);
});

test('npm run psp-audit prints each rule with its verdict, and exits 1 when one is broken', async () => {
  const run = (url: string) =>
    promisify(execFile)(process.execPath, ['server/psp-simulator/audit/main.ts'], {
      env: { ...process.env, PSP_DATABASE_URL: url },
    });
  const { url } = money.simulator.database;
  const { stdout } = await run(url);
  expect(stdout.match(/^no .+ ok$/gm)).toHaveLength(Object.keys(QUESTIONS).length);
  expect(stdout).toContain(`All ${Object.keys(QUESTIONS).length} rules hold; 4 charges took money, 1 refunds`);
  await attacker.query(`update charges set amount_refunded = amount_refunded + 1`);
  const failed = await run(url).catch((error: { code: number; stdout: string }) => error);
  await attacker.query(`update charges set amount_refunded = amount_refunded - 1`);
  expect(failed).toMatchObject({ code: 1, stdout: expect.stringMatching(/no charges refunded wrongly +BROKEN: 4\n/) });
  const nowhere = await run('postgresql://nobody@127.0.0.1:1/psp').catch((error: { code: number }) => error);
  expect(nowhere).toMatchObject({ code: 2 });
});
