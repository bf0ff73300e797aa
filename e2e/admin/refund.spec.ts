import { whenAlive } from '../fixtures/checkout.ts';
import { query } from '../fixtures/database.ts';
import { signIn } from '../fixtures/sign-in.ts';
import { expect, test } from '../fixtures/test.ts';

test('the operator gives a part of an order back, is told who bears it, and sees it arrive', async ({
  page,
  api,
  simulator,
  problems,
}) => {
  // Of the amount that is too much.
  problems.expect(/status of 409/);
  const checkout = await api.openCheckout();
  await simulator.pay(checkout.sessionId);
  await expect.poll(async () => (await api.order(checkout.orderId)).status).toBe('SUCCESS');

  await signIn(page, 'Cy');
  await page.goto(`/admin/payments/${checkout.checkout_id}`);
  await (await whenAlive(page.getByRole('button', { name: 'Refund' }))).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Amount in USD/).fill('20.00');
  await expect(dialog.getByText('19.99 USD are left to give back.')).toBeVisible();
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

test('a refund whose answer got lost is made once, also when the dialog was closed meanwhile', async ({
  page,
  api,
  simulator,
  problems,
}) => {
  problems.expect(/admin\.refunds\.request/);
  // Of the preview, once the refund has left too little for a second one.
  problems.expect(/admin\.refunds\.preview/);
  const checkout = await api.openCheckout();
  await simulator.pay(checkout.sessionId);
  await expect.poll(async () => (await api.order(checkout.orderId)).status).toBe('SUCCESS');
  await signIn(page, 'Cy');
  await page.goto(`/admin/payments/${checkout.checkout_id}`);
  await (await whenAlive(page.getByRole('button', { name: 'Refund', exact: true }))).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Amount in USD/).fill('12.00');
  await dialog.getByLabel('Reason').selectOption('Not as described');
  await dialog.getByLabel(/^Note/).fill('Both mugs are chipped.');
  await page.route(
    '**/api/trpc/admin.refunds.request*',
    async (route) => {
      await route.fetch();
      await route.abort('connectionreset');
    },
    { times: 1 },
  );
  await dialog.getByRole('button', { name: 'Refund' }).click();
  await expect(dialog.getByRole('alert')).toContainText('It is not known whether this was done');
  // The page behind the dialog knows more.
  await expect(page.getByText('$12.00 refunded').first()).toBeVisible();
  await dialog.getByRole('button', { name: 'Leave it' }).click();
  await expect(dialog).toBeHidden();

  await page.getByRole('button', { name: 'Refund', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('Sending it again as it stands is harmless');
  await expect(dialog.getByLabel(/^Amount in USD/)).toHaveValue('12.00');
  await expect(dialog.getByLabel('Reason')).toHaveValue('not_as_described');
  await expect(dialog.getByLabel(/^Note/)).toHaveValue('Both mugs are chipped.');
  await expect(dialog.getByText('7.99 USD are left to give back.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Refund' }).click();
  await expect(dialog).toBeHidden();
  const refunds = await query('select amount_minor from refunds where payment_order_id = $1', {
    values: [checkout.orderId],
  });
  expect(refunds).toEqual([{ amount_minor: '1200' }]);

  await page.getByRole('button', { name: 'Refund', exact: true }).click();
  await expect(dialog.getByRole('alert'), 'it was answered').toBeHidden();
  await expect(dialog.getByLabel(/^Amount in USD/)).toHaveValue('');
});
