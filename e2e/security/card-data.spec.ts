import { CARDS } from '../fixtures/cards.ts';
import { fillBasket, fillCard, openPage, payButton, whenAlive } from '../fixtures/checkout.ts';
import { query } from '../fixtures/database.ts';
import { unique } from '../fixtures/ids.ts';
import { expect, test } from '../fixtures/test.ts';

const PLAIN = CARDS.good.replaceAll(' ', '');

for (const [where, body] of [
  ['in place of the token', { credit_card_info: { token: PLAIN } }],
  ['in a field nobody asked for', { credit_card_info: { token: 'tok_visa', number: PLAIN } }],
  ['in a description, grouped', { payment_orders: [{ description: `card ${CARDS.good}` }] }],
  ['as a number', { card: Number(PLAIN) }],
  ['as a key', { [PLAIN]: true }],
] as const) {
  test(`the API refuses a card number ${where} and keeps nothing`, async ({ api }) => {
    const checkoutId = unique('checkout');
    const response = await api.post('/payments', { checkout_id: checkoutId, ...body });
    expect(response.status()).toBe(400);
    const problem = (await response.json()) as { code: string };
    expect(problem.code).toBe('card_data_refused');
    expect(JSON.stringify(problem)).not.toContain(PLAIN);
    expect(await query('select from payment_events where checkout_id = $1', { values: [checkoutId] })).toEqual([]);
  });
}

test('a card number typed as the buyer’s name goes nowhere', async ({ page }) => {
  await fillBasket(page, ['Watch cap']);
  await (await whenAlive(page.getByLabel('Name', { exact: true }))).fill(CARDS.good);
  await page.getByLabel('Email').fill('grace@example.com');
  await page.getByRole('button', { name: /^Review/ }).click();
  await expect(page.getByLabel('Name', { exact: true })).toHaveAccessibleDescription(/The card comes later/);
  await expect(page).toHaveURL('/basket');
});

test('a card number typed as the name on the card goes nowhere', async ({ page, api }) => {
  await openPage(page, (await api.openCheckout()).page_url);
  await fillCard(page, CARDS.good);
  await page.getByLabel('Name on card').fill(CARDS.good);
  await payButton(page).click();
  await expect(page.getByLabel('Name on card')).toBeFocused();
  await expect(page.getByLabel('Name on card')).toHaveAccessibleDescription(/not its number/);
});

test('the call behind the basket refuses a card number too', async ({ request }) => {
  const response = await request.post('/api/trpc/shop.openCheckout', {
    data: {
      json: {
        items: [{ productId: 'prod_watch_cap', quantity: 1 }],
        buyer: { name: `Grace ${PLAIN}`, email: 'grace@example.com' },
      },
    },
  });
  expect(response.status()).toBe(400);
  expect(await response.text()).toContain('card_data_refused');
});
