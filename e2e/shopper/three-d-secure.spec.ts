import { CARDS } from '../fixtures/cards.ts';
import { answerBank, DECLINE_LINE, expectPaid, openPage, payButton, payBy, whenAlive } from '../fixtures/checkout.ts';
import { expect, test } from '../fixtures/test.ts';

test.describe('3-D Secure', () => {
  test('approved: paid once', async ({ page, api, simulator }) => {
    const checkout = await api.openCheckout();
    await openPage(page, checkout.page_url);
    await payBy(page, CARDS.asksForProof);
    await expect(page.getByRole('heading', { name: 'Is this payment yours?' })).toBeVisible();
    await expect(page.getByRole('main')).toContainText('$19.99');
    expect(await simulator.charges(checkout.orderId)).toEqual([]);
    await (await whenAlive(page.getByRole('button', { name: 'Approve payment' }))).dblclick();
    await expectPaid(page);
    expect(await simulator.charges(checkout.orderId)).toHaveLength(1);
  });

  for (const answer of ['Fail verification', 'Cancel and go back'] as const) {
    test(`"${answer}": nothing charged, and another card pays on the same page`, async ({
      page,
      api,
      simulator,
      problems,
    }) => {
      problems.expect(DECLINE_LINE);
      const checkout = await api.openCheckout();
      await openPage(page, checkout.page_url);
      await payBy(page, CARDS.asksForProof);
      await answerBank(page, answer);
      await expect(page.getByRole('alert').filter({ hasText: 'The payment was not verified' })).toContainText(
        'Nothing was charged',
      );
      expect(await simulator.charges(checkout.orderId)).toEqual([]);
      await payBy(page, CARDS.good);
      await expectPaid(page);
      expect(await simulator.charges(checkout.orderId)).toHaveLength(1);
    });
  }

  test('approved, then declined by the bank: nothing charged', async ({ page, api, simulator, problems }) => {
    problems.expect(DECLINE_LINE);
    const checkout = await api.openCheckout();
    await openPage(page, checkout.page_url);
    await payBy(page, CARDS.asksForProofThenDeclines);
    await answerBank(page, 'Approve payment');
    await expect(page.getByRole('alert').filter({ hasText: 'Your bank declined the card' })).toBeVisible();
    expect(await simulator.charges(checkout.orderId)).toEqual([]);
  });

  test('walked away from: the payment page leads back to the bank', async ({ page, api }) => {
    const checkout = await api.openCheckout();
    await openPage(page, checkout.page_url);
    await payBy(page, CARDS.asksForProof);
    await expect(page.getByRole('button', { name: 'Approve payment' })).toBeVisible();
    await openPage(page, checkout.page_url);
    await expect(payButton(page)).toBeEnabled();
    await page.getByRole('link', { name: 'Continue at your bank' }).click();
    await answerBank(page, 'Approve payment');
    await expectPaid(page);
  });

  test('answered already: the bank asks no second time', async ({ page, api, simulator }) => {
    const checkout = await api.openCheckout();
    await openPage(page, checkout.page_url);
    await payBy(page, CARDS.asksForProof);
    await answerBank(page, 'Approve payment');
    await expectPaid(page);
    await page.goto(`${checkout.page_url}/challenge`);
    await expect(page.getByRole('heading', { name: 'There is nothing to confirm' })).toBeVisible();
    expect(await simulator.charges(checkout.orderId)).toHaveLength(1);
  });
});
