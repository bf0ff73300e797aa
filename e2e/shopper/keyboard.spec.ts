import type { Locator, Page } from '@playwright/test';
import { CARDS } from '../fixtures/cards.ts';
import { cardField, expectPaid, payButton, whenAlive } from '../fixtures/checkout.ts';
import { expect, test } from '../fixtures/test.ts';

/** More stops than any page has. */
const MAX_STOPS = 60;

test('a whole purchase with Tab, Enter and typing alone', async ({ page }) => {
  await page.goto('/shop');
  await press(page, page.getByRole('button', { name: 'Add Walnut bowl to the basket' }));
  await page.goto('/basket');
  await type(page, page.getByLabel('Name', { exact: true }), 'Grace Hopper');
  await type(page, page.getByLabel('Email'), 'grace@example.com');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Review and pay' })).toBeVisible();
  await press(page, payButton(page));

  await expect(page.getByRole('heading', { name: 'Pay by card' })).toBeVisible();
  await type(page, cardField(page), CARDS.good.replaceAll(' ', ''));
  await type(page, page.getByLabel('Expiry date'), '1234');
  await type(page, page.getByLabel('Security code'), '123');
  await type(page, page.getByLabel('Name on card'), 'Grace Hopper');
  await type(page, page.getByLabel('ZIP code'), '10001');
  await page.keyboard.press('Enter');
  await expectPaid(page);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
});

async function type(page: Page, field: Locator, text: string): Promise<void> {
  await tabTo(page, field);
  await page.keyboard.type(text);
}

async function press(page: Page, element: Locator): Promise<void> {
  await tabTo(page, element);
  await page.keyboard.press('Enter');
}

/** Tabs until the element has the focus, and sees that the focus is drawn. */
async function tabTo(page: Page, element: Locator): Promise<void> {
  await whenAlive(element);
  for (let stop = 0; stop < MAX_STOPS; stop += 1) {
    if (await element.evaluate((node) => node === document.activeElement)) break;
    await page.keyboard.press('Tab');
  }
  await expect(element).toBeFocused();
  const drawn = await element.evaluate((node) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(node);
    return (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2) || boxShadow !== 'none';
  });
  expect(drawn, 'the focus is visible').toBe(true);
}
