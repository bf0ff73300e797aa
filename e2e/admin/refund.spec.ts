import { whenAlive } from '../fixtures/checkout.ts';
import { signIn } from '../fixtures/sign-in.ts';
import { expect, test } from '../fixtures/test.ts';

test('the operator gives a part of an order back, is told who bears it, and sees it arrive', async ({
  page,
  api,
  simulator,
}) => {
  const checkout = await api.openCheckout();
  await simulator.pay(checkout.sessionId);
  await expect.poll(async () => (await api.order(checkout.orderId)).status).toBe('SUCCESS');

  await signIn(page, 'Cy');
  await page.goto(`/admin/payments/${checkout.checkout_id}`);
  await (await whenAlive(page.getByRole('button', { name: 'Refund' }))).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Amount in USD/).fill('20.00');
  await expect(dialog.getByText(/is left/)).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Refund' })).toBeDisabled();

  await dialog.getByLabel(/^Amount in USD/).fill('5.00');
  await dialog.getByLabel('Reason').selectOption('Not as described');
  await dialog.getByLabel(/^Note/).fill('One of two mugs is chipped.');
  const borne = dialog.getByRole('region', { name: 'Who bears it' });
  for (const line of ['The buyer gets$5.00', 'Left of the order$14.99']) await expect(borne).toContainText(line);
  await dialog.getByRole('button', { name: 'Refund' }).click();
  await expect(dialog).toBeHidden();

  // Nobody reloads the page.
  const main = page.getByRole('main');
  await expect(main.getByText('Given back', { exact: true }).first()).toBeVisible({ timeout: 20_000 });
  for (const text of ['$5.00 refunded', 'Not as described', 'One of two mugs is chipped.'])
    await expect(main).toContainText(text);
  await expect(main.getByRole('heading', { name: 'Given back to the buyer' })).toBeVisible();
});
