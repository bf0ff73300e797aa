import { CARDS } from '../fixtures/cards.ts';
import { expectPaid, fillBasket, openPage, payButton, payBy, review } from '../fixtures/checkout.ts';
import { ordersOf, query } from '../fixtures/database.ts';
import { unique } from '../fixtures/ids.ts';
import { signIn } from '../fixtures/sign-in.ts';
import { expect, test } from '../fixtures/test.ts';

test('a basket from three sellers is paid in one go and each seller sees their part', async ({
  page,
  simulator,
  newVisitor,
}) => {
  const email = `${unique('grace')}@example.com`;
  await fillBasket(page, ['Walnut bowl', 'Watch cap', 'Twelve postcards']);
  const checkoutId = await review(page, email, /Review \$75\.98/);
  for (const seller of ['Alder & Ash', 'Tidewater Wool', 'Marginalia']) {
    await expect(page.getByRole('heading', { name: seller })).toBeVisible();
  }
  await expect(page.getByText(email)).toBeVisible();

  await payButton(page).click();
  await expect(page.getByRole('heading', { name: 'Pay by card' })).toBeVisible();
  await expect(payButton(page)).toHaveText('Pay $75.98');
  await payBy(page, CARDS.good);
  await expectPaid(page);
  await expect(page.getByRole('heading', { name: 'Receipt' })).toBeVisible();
  await expect(page.getByText('$75.98')).toBeVisible();

  const [bowl, cap, cards] = await ordersOf(checkoutId);
  for (const order of [bowl, cap, cards]) expect(order).toMatchObject({ state: 'SUCCESS', attempts: 1, postings: 1 });
  expect(await simulator.charges(bowl?.id ?? '')).toMatchObject([{ amount: 7598, currency: 'usd' }]);

  for (const [seller, order, earned] of [
    ['Bo', bowl, '$29.25'],
    ['Tess', cap, '$34.92'],
  ] as const) {
    const desk = await newVisitor();
    await signIn(desk, seller);
    await desk.goto(`/seller/payments/${order?.id}`);
    await expect(desk.getByText('You earn', { exact: true }).locator('..')).toContainText(earned);
    await expect(
      desk.getByRole('region', { name: 'In the books' }).getByText('Balanced', { exact: true }),
    ).toBeVisible();
    await desk.goto('/seller/statement');
    await expect(desk.getByRole('row').filter({ hasText: order?.id })).toContainText(earned);
  }

  await page.getByRole('link', { name: 'Return to shop' }).click();
  await expect(page.getByRole('link', { name: /^Basket/ })).toContainText('0 items');
});

test('a seller never heard of before is opened unverified, paid and credited', async ({ page, api, simulator }) => {
  const seller = unique('newcomer');
  const checkout = await api.openCheckout([{ seller, amount: '19.99' }]);
  expect(await query('select verification from sellers where id = $1', { values: [seller] })).toEqual([
    { verification: 'unverified' },
  ]);

  await openPage(page, checkout.page_url);
  await payBy(page, CARDS.good);
  await expectPaid(page);

  expect(await api.walletTotals(seller)).toEqual({ USD: '19.50' });
  expect(await simulator.charges(checkout.orderId)).toHaveLength(1);
  expect(await api.order(checkout.orderId)).toMatchObject({ status: 'SUCCESS', seller_account: seller, attempts: 1 });
});

test('yen have no decimals anywhere, from the shelf to the books', async ({ page, simulator }) => {
  await fillBasket(page, ['Sencha, 80 g', 'Side-handle pot']);
  const checkoutId = await review(page, `${unique('grace')}@example.com`, /Review ¥8,200/);
  await payButton(page).click();
  await expect(payButton(page)).toHaveText('Pay ¥8,200');
  await payBy(page, CARDS.good);
  await expectPaid(page);
  const orders = await ordersOf(checkoutId);
  expect(orders).toMatchObject([
    { state: 'SUCCESS', amount_minor: '1800', currency: 'JPY' },
    { state: 'SUCCESS', amount_minor: '6400', currency: 'JPY' },
  ]);
  expect(await simulator.charges(orders[0]?.id ?? '')).toMatchObject([{ amount: 8200, currency: 'jpy' }]);
});

test('two currencies in one basket are two payments, one after the other', async ({ page }) => {
  const email = `${unique('grace')}@example.com`;
  await fillBasket(page, ['Pair of spoons', 'Moon vase']);
  await expect(page.getByText('Two currencies, two payments')).toBeVisible();
  await review(page, email, /Review ¥12,800/);
  await payButton(page).click();
  await payBy(page, CARDS.good);
  await expectPaid(page);

  await page.goto('/basket');
  await expect(page.getByText('Pair of spoons', { exact: true })).toBeVisible();
  await expect(page.getByText('Moon vase', { exact: true })).toBeHidden();
  await review(page, email, /Review \$18\.50/);
  await payButton(page).click();
  await payBy(page, CARDS.good);
  await expectPaid(page);
});

test('what a signed-in shopper opened is theirs alone', async ({ page, problems, newVisitor }) => {
  await signIn(page, 'Ada');
  await fillBasket(page, ['Ledger notebook']);
  const checkoutId = await review(page, `${unique('ada')}@example.com`, /Review \$22\.00/);
  await expect(page.getByRole('heading', { name: 'Review and pay' })).toBeVisible();

  problems.expect(/status of 404/);
  const stranger = await newVisitor();
  const response = await stranger.goto(`/checkout/${checkoutId}`);
  expect(response?.status()).toBe(404);
  await expect(stranger.getByRole('heading', { name: 'Nothing is known by this address' })).toBeVisible();
});
