import type { Page } from '@playwright/test';
import { CARDS } from '../fixtures/cards.ts';
import { cardField, payButton } from '../fixtures/checkout.ts';
import { expect, test } from '../fixtures/test.ts';

test.use({ javaScriptEnabled: false });

test.beforeEach(({ problems }) => {
  // With scripts off Chromium lets none through and calls that a matter of policy.
  problems.expect(/_next\/static\/chunks\/\S+\.js csp$/);
});

test('without JavaScript a declined card can be replaced and the order is paid once', async ({
  page,
  api,
  simulator,
}) => {
  const checkout = await api.openCheckout();
  await page.goto(checkout.page_url);
  await pay(page, CARDS.declined);
  await expect(page.getByText('Your bank declined the card')).toBeVisible();
  await pay(page, CARDS.good);
  await expect(page).toHaveURL(`/checkout/${checkout.checkout_id}/result`);
  await expect.poll(async () => (await api.order(checkout.orderId)).status).toBe('SUCCESS');
  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: 'Thank you, it is paid' })).toBeVisible();
  expect(await simulator.charges(checkout.orderId)).toHaveLength(1);
});

test('without JavaScript the bank’s question can be answered', async ({ page, api, simulator }) => {
  const checkout = await api.openCheckout();
  await page.goto(checkout.page_url);
  await pay(page, CARDS.asksForProof);
  await page.getByRole('button', { name: 'Fail verification' }).click();
  await expect(page.getByText('The payment was not verified')).toBeVisible();
  expect(await simulator.charges(checkout.orderId)).toEqual([]);
  await pay(page, CARDS.asksForProof);
  await page.getByRole('button', { name: 'Approve payment' }).click();
  await expect(page).toHaveURL(`/checkout/${checkout.checkout_id}/result`);
  expect(await simulator.charges(checkout.orderId)).toHaveLength(1);
});

test('without JavaScript the receipt loads itself anew until the payment is settled, and then no more', async ({
  page,
  api,
  simulator,
}) => {
  const checkout = await api.openCheckout();
  const loadsItself = page.locator('meta[http-equiv="refresh"]');
  await page.goto(`/checkout/${checkout.checkout_id}/result`);
  await expect(page.getByRole('heading', { level: 1, name: 'Waiting for the bank' })).toBeVisible();
  await expect(loadsItself).toHaveCount(1);
  await simulator.pay(checkout.sessionId);
  await expect(page.getByRole('heading', { level: 1, name: 'Thank you, it is paid' })).toBeVisible({ timeout: 30_000 });
  await expect(loadsItself).toHaveCount(0);
});

test('without JavaScript the sign-in form sends nothing, least of all a password in an address', async ({ page }) => {
  await page.goto('/login');
  await page.getByLabel('E-mail address').fill('bo@demo.test');
  await page.getByLabel('Password').fill('not-for-the-address-bar');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeDisabled();
  await expect(page).toHaveURL('/login');
});

async function pay(page: Page, number: string): Promise<void> {
  await cardField(page).fill(number);
  await page.getByLabel('Expiry date').fill('12 / 34');
  await page.getByLabel('Security code').fill('123');
  await page.getByLabel('Name on card').fill('Grace Hopper');
  await page.getByLabel('ZIP code').fill('10001');
  await payButton(page).click();
}
