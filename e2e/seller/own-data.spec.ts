import { unique } from '../fixtures/ids.ts';
import { signIn } from '../fixtures/sign-in.ts';
import { expect, test } from '../fixtures/test.ts';

test('of one payment to two sellers, each sees their own order and nothing of the other', async ({
  page,
  api,
  simulator,
  problems,
}) => {
  problems.expect(/status of 404/);
  const checkout = await api.openCheckout([
    { seller: 'seller_456', amount: '30.00', description: unique('bowl') },
    { seller: 'seller_tidewater', amount: '40.00', description: unique('cap') },
  ]);
  await simulator.pay(checkout.sessionId);
  const [mine, theirs] = checkout.payment_orders.map((order) => order.payment_order_id);
  await expect.poll(async () => (await api.order(mine ?? '')).status).toBe('SUCCESS');

  await signIn(page, 'Bo');
  await page.goto(`/seller/payments?q=${mine}`);
  const row = page.getByRole('row').filter({ hasText: mine });
  await expect(row).toContainText('$30.00');
  await expect(row).toContainText('Paid');
  await row.getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('$30.00');
  await expect(page.getByRole('main')).not.toContainText('$70.00');

  await page.goto(`/seller/payments?q=${theirs}`);
  await expect(page.getByRole('heading', { name: 'No payment matches' })).toBeVisible();
  const answer = await page.goto(`/seller/payments/${theirs}`);
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole('heading', { name: 'Nothing is known by this address' })).toBeVisible();
  // The checkout is the shopper's: an order's id leads to none of its pages.
  const guess = mine?.split('.')[0];
  for (const path of [`/checkout/${guess}`, `/checkout/${guess}/result`])
    expect((await page.goto(path))?.status()).toBe(404);
  expect((await page.request.get(`/api/checkouts/${guess}/events`)).status()).toBe(204);
  await page.goto('/seller/statement');
  await expect(page.getByRole('row').filter({ hasText: mine })).toHaveCount(1);
  await expect(page.getByRole('row').filter({ hasText: theirs })).toHaveCount(0);
});

test('the four parts of a wallet lead to the ledger lines behind them', async ({ page, api, simulator }) => {
  const checkout = await api.openCheckout([{ seller: 'seller_kumo', amount: '1800', currency: 'JPY' }]);
  await simulator.pay(checkout.sessionId);
  await expect.poll(async () => (await api.order(checkout.orderId)).status).toBe('SUCCESS');
  await signIn(page, 'Ken');
  await page.goto('/seller');
  await expect(page.getByRole('heading', { level: 1, name: 'Wallet' })).toBeVisible();
  await page
    .getByRole('main')
    .getByRole('link', { name: /Pending/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/seller\/statement\?/);
  await expect(page.getByRole('row').filter({ hasText: checkout.orderId })).toContainText('¥1,75');
});

test('a seller has no way into the operator’s console', async ({ page }) => {
  await signIn(page, 'Bo');
  await page.goto('/admin/payments');
  await expect(page.getByRole('heading', { name: 'This page is for another role' })).toBeVisible();
  await expect(page.getByRole('table')).toHaveCount(0);
});
