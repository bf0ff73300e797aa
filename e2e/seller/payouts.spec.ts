import { unique } from '../fixtures/ids.ts';
import { signIn } from '../fixtures/sign-in.ts';
import { expect, test } from '../fixtures/test.ts';

test('a seller gives a bank account and is paid what is available, line by line', async ({ page, api }) => {
  const id = unique('sale');
  const paid = await api.post('/payments', {
    checkout_id: id,
    buyer_info: { user_id: unique('buyer'), email: 'grace@example.com', name: 'Grace Hopper' },
    // Its money is available at once.
    credit_card_info: { token: 'tok_bypassPending' },
    payment_orders: [{ payment_order_id: `${id}.1`, seller_account: 'seller_456', amount: '50.00', currency: 'USD' }],
  });
  expect(paid.status(), await paid.text()).toBe(202);

  await signIn(page, 'Bo');
  await page.goto('/seller/payouts');
  await page.getByRole('button', { name: 'Add bank account' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Routing number').fill('110000000');
  await dialog.getByLabel('Account number or IBAN').fill('000123456789');
  await dialog.getByRole('button', { name: 'Add bank account' }).click();
  await expect(page.getByRole('main')).toContainText('6789');
  await expect(page.getByRole('main')).not.toContainText('000123456789');

  // Balance transactions are read every half a minute at the latest.
  const payOut = page.getByRole('button', { name: 'Pay out', exact: true });
  await expect
    .poll(
      async () => {
        await page.reload();
        return payOut.isEnabled({ timeout: 500 }).catch(() => false);
      },
      { timeout: 45_000 },
    )
    .toBe(true);
  await page.getByLabel('Amount').fill('12.00');
  await payOut.click();
  const row = page.getByRole('row').filter({ hasText: '$12.00' }).first();
  await expect(row).toBeVisible();
  await row.getByRole('link').first().click();
  await expect(page).toHaveURL(/\/payouts\/po_/);
  // The worker sends it within a second or two.
  await expect
    .poll(
      async () => {
        await page.reload();
        return page.getByRole('main').textContent();
      },
      { timeout: 20_000 },
    )
    .toContain('On its way');
  for (const line of ['Stays available', 'To the bank']) await expect(page.getByRole('main')).toContainText(line);
});
