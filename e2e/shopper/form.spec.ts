import { CARDS } from '../fixtures/cards.ts';
import { cardField, expectPaid, fillBasket, fillCard, openPage, payButton, whenAlive } from '../fixtures/checkout.ts';
import { expect, test } from '../fixtures/test.ts';

test.describe('the payment form', () => {
  test.beforeEach(async ({ page, api }) => {
    const checkout = await api.openCheckout();
    await openPage(page, checkout.page_url);
  });

  test('sent empty, it lists what is missing, each with a link to its field', async ({ page }) => {
    await payButton(page).click();
    const summary = page.getByRole('alert').filter({ hasText: /fields/ });
    await expect(summary).toBeFocused();
    await expect(summary.getByRole('link')).toHaveText([
      'Enter the card number.',
      'Enter the expiry date.',
      'Enter the security code.',
      'Enter the name on the card.',
      'Enter the ZIP code of the billing address.',
    ]);
    await summary.getByRole('link', { name: 'Enter the expiry date.' }).click();
    await expect(page.getByLabel('Expiry date')).toBeFocused();
    await expect(page.getByLabel('Expiry date')).toHaveAccessibleDescription('Enter the expiry date.');
  });

  test('with one field wrong, that field takes the focus and its message', async ({ page }) => {
    await fillCard(page, '4242 4242 4242 4241');
    await payButton(page).click();
    await expect(cardField(page)).toBeFocused();
    await expect(cardField(page)).toHaveAccessibleDescription(/a digit seems to be wrong/);
    await cardField(page).fill(CARDS.good);
    await expect(cardField(page)).not.toHaveAttribute('aria-invalid');
  });

  test('says what is wrong when a field is left, not while it is typed', async ({ page }) => {
    const expiry = page.getByLabel('Expiry date');
    await expiry.pressSequentially('0120');
    await expect(expiry).not.toHaveAttribute('aria-invalid');
    await page.getByLabel('Security code').focus();
    await expect(expiry).toHaveAccessibleDescription(/This date has passed/);
  });

  test('takes numbers however they are typed or pasted, and keeps the caret in the middle', async ({ page }) => {
    await cardField(page).fill('4242-4242-4242-4242');
    await expect(cardField(page)).toHaveValue(CARDS.good);
    await cardField(page).evaluate((input: HTMLInputElement) => input.setSelectionRange(7, 7));
    await page.keyboard.press('Backspace');
    await expect(cardField(page)).toHaveValue('4242 4424 2424 242');
    await page.keyboard.type('2');
    await expect(cardField(page)).toHaveValue(CARDS.good);
    await cardField(page).fill('378282246310005');
    await expect(cardField(page)).toHaveValue('3782 822463 10005');
    await page.getByLabel('Expiry date').pressSequentially('129');
    await expect(page.getByLabel('Expiry date')).toHaveValue(/^01? ?\/ ?29$|^12 \/ 9$/);
  });

  test('a test card fills the form at one press', async ({ page }) => {
    await page.getByRole('button', { name: 'Test cards' }).click();
    await page
      .getByRole('dialog', { name: 'Test cards' })
      .getByRole('button', { name: /^Mastercard/ })
      .click();
    await expect(cardField(page)).toHaveValue('5555 5555 5555 4444');
    await payButton(page).click();
    await expectPaid(page);
  });
});

test('what is typed before the page has woken up is kept', async ({ page, api }) => {
  const checkout = await api.openCheckout();
  const scripts = Promise.withResolvers<void>();
  await page.route('**/_next/static/**/*.js', async (route) => {
    await scripts.promise;
    await route.continue();
  });
  await page.goto(checkout.page_url, { waitUntil: 'commit' });
  await cardField(page).fill('4242424242424242');
  await page.getByLabel('Expiry date').fill('12/34');
  await page.getByLabel('Name on card').fill('Grace Hopper');
  scripts.resolve();
  await whenAlive(cardField(page));
  await page.getByLabel('Security code').fill('123');
  await page.getByLabel('ZIP code').fill('10001');
  await payButton(page).click();
  await expectPaid(page);
});

test('the buyer form says what is missing and takes the focus there', async ({ page }) => {
  await fillBasket(page, ['Watch cap']);
  await (await whenAlive(page.getByRole('button', { name: /^Review/ }))).click();
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
  await expect(page.getByLabel('Name', { exact: true })).toHaveAccessibleDescription('Enter your name.');
  await page.getByLabel('Name', { exact: true }).fill('Grace Hopper');
  await page.getByLabel('Email').fill('grace');
  await page.getByRole('button', { name: /^Review/ }).click();
  await expect(page.getByLabel('Email')).toBeFocused();
  await expect(page.getByLabel('Email')).toHaveAccessibleDescription(/Enter an email address like/);
});

test('the basket counts, takes out, and survives a reload', async ({ page }) => {
  await fillBasket(page, ['Walnut bowl', 'Watch cap']);
  const more = await whenAlive(page.getByRole('button', { name: 'One Walnut bowl more' }));
  await more.click();
  await expect(page.getByRole('button', { name: 'Review $95.98' })).toBeVisible();
  await page.reload();
  await (await whenAlive(page.getByRole('button', { name: 'Remove Walnut bowl' }))).click();
  await expect(page.getByRole('button', { name: 'Review $36.00' })).toBeVisible();
  await page.getByRole('button', { name: 'Remove Watch cap' }).click();
  await expect(page.getByRole('heading', { name: 'Nothing in it yet' })).toBeVisible();
});
