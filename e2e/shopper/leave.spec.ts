import { CARDS } from '../fixtures/cards.ts';
import { expectPaid, fillBasket, openPage, payButton, payBy, review, whenAlive } from '../fixtures/checkout.ts';
import { ordersOf } from '../fixtures/database.ts';
import { unique } from '../fixtures/ids.ts';
import { expect, test } from '../fixtures/test.ts';

test('the way back to the shop cancels nothing, and the same page takes the payment later', async ({
  page,
  api,
  simulator,
}) => {
  const checkout = await api.openCheckout();
  await openPage(page, checkout.page_url);
  await page.getByRole('link', { name: 'Return to shop' }).click();
  await expect(page.getByRole('heading', { name: 'Review and pay' })).toBeVisible();
  await (await whenAlive(payButton(page))).click();
  await expect(page).toHaveURL(checkout.page_url);
  await payBy(page, CARDS.good);
  await expectPaid(page);
  expect(await simulator.charges(checkout.orderId)).toHaveLength(1);
});

test('a cancelled order is closed at the provider too, and the basket is kept', async ({ page, simulator }) => {
  await fillBasket(page, ['Bread board']);
  const checkoutId = await review(page, `${unique('grace')}@example.com`, /Review \$48\.00/);
  await payButton(page).click();
  await whenAlive(payButton(page));
  await expect(page.getByRole('heading', { name: 'Pay by card' })).toBeVisible();
  const pageUrl = page.url();
  await page.getByRole('link', { name: 'Return to shop' }).click();
  await (await whenAlive(page.getByRole('button', { name: 'Cancel this order' }))).click();
  await expect(page.getByRole('heading', { level: 1, name: 'You cancelled this order' })).toBeVisible();

  await page.goto(pageUrl);
  await expect(page.getByRole('heading', { name: 'This page has expired' })).toBeVisible();
  const [order] = await ordersOf(checkoutId);
  expect(order?.state).toBe('CANCELLED');
  expect(await simulator.charges(order?.id ?? '')).toEqual([]);
  await page.goto('/basket');
  await expect(page.getByText('Bread board', { exact: true })).toBeVisible();
});

test('an expired session says so, was charged nothing, and offers the way back', async ({ page, api, simulator }) => {
  const checkout = await api.openCheckout();
  await openPage(page, checkout.page_url);
  await simulator.runOut(checkout.sessionId);
  await payBy(page, CARDS.good);
  await expect(page.getByRole('heading', { name: 'This page has expired' })).toBeFocused();
  await expect.poll(async () => (await api.order(checkout.orderId)).status).toBe('EXPIRED');
  await page.getByRole('link', { name: 'Return to shop' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'The time to pay ran out' })).toBeVisible();
  await expect(page.getByText('Nothing was charged')).toBeVisible();
  expect(await simulator.charges(checkout.orderId)).toEqual([]);
});

test('the last ten minutes are counted down and more time is given for the asking', async ({ page, api }) => {
  const checkout = await api.openCheckout();
  await page.clock.install({ time: Date.now() + (24 * 60 - 5) * 60_000 });
  await openPage(page, checkout.page_url);
  await expect(page.getByText(/This page closes in \d:\d\d/)).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: 'You can ask for more time' })).toBeAttached();
  await page.getByRole('button', { name: 'Keep my basket' }).click();
  await expect(payButton(page)).toBeEnabled();
});
