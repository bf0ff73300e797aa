import { ONE_CALL } from '../fixtures/api.ts';
import { whenAlive } from '../fixtures/checkout.ts';
import { earn, payOut } from '../fixtures/money.ts';
import { signIn } from '../fixtures/sign-in.ts';
import { expect, test } from '../fixtures/test.ts';

test('a seller gives a bank account and is paid what is available, line by line', async ({ page, api }) => {
  await earn(api, 'seller_456', '50.00');
  await signIn(page, 'Bo');
  // The usual way there: the market's start, and from then on clicks that load no document.
  await page.goto('/');
  await page.getByRole('navigation', { name: 'Doors' }).getByRole('link', { name: 'Sell' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Wallet' })).toBeVisible();
  await page.getByRole('link', { name: 'Payouts', exact: true }).click();
  await expect(page).toHaveURL('/seller/payouts');
  await page.getByRole('link', { name: 'Add bank account' }).click();
  await (await whenAlive(page.getByLabel('Routing number'))).fill('110000000');
  await page.getByLabel('Account number or IBAN').fill('000123456789');
  await page.getByRole('button', { name: 'Add bank account' }).click();
  await expect(page).toHaveURL('/seller/payouts');
  await expect(page.getByRole('main')).toContainText('6789');
  await expect(page.getByRole('main')).not.toContainText('000123456789');

  await page.getByRole('form', { name: 'Pay out in USD' }).getByLabel('Amount').fill('12.00');
  await page.getByRole('form', { name: 'Pay out in USD' }).getByRole('button', { name: 'Pay out' }).click();
  const row = page.getByRole('row').filter({ hasText: '$12.00' }).first();
  await expect(row).toBeVisible();
  await row.getByRole('link').first().click();
  await expect(page).toHaveURL(/\/payouts\/po_/);
  // The worker sends it within a second or two, and nobody reloads the page.
  await expect(page.getByRole('main')).toContainText('On its way', { timeout: 20_000 });
  for (const line of ['Stays available', 'To the bank']) await expect(page.getByRole('main')).toContainText(line);
});

test('only the page that asks for a bank number may send one to the provider', async ({ page, simulator }) => {
  await signIn(page, 'Bo');
  for (const [path, mayTell] of [
    ['/seller/payouts/bank-account', true],
    ['/seller/payouts', false],
    ['/seller', false],
    ['/login', false],
  ] as const) {
    const policy = (await page.request.get(path, { headers: ONE_CALL })).headers()['content-security-policy'] ?? '';
    expect(/connect-src [^;]*/.exec(policy)?.[0].includes(simulator.origin), path).toBe(mayTell);
  }
});

test('a statement that cannot be downloaded says so, and the next try saves it', async ({ page, api, problems }) => {
  problems.expect(/payouts\.statementCsv/);
  await earn(api, 'seller_tidewater', '30.00');
  const id = await payOut(api, 'seller_tidewater', '10.00');
  await signIn(page, 'Tess');
  await page.goto(`/seller/payouts/${id}`);
  const csv = await whenAlive(page.getByRole('button', { name: 'CSV' }));
  await page.route('**/api/trpc/seller.payouts.statementCsv*', (route) => route.abort('connectionreset'), { times: 1 });
  await csv.click();
  const alert = page.getByRole('main').getByRole('alert');
  await expect(alert).toContainText('The statement could not be loaded');
  const [download] = await Promise.all([page.waitForEvent('download'), csv.click()]);
  expect(download.suggestedFilename()).toBe(`${id}.csv`);
  await expect(alert).toBeHidden();
});
