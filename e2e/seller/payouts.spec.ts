import { earn } from '../fixtures/money.ts';
import { signIn } from '../fixtures/sign-in.ts';
import { expect, test } from '../fixtures/test.ts';

test('a seller gives a bank account and is paid what is available, line by line', async ({ page, api }) => {
  await earn(api, 'seller_456', '50.00');
  await signIn(page, 'Bo');
  await page.goto('/seller/payouts');
  await page.getByRole('button', { name: 'Add bank account' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Routing number').fill('110000000');
  await dialog.getByLabel('Account number or IBAN').fill('000123456789');
  await dialog.getByRole('button', { name: 'Add bank account' }).click();
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
