import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool } from '#db';
import { live, ready } from './health.ts';
import { booksBalance, ledgerPage, wallet, walletWhy } from './schemas/answers.ts';
import { differencesPage, reconciledDays } from './schemas/reconciliation.ts';
import { type ApiSystem, examplePayment, type Reply, startApiSystem } from './testkit.ts';

let system: ApiSystem;

beforeAll(async () => {
  system = await startApiSystem();
  for (const amount of ['29.99', '15.50', '0.07'])
    await system.call('POST', '/payments', { body: examplePayment({ amount }) });
});

afterAll(() => system.stop());

const get = (path: string) => system.call('GET', path);

test('days that were reconciled, and what differed, are read page by page', async () => {
  await pool().query(`
    insert into reconciliation_runs (day, currency) values ('2026-06-17', 'USD'), ('2026-06-18', 'USD');
    insert into reconciliation_exceptions (source, day, currency, type, class, subject, found_minor) values
      ('settlement', '2026-06-17', 'USD', 'unknown_row', 'to_investigate', 'txn_x', 100),
      ('settlement', '2026-06-18', 'USD', 'file_missing', 'for_finance', 'settlement', null)`);
  const first = await get('/reconciliation/days?limit=1');
  expect(reconciledDays.parse(first.json)).toMatchObject({
    days: [{ day: '2026-06-18', open_differences: 1 }],
    has_more: true,
  });
  const next = await get(`/reconciliation/days?cursor=${(first.json as { next_cursor: string }).next_cursor}`);
  expect(reconciledDays.parse(next.json)).toMatchObject({ days: [{ day: '2026-06-17' }], has_more: false });
  const differences = await get('/reconciliation/differences?open=true&day=2026-06-17');
  expect(differencesPage.parse(differences.json)).toMatchObject({
    differences: [{ type: 'unknown_row', subject: 'txn_x', expected: null, found: '1.00', closed_at: null }],
  });
  const closed = await get('/reconciliation/differences?open=false');
  expect(differencesPage.parse(closed.json).differences).toEqual([]);
  for (const query of ['days?cursor=x', 'differences?type=odd', 'differences?day=2026-02-30'])
    expect((await get(`/reconciliation/${query}`)).status, query).toBe(400);
});

test("a seller's wallet adds up, and its one balance is the total", async () => {
  const { status, json } = await get('/wallets/seller_456');
  expect(status).toBe(200);
  // 2.5 % commission, rounded down in each order: 0.74 + 0.38 + 0.00.
  expect(wallet.parse(json)).toEqual({
    account_id: 'seller_456',
    balance: '44.44',
    currency: 'USD',
    balances: [
      {
        currency: 'USD',
        available: '0.00',
        pending: '44.44',
        pending_parts: [{ available_on: null, amount: '44.44' }],
        reserved: '0.00',
        in_payout: '0.00',
        total: '44.44',
        receivable: '0.00',
      },
    ],
  });
});

test('the wallet tells why, in pages, and how it stood before', async () => {
  const first = await get('/wallets/seller_456/why?part=pending&currency=USD&limit=2');
  const page = walletWhy.parse(first.json);
  expect(page).toMatchObject({ amount: '44.44', has_more: true, items: [{ available_on: null }, {}] });
  const link = /^<\/api\/v1([^>]+)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
  const rest = walletWhy.parse((await get(link)).json);
  const amounts = [...page.items, ...rest.items].map((item) => Number(item.amount.replace('.', '')));
  expect([rest.has_more, amounts.reduce((sum, amount) => sum + amount, 0)]).toEqual([false, 4_444]);
  expect((await get('/wallets/seller_456?at=2020-01-01T00:00:00Z')).json).toMatchObject({ balance: '0', balances: [] });
  expect((await get(`/wallets/seller_456?at=${new Date().toISOString()}`)).json).toMatchObject({ balance: '44.44' });
  for (const path of ['/wallets/seller_456?at=yesterday', '/wallets/seller_456/why?part=pending'])
    expect(await get(path)).toMatchObject({ status: 400, json: { code: 'validation_failed' } });
  expect(await get('/wallets/seller_456/why?part=in_payout&currency=USD')).toMatchObject({ status: 404 });
});

test('a buyer shows what was taken from it, and one account its own side', async () => {
  expect((await get('/wallets/user_123')).json).toMatchObject({
    balance: '45.56',
    currency: 'USD',
    balances: [{ receivable: '45.56', total: '0.00' }],
  });
  expect((await get('/wallets/seller_pending:seller_456:USD')).json).toMatchObject({ balance: '44.44' });
  expect((await get('/wallets/platform_fees:platform:USD')).json).toMatchObject({ balance: '1.12', currency: 'USD' });
  expect(await get('/wallets/seller_unheard_of')).toMatchObject({ status: 404, json: { code: 'not_found' } });
});

test('the ledger is paged by an opaque cursor and its Link header, every entry once', async () => {
  const seen: string[] = [];
  let page: Reply = await get('/ledger?account_id=seller_456&limit=2');
  for (;;) {
    const { entries, has_more, next_cursor } = ledgerPage.parse(page.json);
    seen.push(
      ...entries.map(
        (entry) => `${entry.account}#${entry.seq} ${entry.direction} ${entry.amount} ${entry.balance_after}`,
      ),
    );
    const link = page.headers.get('link');
    expect(has_more).toBe(link !== null);
    expect(has_more).toBe(next_cursor !== null);
    if (!link) break;
    page = await get(/^<\/api\/v1([^>]+)>; rel="next"$/.exec(link)?.[1] ?? '');
  }
  expect(seen).toEqual([
    'seller_pending:seller_456:USD#3 credit 0.07 -44.44',
    'seller_pending:seller_456:USD#2 credit 15.12 -44.37',
    'seller_pending:seller_456:USD#1 credit 29.25 -29.25',
  ]);
});

test('a list takes sane limits and its own cursors only', async () => {
  for (const query of ['limit=0', 'limit=101', 'limit=x', 'cursor=nonsense', 'cursor=%00', 'surprise=1']) {
    expect(await get(`/ledger?account_id=seller_456&${query}`)).toMatchObject({
      status: 400,
      json: { code: 'validation_failed' },
    });
  }
  expect(await get('/ledger')).toMatchObject({ status: 400, json: { code: 'validation_failed', param: 'account_id' } });
  expect(await get('/ledger?account_id=nobody')).toMatchObject({ status: 404, json: { code: 'not_found' } });
});

test('the books balance to the cent, in decimals and in minor units', async () => {
  expect(booksBalance.parse((await get('/ledger/balance')).json)).toMatchObject({
    balanced: true,
    currencies: [
      {
        currency: 'USD',
        balanced: true,
        total_debits: '45.56',
        total_credits: '45.56',
        difference: '0.00',
        total_debits_minor: '4556',
        total_credits_minor: '4556',
        difference_minor: '0',
      },
    ],
  });
});

test('the process is live, and ready while its schema is complete', async () => {
  expect(await live().json()).toEqual({ status: 'pass' });
  const good = await ready();
  expect(good.headers.get('content-type')).toBe('application/health+json');
  expect([good.status, await good.json()]).toEqual([
    200,
    { status: 'pass', checks: { database: { status: 'pass' }, psp: { status: 'pass' } } },
  ]);
  expect(pool().totalCount).toBeGreaterThan(0);
});
