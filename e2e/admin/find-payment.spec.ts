import { inboxOf } from '../fixtures/database.ts';
import { signIn } from '../fixtures/sign-in.ts';
import { expect, test } from '../fixtures/test.ts';

test('the operator finds a payment by its id and reads its story, attempts, webhooks and balanced postings', async ({
  page,
  api,
  simulator,
}) => {
  const checkout = await api.openCheckout();
  await simulator.pay(checkout.sessionId, '4000000000000002');
  await simulator.pay(checkout.sessionId);
  const [completed] = await simulator.eventsOf(checkout.sessionId, 'checkout.session.completed');
  await expect.poll(() => inboxOf(completed?.id)).toMatchObject([{ state: 'handled' }]);

  await signIn(page, 'Cy');
  await page.goto('/admin/payments');
  await page.getByLabel('Search payments').fill(checkout.orderId);
  await expect(page).toHaveURL(`/admin/payments?q=${checkout.orderId}`);
  const row = page.getByRole('row').filter({ hasText: checkout.checkout_id });
  await expect(row).toContainText('Completed');
  await row.getByRole('link').click();

  await expect(page.getByRole('heading', { level: 1 })).toHaveText('$19.99');
  const story = page.getByRole('listitem');
  await expect(story.filter({ hasText: 'Waiting for the buyer on the payment page' })).toHaveCount(1);
  await expect(story.filter({ hasText: 'Paid and booked' })).toContainText('Learned from');
  await expect(page.getByText('checkout.session.completed')).toHaveCount(1);
  const books = page.getByRole('region', { name: 'In the books' });
  await expect(books.getByText('Balanced', { exact: true })).toHaveCount(1);
  await expect(books.getByText('Not balanced')).toHaveCount(0);
  await expect(books).toContainText('$19.50');
  await expect(books).toContainText('$0.49');
});

test('any id of a payment finds it: checkout, session of the provider, intent', async ({ page, api, simulator }) => {
  const checkout = await api.openCheckout();
  await simulator.pay(checkout.sessionId);
  const { payment_intent: intent } = await simulator.session(checkout.sessionId);
  await expect.poll(async () => (await api.order(checkout.orderId)).status).toBe('SUCCESS');
  await signIn(page, 'Cy');
  for (const id of [checkout.checkout_id, checkout.sessionId, intent]) {
    await page.goto(`/admin/payments?q=${id}`);
    await expect(page.getByRole('row').filter({ hasText: checkout.checkout_id })).toHaveCount(1);
  }
});

test('the trial balance shows every currency balanced', async ({ page, api, simulator }) => {
  const checkout = await api.openCheckout();
  await simulator.pay(checkout.sessionId);
  await expect.poll(async () => (await api.order(checkout.orderId)).status).toBe('SUCCESS');
  await signIn(page, 'Fin');
  await page.goto('/admin/ledger');
  await expect(page.getByRole('region', { name: 'Trial balance in USD' })).toBeVisible();
  await expect(page.getByText(/^Balanced, Δ \$0\.00$/)).toBeVisible();
  await expect(page.getByText('Not balanced')).toHaveCount(0);
});
