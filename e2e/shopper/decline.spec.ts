import { CARDS } from '../fixtures/cards.ts';
import { cardField, DECLINE_LINE, expectPaid, openPage, payButton, payBy } from '../fixtures/checkout.ts';
import { expect, test } from '../fixtures/test.ts';

test('after a decline the same page takes another card; only the security code has to be typed again', async ({
  page,
  api,
  simulator,
  problems,
}) => {
  problems.expect(DECLINE_LINE);
  const checkout = await api.openCheckout();
  const before = await simulator.session(checkout.sessionId);
  await openPage(page, checkout.page_url);
  await payBy(page, CARDS.declined);

  const alert = page.getByRole('alert').filter({ hasText: 'Your bank declined the card' });
  await expect(alert).toContainText('Nothing was charged');
  await expect(alert).toBeFocused();
  await expect(cardField(page)).toHaveValue(CARDS.declined);
  await expect(page.getByLabel('Expiry date')).toHaveValue('12 / 34');
  await expect(page.getByLabel('Name on card')).toHaveValue('Grace Hopper');
  await expect(page.getByLabel('Security code')).toHaveValue('');
  expect(await simulator.charges(checkout.orderId)).toEqual([]);

  await payBy(page, CARDS.good);
  await expectPaid(page);
  const after = await simulator.session(checkout.sessionId);
  expect(after.payment_intent).toBe(before.payment_intent);
  expect(await simulator.charges(checkout.orderId)).toHaveLength(1);
  expect(await api.order(checkout.orderId)).toMatchObject({ status: 'SUCCESS', attempts: 1 });
});

for (const { card, label, message } of [
  { card: CARDS.insufficientFunds, label: 'Card number', message: 'not enough money on this card' },
  { card: CARDS.expired, label: 'Expiry date', message: 'this card has expired' },
  { card: CARDS.wrongCode, label: 'Security code', message: 'does not match the card' },
]) {
  test(`"${message}" stands at the field "${label}", which takes the focus`, async ({ page, api, problems }) => {
    problems.expect(DECLINE_LINE);
    const checkout = await api.openCheckout();
    await openPage(page, checkout.page_url);
    await payBy(page, card);
    const field = page.getByLabel(label, { exact: true });
    await expect(field).toHaveAccessibleDescription(new RegExp(message));
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    await expect(field).toBeFocused();
    await expect(payButton(page)).toBeEnabled();
  });
}

test('a lost card reads like any other decline', async ({ page, api, problems }) => {
  problems.expect(DECLINE_LINE);
  const checkout = await api.openCheckout();
  await openPage(page, checkout.page_url);
  await payBy(page, CARDS.lost);
  await expect(page.getByRole('alert').filter({ hasText: 'Your bank declined the card' })).toBeVisible();
  await expect(page.getByRole('main')).not.toContainText(/lost|stolen/i);
});

test('the same card may be tried again after a passing fault of the bank', async ({ page, api, problems }) => {
  problems.expect(DECLINE_LINE);
  const checkout = await api.openCheckout();
  await openPage(page, checkout.page_url);
  await payBy(page, CARDS.processingError);
  await expect(page.getByRole('alert').filter({ hasText: 'Try the same card again' })).toBeVisible();
});
